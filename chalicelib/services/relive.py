"""Live through a stretch of time again of which the records were lost, and let nothing leave.

A table that was restored knows nothing of what was sent since it was exported. What would have been
sent in that stretch may have been: so each of its due moments comes again, see live_through.py. As
with every unknown outcome, such a step ends `unconfirmed`, is never sent again by itself, and after
a final notice a person looks into it. Tasks that were made in that stretch are made again.

A file that can't be made out, or whose sequence is missing, keeps nobody else waiting: nothing is
sent, a person is asked about its cases, and a mark in the customer's own partition stays. Whoever
follows that customer up later, once the file is mended, lives through the stretch before anything
is decided (follow_up.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.lost_stretch import LostStretch
from chalicelib.domain.tenant import tenant_of
from chalicelib.ports.all import Ports
from chalicelib.ports.due import DueEntry
from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.services.follow_up import look_at
from chalicelib.services.live_through import live_through
from chalicelib.services.stuck import flag


def relive(ports: Ports, due: Iterable[DueEntry], *, since: datetime, until: datetime) -> int:
    """Relive what came due from `since` up to `until`; return how many messages may have left.

    `due` is what was due by then in the export. Only the wall clock's customers are concerned: a
    test clock stands where it stood. Relived again, a stretch does no harm. Raises TryLaterError
    where a customer was about to pay and the provider can't be asked.
    """
    lost, messages = LostStretch(since, until), 0
    for (key, customer_id), first in _first_moments(due, since).items():
        tenant = tenant_of(key)
        look = partial(look_at, tenant=tenant, customer_id=customer_id)
        try:
            messages += live_through(ports, replace(lost, since=first), look)
        except (UnreadableRecordError, NotFoundError) as error:
            ports.ledger.mark_lost(tenant, customer_id, lost)
            with suppress(UnreadableRecordError):  # even where the task can't be made out
                flag(ports, tenant, customer_id, type(error).__name__)
    return messages


def _first_moments(due: Iterable[DueEntry], since: datetime) -> dict[tuple[str, str], datetime]:
    first: dict[tuple[str, str], datetime] = {}
    for entry in due:
        key, moment = (entry.tenant.key, entry.customer_id), max(entry.due_at, since)
        first[key] = min(moment, first.get(key, moment))
    return first
