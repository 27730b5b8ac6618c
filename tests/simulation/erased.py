"""What holds of erased customers, however bad the weather was in which they were erased."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from chalicelib.domain.customer import Customer
from chalicelib.domain.erasure import nameless_event
from chalicelib.domain.event import Event
from tests.endings import require
from tests.fakes.ledger import InMemoryLedger

if TYPE_CHECKING:
    from tests.simulation.life import Life


def same_events(
    ledger: InMemoryLedger, found: Mapping[str, Event], expected: Mapping[str, Event]
) -> bool:
    """Say whether events are what was committed, but for what an erasure took out of them."""
    for identifier, event in expected.items():
        customer = ledger.customer(event.tenant, event.customer_id or "")
        allowed = [event]
        if customer and customer.erasure:
            allowed.append(nameless_event(event))
        if found[identifier] not in allowed:
            return False
    return True


def everyone_erased_is_nobody(life: Life) -> None:
    """Require that every erasure was ended, and that no name is left where one was."""
    names: dict[str, set[str]] = {}
    for change in life.stream.log:
        if isinstance(change.after, Customer):
            facts = (change.after.name, change.after.email, change.after.phone)
            names.setdefault(change.after.id, set()).update(filter(None, facts))
    for record in list(life.ledger._records.values()):
        if not isinstance(record, Customer) or record.erasure is None:
            continue
        life.erased += 1
        require(record.erasure.done_at, f"erased: {record.id} isn't done")
        filed = life.ledger.filed(record.tenant, record.id, after=None, limit=100_000)
        text = repr([each.content for each in filed])
        left = sorted(name for name in names[record.id] if name in text)
        require(not left, f"erased: {record.id} is still called {left}")
