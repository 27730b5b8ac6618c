"""What the mail provider says later: it settles open claims, and stops addresses that fail.

An event names its communication. If that still holds a claim, the worker died or never heard
the answer, and the event settles it. A hard bounce or a complaint suppresses the address, marks
the communication failed and gives the step back, to go another way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.domain import ids
from chalicelib.domain.case import Case, Claim, CustomerFile, Outcome, StepResult
from chalicelib.domain.communication import Communication, CommunicationStatus
from chalicelib.domain.consent import as_agreed
from chalicelib.domain.customer import Change, Customer, Suppression
from chalicelib.domain.decide import Rules
from chalicelib.domain.decisions import Reason
from chalicelib.domain.route import given_back
from chalicelib.domain.schedule import reschedule
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.messages import EmailEvent, EmailEventKind
from chalicelib.ports.storage import Record, Write
from chalicelib.ports.transactions import in_transactions
from chalicelib.services.common import changing, is_id, now_of, retrying, rules_for
from chalicelib.services.reconstruct import reconstruct
from chalicelib.services.refused_addresses import remember
from chalicelib.services.suppress import suppress

FAILURES = {
    EmailEventKind.BOUNCED: "bounced",
    EmailEventKind.COMPLAINED: "complained",
    EmailEventKind.REJECTED: "rejected",
}
CONDEMN = {reason.value: reason for reason in Suppression}
"""Failures after which the address isn't used again; a rejection is about the message."""
CONFIRMS = {
    EmailEventKind.SENT: CommunicationStatus.SENT,
    EmailEventKind.DELIVERED: CommunicationStatus.DELIVERED,
}
WEAKER = {
    CommunicationStatus.SENT: {CommunicationStatus.UNCONFIRMED},
    CommunicationStatus.DELIVERED: {CommunicationStatus.UNCONFIRMED, CommunicationStatus.SENT},
}
"""What is known better by a confirmation: events come in any order."""


def settle_communication(ports: Ports, event: EmailEvent) -> None:
    """Apply one event. Events of others, and events without consequence, change nothing."""
    tenant, identifier = event.tenant, event.communication_id
    if tenant is None or identifier is None or not is_id(ids.COMMUNICATION, identifier):
        return
    failure = FAILURES.get(event.kind)
    if event.kind is EmailEventKind.BOUNCED and not event.permanent:
        return
    if failure or event.kind in CONFIRMS:
        retrying(lambda: _Settling(ports, tenant, identifier, event).run(failure))


class _Settling:
    """One attempt to apply an event to a communication and its cases."""

    def __init__(self, ports: Ports, tenant: Tenant, identifier: str, event: EmailEvent) -> None:
        self.ports = ports
        self.tenant = tenant
        self.identifier = identifier
        self.event = event
        self.change = Change(by="ses", why=event.reason or event.kind.value)

    def run(self, failure: str | None) -> None:
        file = self.ports.ledger.file(self.tenant, ids.owner_of(self.identifier))
        if file is None:
            return
        if file.customer.erasure:  # what the receiving server wrote would bring the address back
            self.change = replace(self.change, why=self.event.kind.value)
        self.change = self.change.when(now_of(self.ports, file.customer))
        known = self.ports.ledger.communication(self.tenant, self.identifier)
        file = replace(file, cases=(*file.cases, *self._finished(file, known)))
        claimed = [case for case in file.cases if self._claims(case)]
        if known is None and not claimed:
            return
        if reason := CONDEMN.get(failure or ""):
            file = replace(file, customer=self._suppress(file.customer, reason))
        writes = self._case_writes(file, known, failure)
        if known is None:
            recipients = self.event.recipients
            entry = reconstruct(
                file.customer,
                claimed,
                CommunicationStatus.FAILED if failure else CONFIRMS[self.event.kind],
                self.change,
                rules=self._rules(file),
                to=recipients[0] if recipients else None,
                reason=failure,
                provider_id=self.event.provider_id,
            )
            self.ports.ledger.append(entry)
        elif (after := self._updated(known, failure)) != known:
            writes.append(changing(known, after, self.change))
        for portion in in_transactions([write] for write in writes):  # the log entry comes last
            self.ports.ledger.commit(portion)

    def _finished(self, file: CustomerFile, known: Communication | None) -> Iterable[Case]:
        """Return the cases of the message that aren't in the working file any more."""
        gone = set(known.cases) - {case.id for case in file.cases} if known else set()
        return self.ports.ledger.cases(self.tenant, sorted(gone)).values() if gone else ()

    def _claims(self, case: Case) -> bool:
        return case.claim is not None and case.claim.communication == self.identifier

    def _suppress(self, customer: Customer, reason: Suppression) -> Customer:
        """Let the addresses go unused, also beyond the erasure of whose they were."""
        if customer.erasure:
            remember(self.ports, self.tenant, dict.fromkeys(self.event.recipients, reason))
            return customer
        for address in self.event.recipients:
            customer = suppress(self.ports, customer, address, reason)
        return customer

    def _case_writes(
        self, file: CustomerFile, known: Communication | None, failure: str | None
    ) -> list[Write[Record]]:
        concerned = set(known.cases) if known else set()
        rules = self._rules(file)
        edited = tuple(
            self._edited(case, file.customer, rules, failure)
            if case.id in concerned or self._claims(case)
            else case
            for case in file.cases
        )
        anew = self._scheduled(replace(file, cases=edited))
        return [
            changing(before, after, self.change)
            for before, changed, after in zip(file.cases, edited, anew, strict=True)
            if changed != before
        ]

    def _scheduled(self, file: CustomerFile) -> tuple[Case, ...]:
        now = now_of(self.ports, file.customer)
        return reschedule(file, self._rules(file), now).cases

    def _rules(self, file: CustomerFile) -> Rules:
        return rules_for(self.ports, self.tenant, file.cases)

    def _edited(self, case: Case, customer: Customer, rules: Rules, failure: str | None) -> Case:
        """Return the case with what the event says of its steps.

        What failed at an address that was corrected since is to be done again at the new one.
        """
        told = self._with_results(case, failure)
        if not (failure and case.is_open):
            return told
        return given_back(told, as_agreed(customer, rules.opt_in), rules.of(case), ())

    def _with_results(self, case: Case, failure: str | None) -> Case:
        if case.claim and self._claims(case):
            result = self._result_of_claim(case.claim, failure)
            return replace(case, claim=None, results={**case.results, case.claim.step: result})
        results = {
            step: self._told(result, failure)
            if result.communication == self.identifier and not result.reroute
            else result
            for step, result in case.results.items()
        }
        return replace(case, results=results)

    def _told(self, result: StepResult, failure: str | None) -> StepResult:
        if failure:
            return self._failed(result, failure)
        late = result.outcome is Outcome.UNCONFIRMED
        return replace(result, outcome=Outcome.SENT, reason=Reason.DUE) if late else result

    def _result_of_claim(self, claim: Claim, failure: str | None) -> StepResult:
        sent = claim.ended(Outcome.SENT, Reason.DUE)
        return self._failed(sent, failure) if failure else sent

    def _failed(self, result: StepResult, failure: str) -> StepResult:
        return replace(result, outcome=Outcome.FAILED, reason=failure, reroute=True)

    def _updated(self, known: Communication, failure: str | None) -> Communication:
        if failure:
            return replace(known, status=CommunicationStatus.FAILED, reason=failure)
        told = CONFIRMS[self.event.kind]
        return replace(known, status=told) if known.status in WEAKER[told] else known
