"""Claims whose wait for an outcome is over: the log may know it, else nobody does.

A worker that died between its log entry and the step's result has left both the entry and the
claim. The entry settles the claim then, so that what was sent isn't called unconfirmed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.domain.case import Case, Claim, CustomerFile, Outcome, StepResult
from chalicelib.domain.communication import Communication, CommunicationStatus
from chalicelib.domain.customer import Change
from chalicelib.domain.decide import Rules
from chalicelib.domain.decisions import Decision, Reason, Skip
from chalicelib.ports.all import Ports
from chalicelib.services.reconstruct import reconstruct
from chalicelib.services.settle import settle_all

OUTCOMES = {
    CommunicationStatus.SENT: Outcome.SENT,
    CommunicationStatus.DELIVERED: Outcome.SENT,
    CommunicationStatus.CAPTURED: Outcome.CAPTURED,
    CommunicationStatus.FAILED: Outcome.FAILED,
    CommunicationStatus.UNCONFIRMED: Outcome.UNCONFIRMED,
}


def end_waiting(
    ports: Ports, file: CustomerFile, rules: Rules, decisions: Iterable[Decision], change: Change
) -> bool:
    """Settle from the log what it knows, and log as unconfirmed what it doesn't.

    True where cases changed, so that the file must be decided on anew.
    """
    settled = False
    for cases in _messages(file, decisions):
        entry = reconstruct(
            file.customer, cases, CommunicationStatus.UNCONFIRMED, change, rules=rules
        )
        if ports.ledger.append(entry):
            continue
        known = ports.ledger.communication(entry.tenant, entry.id)
        if known and known.status is not CommunicationStatus.UNCONFIRMED:
            settle_all(ports, cases, _Known(known).applied)
            settled = True
    return settled


def _messages(file: CustomerFile, decisions: Iterable[Decision]) -> Iterable[list[Case]]:
    waited = {
        each.case_id
        for each in decisions
        if isinstance(each, Skip) and each.reason is Reason.UNCONFIRMED
    }
    messages: dict[str, list[Case]] = {}
    for case in file.cases:
        if case.id in waited and case.claim:
            messages.setdefault(case.claim.communication, []).append(case)
    return messages.values()


class _Known:
    """What a log entry says of its cases."""

    def __init__(self, entry: Communication) -> None:
        self._entry = entry
        self._reasons = {part.case_id: part.reason for part in entry.parts}

    def applied(self, case: Case) -> Case:
        claim = case.claim
        if claim is None:
            return case
        result = self._result(claim, self._reasons.get(case.id, Reason.DUE))
        return replace(case, claim=None, results={**case.results, claim.step: result})

    def _result(self, claim: Claim, reason: Reason) -> StepResult:
        failed = self._entry.status is CommunicationStatus.FAILED
        why = (self._entry.reason or "refused") if failed else reason
        return claim.ended(OUTCOMES[self._entry.status], why, reroute=failed)
