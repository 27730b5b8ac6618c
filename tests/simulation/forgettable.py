"""People who want to know what is stored of them, and then to be forgotten."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any

from chalicelib.domain.customer import Change
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.privacy import ErasureReason
from chalicelib.services.erase_customer import erase_customer
from chalicelib.services.export_customer import note_export

if TYPE_CHECKING:
    from tests.simulation.life import Life

OFFICE = Change(by="api_key:office", why="by hand")


class Forgettable:
    """The part of `People` that is about their own data."""

    _life: Life
    _random: Random
    insist: Callable[[str, Callable[[], Any]], Any]

    def _perhaps_erase(self, invoice: Invoice) -> None:
        """Whoever has just been left alone wants to be forgotten, while messages are under way."""
        if self._random.random() < 0.4:
            wait = self._random.uniform(0, 90)
            self._life.scheduler.after(wait, lambda: self._erase(invoice))

    def _erase(self, invoice: Invoice) -> None:
        life = self._life
        self.insist(
            f"erase the customer of {invoice.number}",
            lambda: erase_customer(
                life.ports, invoice.tenant, OFFICE, invoice.customer_id, ErasureReason.OBJECTION
            ),
        )

    def _export(self, invoice: Invoice) -> None:
        self.insist(
            f"export the customer of {invoice.number}",
            lambda: note_export(
                self._life.ports, invoice.tenant, OFFICE, invoice.customer_id, is_first=True
            ),
        )
