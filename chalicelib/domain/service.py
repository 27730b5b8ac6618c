"""The service that a customer gets: what the billing system is asked to do with it, and has done.

There is one record for each customer, and what is wanted always follows from the cases: the most
severe of the restrictions that stand, or all of the service where none does. Each time that
something else is wanted, there is one more request with the next `number`, which takes the place of
the one before; so of all that was asked the newest is what holds.

    requested ─┬─ acknowledged: the billing system has done it
               └─ unanswered: asked four times in a day; a person has a task

While a request waits for its answer, one case bears it: that has the moment of the next asking.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain import ids
from chalicelib.domain.case import Case
from chalicelib.domain.customer import SYSTEM, Change
from chalicelib.domain.restriction import SEVERITY, Restriction, ServiceAction
from chalicelib.domain.tenant import Tenant

ASKED_EVERY = timedelta(hours=6)
ASKED_AT_MOST = 4
"""So a day after the first asking a person has a task."""


class ServiceStatus(StrEnum):
    """How the newest request stands."""

    REQUESTED = "requested"
    ACKNOWLEDGED = "acknowledged"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Service:
    """What is asked for a customer's service: `action`, by the request of that `number`.

    `invoices` is what it was about when it was asked first; a restoration names what the request
    before was about. `asked` is how often it was asked, `asked_at` when last (UTC). `bearer` is the
    case that bears it, or bore it last; `task` the newest task about it.
    """

    id: str
    tenant: Tenant
    customer_id: str
    created_at: datetime
    action: ServiceAction = ServiceAction.RESTORE
    number: int = 0
    status: ServiceStatus = ServiceStatus.ACKNOWLEDGED
    invoices: tuple[str, ...] = ()
    requested_at: datetime | None = None
    asked: int = 0
    asked_at: datetime | None = None
    acknowledged_at: datetime | None = None
    bearer: str | None = None
    task: str | None = None
    version: int = 0
    change: Change = SYSTEM

    @property
    def next_at(self) -> datetime | None:
        """When it is asked again, or a person is asked (UTC); None: not by itself."""
        waits = self.status is ServiceStatus.REQUESTED and self.asked_at
        return self.asked_at + ASKED_EVERY if waits and self.asked_at else None


def service_id(customer_id: str) -> str:
    """Return the id of a customer's service: each has one."""
    return ids.child_id(ids.SERVICE, customer_id, ids.customer_part(customer_id))


def unrestricted(tenant: Tenant, customer_id: str, now: datetime) -> Service:
    """Return the service of a customer about which nothing was ever asked."""
    return Service(service_id(customer_id), tenant, customer_id, created_at=now)


def stands(case: Case, now: datetime) -> bool:
    """Say whether what the case restricts still stands: as much as its step wants is asked for.

    What is disputed isn't asked for, all of the invoice or a part.
    """
    restriction = case.restriction
    if restriction is None or restriction.lifted or not case.is_open:
        return False
    if any(pause.amount is None and pause.covers(now) for pause in case.disputes):
        return False
    return case.asked_at(now).amount >= restriction.at_least


def needs_a_look(case: Case, now: datetime) -> bool:
    """Say whether the service has to be seen to because of this case."""
    restriction = case.restriction
    if restriction is None:
        return False
    is_over = not restriction.lifted and not stands(case, now)
    return is_over or (restriction.look_at is not None and restriction.look_at <= now)


def look_at(case: Case, now: datetime) -> datetime | None:
    """Return when that is (UTC); None: not before something changes."""
    if case.restriction is None:
        return None
    return now if needs_a_look(case, now) else case.restriction.look_at


def wanted(cases: Iterable[Case], now: datetime) -> ServiceAction:
    """Return what is to become of the service, by all unfinished cases of its customer."""
    standing = (each.restriction.action for each in cases if each.restriction and stands(each, now))
    return max(standing, key=SEVERITY.__getitem__, default=ServiceAction.RESTORE)


@dataclass(frozen=True, slots=True)
class SeenTo:
    """A service as it is to be, and those of the cases that change with it, by id."""

    service: Service
    cases: Mapping[str, Case]


def see_to(
    service: Service,
    cases: Collection[Case],
    now: datetime,
    written: Collection[str] | None = None,
) -> SeenTo:
    """Bring a service, and what the cases say of it, in line with what is owed at `now` (UTC).

    `cases` are all unfinished ones of its customer, `written` the ids of those that are written
    with it (None: all that change): one of these bears a new request, and nothing is asked again.
    Where nothing else is wanted, the service stays as it is.
    """
    action = wanted(cases, now)
    after = service
    if action is not service.action:
        after = _another(service, action, cases, now)
    elif written is None and service.next_at and service.next_at <= now:
        after = _again(service, now)
    restricted = [case for case in cases if case.restriction]
    able = [each for each in restricted if written is None or each.id in written]
    if written is None or after.number != service.number:
        after = replace(after, bearer=_bearer(after, able, now))
    changed = {case.id: _borne(case, after, now) for case in restricted}
    befores = {case.id: case for case in cases}
    return SeenTo(after, {key: each for key, each in changed.items() if each != befores[key]})


def asked_anew(service: Service, now: datetime) -> Service:
    """Return a service whose newest request is asked once more: what an older one asked was done
    after it, or may have been."""
    return replace(
        service,
        status=ServiceStatus.REQUESTED,
        asked=1,
        asked_at=now,
        acknowledged_at=None,
    )


def acknowledged(service: Service, now: datetime) -> Service:
    """Return a service whose newest request was carried out."""
    return replace(service, status=ServiceStatus.ACKNOWLEDGED, acknowledged_at=now)


def _another(
    service: Service, action: ServiceAction, cases: Iterable[Case], now: datetime
) -> Service:
    causes = tuple(sorted(case.invoice_id for case in cases if stands(case, now)))
    return replace(
        service,
        action=action,
        number=service.number + 1,
        status=ServiceStatus.REQUESTED,
        invoices=causes or service.invoices,
        requested_at=now,
        asked=1,
        asked_at=now,
        acknowledged_at=None,
        task=None,
    )


def _again(service: Service, now: datetime) -> Service:
    if service.asked >= ASKED_AT_MOST:
        return replace(service, status=ServiceStatus.UNANSWERED)
    return replace(service, asked=service.asked + 1, asked_at=now)


def _bearer(service: Service, restricted: Iterable[Case], now: datetime) -> str | None:
    """Return which case bears the request: the one that does, else one that stands, else any."""
    if service.status is not ServiceStatus.REQUESTED:
        return service.bearer
    ranked = sorted(
        restricted, key=lambda case: (case.id != service.bearer, not stands(case, now), case.id)
    )
    return ranked[0].id if ranked else service.bearer


def _borne(case: Case, service: Service, now: datetime) -> Case:
    """Return a case with what it still restricts, and with the request where it bears that."""
    known = case.restriction
    next_at = service.next_at if case.id == service.bearer else None
    if known is None or (next_at is None and not stands(case, now)):
        return replace(case, restriction=None)
    return replace(
        case,
        restriction=Restriction(
            known.action, known.at_least, look_at=next_at, lifted=not stands(case, now)
        ),
    )
