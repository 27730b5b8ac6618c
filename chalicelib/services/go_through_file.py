"""Go through a customer's file portion by portion, and rewrite what a rule wants otherwise.

A portion is a few transactions; its last position goes back to the queue as a message, so that a
file of any size is gone through, whoever dies on the way. A record that can't be made out holds up
no other; whoever goes through the file says in the end that it was passed over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.whole_file import FiledRecord
from chalicelib.ports.all import Ports
from chalicelib.ports.filed import Filed, Unreadable, UnreadableRecordError
from chalicelib.ports.storage import Record, Write
from chalicelib.ports.transactions import in_transactions
from chalicelib.services.common import retrying

PORTION = 500
"""Records and events per message: a second or two of reading and writing."""


class Rule(Protocol):
    """What records and events shall be like."""

    def is_kept(self, record: FiledRecord) -> bool:
        """Say whether a record, and what is said of its last change, may stay as it is."""

    def record(self, record: FiledRecord) -> FiledRecord: ...
    def event(self, event: Event) -> Event:
        """Return the event as it shall be: itself where it may stay."""


@dataclass(frozen=True, slots=True)
class Portion:
    """What was done: where to go on (None: that was all), how much was rewritten, of what the
    events told that were come by (their types), and how much couldn't be made out."""

    next: str | None
    rewritten: int
    told: frozenset[str]
    passed_over: int


def go_through(
    ports: Ports, tenant: Tenant, customer_id: str, after: str | None, rule: Rule, change: Change
) -> Portion:
    """Rewrite what follows a position. Customers' own records stay as they are."""

    def attempt() -> Portion:
        filed = ports.ledger.filed(tenant, customer_id, after=after, limit=PORTION)
        rewritten = _records(ports, filed, rule, change) + _events(ports, filed, rule)
        told = frozenset(each.content.type for each in filed if isinstance(each.content, Event))
        passed_over = sum(isinstance(each.content, Unreadable) for each in filed)
        end = filed[-1].position if len(filed) == PORTION else None
        return Portion(end, rewritten, told, passed_over)

    return retrying(attempt)


def refuse_passing_over(records: int, customer_id: str) -> None:
    """Raise UnreadableRecordError where records were passed over, so that their message fails."""
    if records:
        raise UnreadableRecordError(f"{records} records of {customer_id} can't be made out")


def _records(ports: Ports, filed: tuple[Filed, ...], rule: Rule, change: Change) -> int:
    writes: list[Write[Record]] = [
        _writing(each.content, rule.record(each.content), change)
        for each in filed
        if not isinstance(each.content, Event | Customer | Unreadable)
        and not rule.is_kept(each.content)
    ]
    for portion in in_transactions([write] for write in writes):
        ports.ledger.commit(portion)
    return len(writes)


def _writing(before: FiledRecord, after: FiledRecord, change: Change) -> Write[Record]:
    return Write(before, replace(after, version=before.version + 1, change=change))


def _events(ports: Ports, filed: tuple[Filed, ...], rule: Rule) -> int:
    told = [each.content for each in filed if isinstance(each.content, Event)]
    anew = [after for before in told if (after := rule.event(before)) != before]
    if anew:
        ports.ledger.record_events(anew)
    return len(anew)
