"""The comparison with the provider's balance, over all of a life: in the end it finds nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.customer import Customer
from chalicelib.domain.tenant import tenant_of
from chalicelib.ports.world import Queues
from chalicelib.services.compare_payments import (
    QUEUE,
    Differs,
    Period,
    Question,
    ask_for_balances,
    ask_for_payments,
    compare_balance,
    compare_payment,
)
from tests.fakes.world import FakeQueues

if TYPE_CHECKING:
    from tests.simulation.life import Life

Message = Mapping[str, str]


def differences(life: Life) -> list[Differs]:
    """Return what differs, asked in calm weather and by the second look."""
    whole, queues = Period(life.start, life.scheduler.now()), FakeQueues()
    ports = replace(
        life.ports,
        ledger=life.ledger,
        payments=life.bank,
        queues=queues,
        payment_marks=life.payment_marks,
    )
    ask_for_balances(ports, whole)
    for record in list(life.ledger._records.values()):
        if isinstance(record, Customer):
            file = life.ledger.whole_file(record.tenant, record.id)
            assert file is not None
            ask_for_payments(ports, file, whole)
    found: list[Differs | None] = []
    while messages := queues.drain(QUEUE):
        for message in messages:
            tenant = tenant_of(message["tenant"])
            if "payment" in message:
                about = message.get("customer")
                asked = Question(tenant, message["payment"], about, is_again=True)
                found.append(compare_payment(ports, asked))
            else:
                compare_balance(ports, tenant, whole, message.get("after"))
    return [each for each in found if each]


class Unasked:
    """Queues on which a nightly look asks nothing of the provider: lives have their own nights."""

    def __init__(self, queues: Queues) -> None:
        self._queues = queues

    def put(self, queue: str, messages: Sequence[Message], *, delay: int = 0) -> None:
        if queue != QUEUE:
            self._queues.put(queue, messages, delay=delay)

    def is_empty(self, queue: str) -> bool:
        return self._queues.is_empty(queue)
