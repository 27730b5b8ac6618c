"""Prepare, claim, act, record: how one message leaves, at most once.

    render ── claim (compare-and-set on all cases) ── leave within two seconds ── record
                 │ lost: another worker or a payment was faster, so decide anew
                 └ the claim stays until the outcome is known, even when the case closes

The claim is the point of no return. A worker that dies after it leaves the claim behind; the
provider's event, or the end of the wait, settles it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from chalicelib.domain import ids
from chalicelib.domain.case import (
    CLAIM_SETTLES_AFTER,
    Case,
    Claim,
    CustomerFile,
    Outcome,
)
from chalicelib.domain.chasing import as_asked
from chalicelib.domain.communication import Communication, CommunicationStatus
from chalicelib.domain.customer import Change, Suppression
from chalicelib.domain.decide import Rules
from chalicelib.domain.decisions import Send
from chalicelib.domain.money import totals_by_currency
from chalicelib.domain.tenant import Mode
from chalicelib.ports.all import Ports
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.services.common import changing, retrying
from chalicelib.services.compose import Draft, compose, hand_over, keep, refusal
from chalicelib.services.reconstruct import completed
from chalicelib.services.settle import Plan, settle_all
from chalicelib.services.suppress import suppress
from chalicelib.services.try_later import TryLaterError, UnderPressureError

LEAVES_WITHIN = timedelta(seconds=2)
"""Counted from just before the claim, and held by the gateways."""
DELIVERY = Change(by="system", why="delivery")
LIMITS = frozenset({"throttled", "quota"})
"""Reasons of gateways that say: the message is fine, but there are too many."""
SUPPRESSING = {reason.value: reason for reason in Suppression}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A message to send: the cases as stored (`befores`) and with this run's skips (`cases`)."""

    file: CustomerFile
    rules: Rules
    send: Send
    befores: tuple[Case, ...]
    cases: tuple[Case, ...]
    now: datetime

    @property
    def communication_id(self) -> str:
        """An id made of meaning: the same cases at the same versions give the same id."""
        facts = [
            f"{case.id} {part.step} {before.version}"
            for part, case, before in zip(self.send.parts, self.cases, self.befores, strict=True)
        ]
        part = ids.part(self.now, ids.meaning(*facts))
        return ids.child_id(ids.COMMUNICATION, self.file.customer.id, part)


def deliver(ports: Ports, attempt: Attempt) -> list[Case]:
    """Send the message and return its cases as they now stand.

    Raises WriteConflictError where the claim was lost, TryLaterError where the gateway can't
    take it now (UnderPressureError: for its limits); then nothing was sent and nothing is claimed.
    """
    draft = compose(
        ports,
        attempt.file.customer,
        attempt.cases,
        attempt.send,
        communication_id=attempt.communication_id,
        now=attempt.now,
    )
    captures = attempt.file.customer.tenant.mode is Mode.TEST and not ports.delivers_test_mode
    refused = None if captures else refusal(ports, attempt.file.customer, draft, attempt.now)
    if refused and refused.delivery is Delivery.NOT_NOW:
        raise TryLaterError(refused.reason or "nobody can say whether it may be sent")
    channel = attempt.send.channel.value
    if not captures and not refused and (seconds := ports.sending.turn(channel)):
        raise UnderPressureError("no turn yet", seconds)
    deadline = ports.clock.now() + LEAVES_WITHIN
    claimed = _claim(ports, attempt)
    handover = refused or keep(ports, draft)
    if captures and handover is None:
        return _record(
            ports, attempt, draft, claimed, Outcome.CAPTURED, Handover(Delivery.ACCEPTED)
        )
    handover = handover or hand_over(ports, draft, deadline)
    match handover.delivery:
        case Delivery.ACCEPTED:
            return _record(ports, attempt, draft, claimed, Outcome.SENT, handover)
        case Delivery.REFUSED:
            return _refused(ports, attempt, draft, claimed, handover)
        case Delivery.NOT_NOW:
            _release(ports, claimed)
            raise not_now(ports, channel, handover.reason or "the gateway can't take it now")
        case Delivery.UNKNOWN:
            return _await_outcome(ports, claimed)


def not_now(ports: Ports, channel: str, reason: str) -> TryLaterError:
    """Return the error of a message that its gateway can't take now; a limit slows others, too."""
    if reason not in LIMITS:
        return TryLaterError(reason)
    ports.sending.refused(channel, reason)
    return UnderPressureError(reason)


