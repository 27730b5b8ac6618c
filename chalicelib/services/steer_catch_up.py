"""What an operator may do to a tenant's mark of payments: end it, or let one event pass.

Both give up knowledge: of what was paid until the key is back, or of what that event says. So they
are a person's word, never the catch-up's own.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.errors import ConflictError, NotFoundError, StaleRecordError
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.payment_marks import PassedEvent, PaymentMark

MOST_PASSED = 20
"""Events of a tenant that are left out at once: where more are in the way, they aren't to blame."""


def payment_marks(ports: Ports, creditor_id: str) -> tuple[PaymentMark, ...]:
    """Return a creditor's marks. Raises NotFoundError where none is listed."""
    found = (each for each in ports.payment_marks.all() if each.tenant.creditor_id == creditor_id)
    if marks := tuple(sorted(found, key=lambda mark: mark.tenant.key)):
        return marks
    raise NotFoundError(f"{creditor_id} has no mark of payments.")


def end_catch_up(ports: Ports, tenant: Tenant) -> PaymentMark:
    """Take a mark back: nobody waits for news any more, until a key is there again.

    Then a new mark begins at that moment. Returns the mark as it was. Raises NotFoundError,
    ConflictError where the key is there still or there is no mark to end, StaleRecordError.
    """
    mark, mode = _mark(ports, tenant), tenant.mode.value
    if ports.payments.has_account(tenant):
        raise ConflictError(
            f"{tenant.creditor_id} has a key of {mode} mode: take it out of its secret first."
        )
    if mark.known_until is None:
        raise ConflictError(
            f"{tenant.creditor_id} has nothing to end in {mode} mode: nobody waits for payments."
        )
    _move(ports, mark, PaymentMark(tenant))
    return mark


def pass_event(ports: Ports, tenant: Tenant, event_id: str, *, by: str, why: str) -> PaymentMark:
    """Leave an event out of the catch-up, and keep who said so, and why.

    Asked twice it is left out once. What both readings are past needs to be left out no longer:
    it makes room for others. Raises NotFoundError for an event that the provider doesn't know,
    ConflictError for one that isn't in the way, PaymentUnavailableError, StaleRecordError.
    """
    mark = _mark(ports, tenant)
    if event_id in {each.event_id for each in mark.passed}:
        return mark
    _refuse_what_is_not_in_the_way(ports, mark, event_id)
    passed = mark.passed
    if len(passed) >= MOST_PASSED:
        done = mark.read_again_until
        passed = tuple(each for each in passed if done is None or each.at >= done)
    if len(passed) >= MOST_PASSED:
        raise ConflictError(f"{MOST_PASSED} events are left out already: find out what is wrong.")
    left_out = PassedEvent(event_id, by, why, ports.clock.now())
    moved = replace(mark, passed=(*passed, left_out))
    _move(ports, mark, moved)
    return moved


def _refuse_what_is_not_in_the_way(ports: Ports, mark: PaymentMark, event_id: str) -> None:
    """Refuse an event that neither reading has before it: leaving it out would change nothing."""
    at, mode = ports.payments.told_at(mark.tenant, event_id), mark.tenant.mode.value
    if at is None:
        raise NotFoundError(f"There is no event {event_id} in {mode} mode that is ever read.")
    marks = [each for each in (mark.known_until, mark.read_again_until) if each]
    is_ahead = bool(marks) and at >= min(marks).replace(microsecond=0)
    if not is_ahead:
        raise ConflictError(f"{event_id} isn't in the way: no mark stands before it.")


def _mark(ports: Ports, tenant: Tenant) -> PaymentMark:
    for mark in payment_marks(ports, tenant.creditor_id):
        if mark.tenant == tenant:
            return mark
    raise NotFoundError(f"{tenant.creditor_id} has no mark in {tenant.mode.value} mode.")


def _move(ports: Ports, mark: PaymentMark, to: PaymentMark) -> None:
    if not ports.payment_marks.move(mark, to):
        raise StaleRecordError("The catch-up moved the mark meanwhile; try again.")
