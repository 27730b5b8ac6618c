"""The print service that each creditor chose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain.creditor import PrintService
from chalicelib.ports.letters import LetterGateway, LetterMessage
from chalicelib.ports.messages import Handover

if TYPE_CHECKING:
    from chalicelib.domain.tenant import Tenant
    from chalicelib.ports.world import Clock

Make = Callable[[], LetterGateway]


def print_services(
    bucket: str, clock: Clock, lob_key: Callable[[Tenant], str | None]
) -> PrintServices:
    """Return all that there are."""

    def outbox() -> LetterGateway:
        from chalicelib.gateways.aws import client
        from chalicelib.gateways.outbox import OutboxPrinter

        return OutboxPrinter(client("s3"), bucket, clock)

    def lob() -> LetterGateway:
        from chalicelib.gateways.lob import LobLetters

        return LobLetters(lob_key, clock)

    return PrintServices({PrintService.OUTBOX: outbox, PrintService.LOB: lob})


class PrintServices:
    """A LetterGateway that hands each letter to its creditor's. `make` makes one when needed."""

    def __init__(self, make: Mapping[PrintService, Make]) -> None:
        self._make = make
        self._made: dict[PrintService, LetterGateway] = {}

    def send(self, message: LetterMessage, deadline: datetime) -> Handover:
        return self._service(message.creditor.print_service).send(message, deadline)

    def _service(self, name: PrintService) -> LetterGateway:
        if name not in self._made:
            self._made[name] = self._make[name]()
        return self._made[name]
