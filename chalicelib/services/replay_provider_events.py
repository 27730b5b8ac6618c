"""What the provider told in a stretch of time, taken in once more.

The list of events is read from its beginning, as the catch-up reads it from its mark. An event that
was applied already changes nothing. The mark isn't moved: it says that everything before it is
known, which no part of the time behind it can change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.domain.errors import DunlinError
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.payments import ProviderPayment
from chalicelib.services.receive_payment_event import is_heard, take_in

READ_AT_ONCE = timedelta(minutes=1)
"""How long a part of the list may take before what it holds is taken in."""


@dataclass(slots=True)
class ProviderReplay:
    """What came of it: how many events spoke of payments of ours, and the ids of others.

    `news` weren't applied before and are now (or would be, where nothing was to be changed);
    `strange` speak of customers that we don't have, `unreadable` in no shape that we know; what
    `failed` couldn't be applied, by the code of the error.
    """

    read: int = 0
    news: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def replay_provider_events(
    ports: Ports, tenant: Tenant, since: datetime, until: datetime, *, dry_run: bool
) -> ProviderReplay | None:
    """Take in what the provider told from `since` up to before `until`, both in whole seconds.

    With `dry_run` nothing is changed. None where the tenant has no account there. What can't be
    applied holds up nothing else. Raises PaymentUnavailableError.
    """
    done = ProviderReplay()
    while since < until:
        part_ends = ports.clock.now() + READ_AT_ONCE
        told = ports.payments.events_since(tenant, since, until, deadline=part_ends)
        if told is None:
            return None
        done.unreadable += told.unreadable
        _take_in_all(ports, told.facts, done, dry_run=dry_run)
        since = told.until
    return done


def _take_in_all(
    ports: Ports, facts: Iterable[ProviderPayment], done: ProviderReplay, *, dry_run: bool
) -> None:
    for fact in facts:
        done.read += 1
        try:
            if ports.ledger.customer(fact.tenant, fact.customer_id) is None:
                done.strange.append(fact.event_id)
                continue
            if not is_heard(ports, fact):
                done.news.append(fact.event_id)
            if not dry_run:  # also one that was heard: its worker may have died before the rest
                take_in(ports, fact)
        except DunlinError as error:
            done.failed[fact.event_id] = error.code
