"""Holds what clients were told against what is stored.

- What was answered 2xx is there; what was answered 4xx changed nothing.
- A request makes at most one record of a kind, however often it is sent with its Idempotency-Key,
  and is answered the same each time.
- An invoice's number exists once.
- Nobody is shown anything of another creditor or mode.
- A record that is read by its id stood like that while it was asked for; so it is never older than
  what was answered before.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.domain import ids
from chalicelib.domain.charge import Charge
from chalicelib.domain.customer import Customer
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.tenant import Tenant
from chalicelib.handlers.shapes.case import case_shape
from chalicelib.handlers.shapes.customer import customer_shape
from chalicelib.handlers.shapes.dispute import dispute_shape
from chalicelib.handlers.shapes.invoice import invoice_shape
from chalicelib.handlers.shapes.payment import payment_shape
from chalicelib.handlers.shapes.payment_plan import payment_plan_shape
from chalicelib.handlers.shapes.promise import promise_shape
from chalicelib.handlers.shapes.service import service_shape
from chalicelib.ports.storage import Record
from tests.endings import require
from tests.simulation.api import Commit, Reply, Request
from tests.simulation.client import is_passing

if TYPE_CHECKING:
    from tests.simulation.life import Life

MADE_ONCE = (Payment, CreditNote, Charge, Promise, PaymentPlan, Customer, Invoice, Dispute)
SET_UP = {"segment", "segment_assignment"}
"""What is answered that is no record; tests/simulation/followed.py looks at what comes of it."""
SINGLE = re.compile(
    r"/v1/(customers|invoices|cases|payments|promises|payment_plans|disputes|services)/"
    r"([a-z]+_[0-9A-Z]+)"
)
OWNED = re.compile(r"\b(?:cus|in|case|pay|cn|chg|prm|plan|cm|task|dis|svc)_[0-9A-Z]{16,}\b")


class Told:
    """All that was answered in a life."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._there: list[tuple[Tenant, str, str]] = []
        self._first: dict[Request, Reply] = {}
        self._commits: dict[Request, list[Commit]] = {}
        self._history: defaultdict[tuple[str, str], list[tuple[datetime, Record]]]
        self._history = defaultdict(list)
        links = life.ports.links
        self._shapes: Mapping[str, Callable[[Any], Any]] = {
            "customers": customer_shape,
            "invoices": lambda invoice: invoice_shape(invoice, links),
            "cases": case_shape,
            "payments": payment_shape,
            "disputes": dispute_shape,
            "promises": promise_shape,
            "payment_plans": payment_plan_shape,
            "services": service_shape,
        }
        life.ledger.on_change.append(self._committed)

    def commits_of(self, request: Request) -> list[Commit]:
        """Return what a request has committed, to be added to. One without a key is asked anew."""
        if request.once is None:
            return []
        return self._commits.setdefault(request, [])

    def replied(self, tenant: Tenant, request: Request, reply: Reply, sent_at: datetime) -> None:
        """Look at what a client was answered."""
        what = f"{request.method} {request.path}"
        if 400 <= reply.status < 500:
            require(not reply.commits, f"I7: {what} is refused and changed something: {reply.json}")
        if reply.status < 300:
            self._only_own(tenant, reply.json, what)
            if request.method == "GET":
                self._is_current(tenant, request.path, reply.json, sent_at)
            elif reply.json["object"] not in SET_UP:
                self._there.append((tenant, reply.json["id"], what))
        if request.once and not is_passing(reply):
            first = self._first.setdefault(request, reply)
            same = (first.status, first.json) == (reply.status, reply.json)
            require(same, f"once: {what} is answered {reply} after {first}")

    def at_the_end(self, records: Iterable[Record]) -> None:
        """Hold everything that was told against what is stored."""
        stored = self._life.ledger._records
        for tenant, identifier, what in self._there:
            require((tenant.key, identifier) in stored, f"I7: {what}: {identifier} got lost")
        for request, commits in self._commits.items():
            new = [after for before, after in commits if before is None]
            waived = [each.waives for each in new if isinstance(each, Charge) and each.waives]
            require(len(waived) == len({*waived}), f"once: {request.path} waives {waived}")
            new = [each for each in new if not (isinstance(each, Charge) and each.waives)]
            for kind in MADE_ONCE:
                made = [each.id for each in new if isinstance(each, kind)]
                require(len(made) <= 1, f"once: {request.method} {request.path} made {made}")
        invoices = [each for each in records if isinstance(each, Invoice)]
        numbers = Counter((each.tenant.key, each.number) for each in invoices)
        twice = [each for each, count in numbers.items() if count > 1]
        require(not twice, f"once: invoices are there twice: {twice}")

    def _only_own(self, tenant: Tenant, shown: Any, what: str) -> None:
        """I6: whatever an answer names belongs to who asked."""
        for identifier in OWNED.findall(str(shown)):
            owner = identifier if identifier.startswith("cus_") else ids.owner_of(identifier)
            own = (tenant.key, owner) in self._life.ledger._records
            require(own, f"I6: {what} shows {identifier} to {tenant.key}")

    def _is_current(self, tenant: Tenant, path: str, shown: Any, sent_at: datetime) -> None:
        if not (single := SINGLE.fullmatch(path)):
            return
        kind, identifier = single.groups()
        history = self._history[tenant.key, identifier]
        before = [record for at, record in history if at < sent_at][-1:]
        since = [record for at, record in history if at >= sent_at]
        current = [self._shapes[kind](each) for each in (*before, *since)]
        require(shown in current, f"I7: {path} shows {shown}, which it was not, but {current}")

    def _committed(self, _before: Record | None, after: Record) -> None:
        known = self._history[after.tenant.key, after.id]
        known.append((self._life.scheduler.now(), after))