def _claim(ports: Ports, attempt: Attempt) -> list[Case]:
    """Claim all cases of the message or none: in one write, so that a bundle is claimed in time."""
    writes = []
    for part, before, case in zip(attempt.send.parts, attempt.befores, attempt.cases, strict=True):
        claim = Claim(
            part.step,
            attempt.communication_id,
            attempt.send.channel.value,
            attempt.now,
            attempt.send.time_for(case),
        )
        claimed = replace(case, claim=claim, due_at=_looked_at_in_time(case, attempt.now))
        writes.append(changing(before, claimed, DELIVERY.when(attempt.now)))
    ports.ledger.commit(writes)
    return [write.after for write in writes]


def _looked_at_in_time(case: Case, now: datetime) -> datetime:
    """Return when to look at a claimed case whose worker dies: at the latest as its claim settles.

    A case may be claimed before its moment, where the reason for which it waited has gone.
    """
    settles_at = now + CLAIM_SETTLES_AFTER
    return min(case.due_at or settles_at, settles_at)


def _release(ports: Ports, claimed: list[Case]) -> None:
    settle_all(ports, claimed, lambda held: replace(held, claim=None))


def _record(
    ports: Ports,
    attempt: Attempt,
    draft: Draft,
    claimed: list[Case],
    outcome: Outcome,
    handover: Handover,
) -> list[Case]:
    _log(ports, _communication(attempt, draft, CommunicationStatus(outcome.value), handover))
    return _settle_all(ports, attempt, claimed, outcome, None)


def _refused(
    ports: Ports, attempt: Attempt, draft: Draft, claimed: list[Case], handover: Handover
) -> list[Case]:
    _log(ports, _communication(attempt, draft, CommunicationStatus.FAILED, handover))
    customer = attempt.file.customer
    if reason := SUPPRESSING.get(handover.reason or ""):  # else it is about this message only
        customer = suppress(ports, customer, draft.to, reason)
    rerouted = replace(attempt, file=replace(attempt.file, customer=customer))
    return _settle_all(ports, rerouted, claimed, Outcome.FAILED, handover.reason or "refused")


def _log(ports: Ports, entry: Communication) -> None:
    if not ports.ledger.append(entry):
        retrying(lambda: _complete(ports, entry))


def _complete(ports: Ports, entry: Communication) -> None:
    known = ports.ledger.communication(entry.tenant, entry.id)
    if known and (after := completed(known, entry)) != known:
        ports.ledger.commit([changing(known, after, DELIVERY)])


def _settle_all(
    ports: Ports, attempt: Attempt, claimed: list[Case], outcome: Outcome, failure: str | None
) -> list[Case]:
    own = {case.id: case for case in claimed}
    file = replace(attempt.file, cases=tuple(own.get(case.id, case) for case in attempt.file.cases))
    reasons = {part.case_id: failure or part.reason for part in attempt.send.parts}
    edit = partial(_ended, outcome=outcome, reasons=reasons, reroute=failure is not None)
    plan = Plan(file, attempt.rules, attempt.now)
    return settle_all(ports, claimed, edit, plan)


def _ended(case: Case, *, outcome: Outcome, reasons: Mapping[str, str], reroute: bool) -> Case:
    if case.claim is None:
        return case
    result = case.claim.ended(outcome, reasons[case.id], reroute=reroute)
    return replace(case, claim=None, results={**case.results, case.claim.step: result})


def _await_outcome(ports: Ports, claimed: list[Case]) -> list[Case]:
    return settle_all(ports, claimed, _look_again)


def _look_again(case: Case) -> Case:
    """Wait for the provider's word, also where a payment closed the case meanwhile."""
    if case.claim is None:
        return case
    return replace(case, due_at=case.claim.at + CLAIM_SETTLES_AFTER)


def _communication(
    attempt: Attempt, draft: Draft, status: CommunicationStatus, handover: Handover
) -> Communication:
    customer = attempt.file.customer
    totals = totals_by_currency([as_asked(case).asked_at(attempt.now) for case in attempt.cases])
    sent = status is not CommunicationStatus.FAILED
    return Communication(
        id=attempt.communication_id,
        tenant=customer.tenant,
        customer_id=customer.id,
        channel=attempt.send.channel.value,
        status=status,
        parts=attempt.send.parts,
        template=attempt.send.template,
        locale=customer.locale,
        to=draft.to,
        subject=draft.subject,
        amounts={money.currency.code: money.amount for money in totals},
        created_at=attempt.now,
        reason=handover.reason,
        provider_id=handover.provider_id,
        sent_at=attempt.now if sent else None,
        version=1,
        change=DELIVERY,
    )
