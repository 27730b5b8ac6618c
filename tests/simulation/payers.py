"""Customers at the provider's page: they pay, at once or by debit, and at times take it back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from chalicelib.domain.errors import DunlinError, PaymentUnavailableError, StaleRecordError
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money
from chalicelib.ports.payments import ProviderState
from chalicelib.services.pay_page import Visit, start_checkout
from tests.simulation.client import TRIES
from tests.simulation.faults import InjectedError
from tests.simulation.scene import Choice
from tests.simulation.scheduler import Killed

if TYPE_CHECKING:
    from tests.simulation.life import Life

How = Mapping[str, Choice]
APPEALS = 0.3
"""Share of the disputes that end the other way after all."""
AGAIN = (InjectedError, StaleRecordError, PaymentUnavailableError, Killed)


class Payers:
    """The part of `People` that pays online."""

    _life: Life
    _random: Random

    def left(self, invoice: Invoice) -> int:
        """Return what is owed of an invoice by now."""
        stored = self._life.ledger.invoice(invoice.tenant, invoice.id)
        return stored.remaining if stored else 0

    def pay_online(self, invoice: Invoice, how: How) -> None:
        """Open the provider's page, and pay there or not."""
        life = self._life
        visit = Visit(invoice.tenant, invoice.customer_id)
        part = Money(max(1, self.left(invoice) // 2), invoice.currency)
        chosen = part if how["half"] else None
        for attempt in range(TRIES):
            try:
                url = start_checkout(
                    life.ports, visit, invoice.currency, (invoice.id,), chosen, "https://pay.test"
                )
            except AGAIN:
                life.scheduler.sleep(self._random.uniform(0.5, 2) * 2**attempt)
            except DunlinError as refused:
                life.tell(f"open checkout {invoice.number}: refused, {refused.code}")
                return
            else:
                life.tell(f"open checkout {invoice.number}: done")
                break
        else:
            return
        if (wait := how["after"]) is not None:
            checkout = url.rpartition("/")[2]
            life.scheduler.after(float(wait), partial(self._pay, checkout, how))

    def _pay(self, checkout: str, how: How) -> None:
        life, state = self._life, ProviderState(how["state"])
        intent = life.bank.pay(checkout, state)
        if intent is None:
            return
        life.tell(f"paid {checkout}: {state}")
        wait = float(how["wait"] or 0)
        if state is ProviderState.PROCESSING:
            life.scheduler.after(wait, lambda: life.bank.move(intent, ProviderState(how["then"])))
        elif state is ProviderState.FAILED and how["again"]:
            life.scheduler.after(30, lambda: life.bank.pay(checkout, ProviderState.SUCCEEDED))
        elif how["back"] != "kept":
            life.scheduler.after(wait, partial(self._take_back, intent, how))

    def _take_back(self, intent: Any, how: How) -> None:
        life, amount = self._life, intent.amount.amount
        life.tell(f"{how['back']} {intent.reference}")
        if how["back"] == "refund":
            life.bank.refund(intent, amount // int(how["of"] or 1) or 1)
            return
        dispute, held = f"dp_{intent.reference}", amount * int(how["held"] or 0)
        life.bank.dispute(intent, dispute, amount, closed=False)
        closed_after = float(how["closed_after"] or 0)
        life.scheduler.after(
            closed_after, lambda: life.bank.dispute(intent, dispute, held, closed=True)
        )
        if Random(dispute).random() < APPEALS:
            life.scheduler.after(
                closed_after * 2,
                lambda: life.bank.dispute(intent, dispute, amount - held, closed=True),
            )
