"""Confirm to a customer what was agreed with them: one message, at most once.

    render ── take it off the case and log it as unconfirmed (one transaction) ── leave ── record

Whatever happens to the worker after the transaction, the log has the message, and nobody sends it
again: it stays `unconfirmed` until the answer, or the provider's event, says what became of it.
Only where the gateway certainly didn't take it, it is put back, for the same message to be tried
again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain import ids
from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.communication import Communication, CommunicationStatus
from chalicelib.domain.confirmation import (
    Agreement,
    Confirmation,
    communication_id,
    without,
)
from chalicelib.domain.confirming import channel_of, to_confirm
from chalicelib.domain.consent import as_agreed, opt_in_channels
from chalicelib.domain.customer import Change, Suppression
from chalicelib.domain.decisions import Reason, Send
from chalicelib.domain.schedule import reschedule
from chalicelib.domain.tenant import Mode
from chalicelib.ports.all import Ports
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.ports.storage import Record, Write
from chalicelib.services.agreements import agreement_of
from chalicelib.services.bookkeeping import OpenBooks
from chalicelib.services.common import changing, creating, now_of, retrying, rules_for
from chalicelib.services.compose import Draft, compose, hand_over, refusal
from chalicelib.services.deliver import LEAVES_WITHIN, not_now
from chalicelib.services.suppress import suppress
from chalicelib.services.try_later import TryLaterError, UnderPressureError

CONFIRMATION = Change(by="system", why="confirmation")
SUPPRESSING = {reason.value: reason for reason in Suppression}


def ask_for_confirmation(opened: OpenBooks, about: str, invoice_id: str) -> None:
    """Let the customer be told of a record with the commit of the books; a case carries it."""
    case = opened.books.cases[invoice_id]
    opened.books.cases[invoice_id] = to_tell(case, about, opened.books.now)


def to_tell(case: Case, about: str, now: datetime) -> Case:
    """Return the case with what is to be confirmed; what wasn't told of the same is told anew."""
    others = tuple(each for each in case.confirmations if each.about != about)
    return replace(case, confirmations=(*others, Confirmation(about, now)))


def confirm(ports: Ports, file: CustomerFile | None, channel: str | None) -> CustomerFile | None:
    """Send what is to be confirmed and is this worker's; return the file as it then stands.

    `channel` is the worker's, None for all. Raises TryLaterError where the gateway can't take it.
    """
    while file and (case := _next(file, channel)):
        _Confirming(ports, file, case, case.confirmations[0]).run()
        file = ports.ledger.file(file.customer.tenant, file.customer.id)
    return file


def _next(file: CustomerFile, channel: str | None) -> Case | None:
    return next((case for case, queue in to_confirm(file) if channel in {None, queue}), None)


@dataclass(slots=True)
class _Confirming:
    """One attempt to tell of one thing."""

    ports: Ports
    file: CustomerFile
    case: Case
    confirmation: Confirmation

    def run(self) -> None:
        tenant, customer = self.case.tenant, self.file.customer
        now = now_of(self.ports, customer)
        agreement = agreement_of(self.ports, customer, self.confirmation.about, now)
        if agreement is None:  # it is over, so there is nothing left to tell
            self._commit(self._taken_off())
            return
        entry = self._entry(agreement, now)
        creditor = self.ports.configuration.creditor(tenant.creditor_id)
        if (channel := channel_of(as_agreed(customer, opt_in_channels(creditor)))) is None:
            unreached = replace(
                entry, status=CommunicationStatus.FAILED, reason=Reason.NO_USABLE_ADDRESS
            )
            self._commit(self._taken_off(), self._logged(unreached))
            return
        send = Send(channel, agreement.template, ())
        about = {ids.sibling(each, ids.CASE) for each in agreement.invoices}
        cases = [each for each in self.file.cases if each.id in about]
        draft = compose(
            self.ports,
            customer,
            [each for each in cases if each.is_open] or cases,
            send,
            communication_id=entry.id,
            now=now,
            agreed=agreement.lines,
        )
        named = replace(entry, channel=channel.value, to=draft.to, subject=draft.subject)
        self._send(draft, named, now)

    def _send(self, draft: Draft, entry: Communication, now: datetime) -> None:
        ports = self.ports
        captures = entry.tenant.mode is Mode.TEST and not ports.delivers_test_mode
        refused = None if captures else refusal(ports, self.file.customer, draft, now)
        if refused and refused.delivery is Delivery.NOT_NOW:
            raise TryLaterError(refused.reason or "nobody can say whether it may be sent")
        if not captures and not refused and (seconds := ports.sending.turn(entry.channel)):
            raise UnderPressureError("no turn yet", seconds)
        deadline = ports.clock.now() + LEAVES_WITHIN
        if captures:
            kept = replace(entry, status=CommunicationStatus.CAPTURED, sent_at=now)
            self._commit(self._taken_off(), self._logged(kept))
            return
        self._commit(self._taken_off(), self._logged(entry))
        handover = refused or hand_over(ports, draft, deadline)
        match handover.delivery:
            case Delivery.ACCEPTED:
                retrying(lambda: self._settle(entry, CommunicationStatus.SENT, handover, now))
            case Delivery.REFUSED:
                if reason := SUPPRESSING.get(handover.reason or ""):
                    suppress(ports, self.file.customer, draft.to, reason)
                retrying(lambda: self._settle(entry, CommunicationStatus.FAILED, handover, now))
            case Delivery.NOT_NOW:
                retrying(lambda: self._put_back(entry, handover))
                raise not_now(ports, entry.channel, handover.reason or "")
            case Delivery.UNKNOWN:
                pass

    def _entry(self, agreement: Agreement, now: datetime) -> Communication:
        customer = self.file.customer
        return Communication(
            id=communication_id(self.confirmation, customer.id),
            tenant=customer.tenant,
            customer_id=customer.id,
            channel="email",
            status=CommunicationStatus.UNCONFIRMED,
            parts=(),
            template=agreement.template,
            locale=customer.locale,
            to="",
            subject="",
            amounts={},
            created_at=now,
            about=self.confirmation.about,
        )

    def _settle(
        self, entry: Communication, status: CommunicationStatus, handover: Handover, now: datetime
    ) -> None:
        """Log the answer, unless the provider's event was faster: that knows better."""
        known = self.ports.ledger.communication(entry.tenant, entry.id)
        if known is None or known.status is not CommunicationStatus.UNCONFIRMED:
            return
        sent_at = now if status is CommunicationStatus.SENT else None
        after = replace(known, status=status, reason=handover.reason, sent_at=sent_at)
        told = replace(after, provider_id=handover.provider_id)
        self.ports.ledger.commit([changing(known, told, CONFIRMATION.when(now))])

    def _put_back(self, entry: Communication, handover: Handover) -> None:
        """Let the same message be tried again: it certainly didn't leave.

        The case is due since it was: its message goes back to the queue, so no sweep adds another.
        Where the case was closed meanwhile, it comes back to the file with it.
        """
        known = self.ports.ledger.communication(entry.tenant, entry.id)
        case = self.ports.ledger.case(entry.tenant, self.case.id)
        if known is None or case is None:
            return
        failed = replace(known, status=CommunicationStatus.FAILED, reason=handover.reason)
        again = replace(
            case,
            confirmations=(*case.confirmations, self.confirmation),
            due_at=self.case.due_at,
            channel=self.case.channel,
        )
        change = CONFIRMATION.when(now_of(self.ports, self.file.customer))
        self._commit(changing(case, again, change), changing(known, failed, change))

    def _taken_off(self) -> Write[Record]:
        now = now_of(self.ports, self.file.customer)
        others = without(self.case.confirmations, self.confirmation)
        after = self._scheduled(replace(self.case, confirmations=others), now)
        return changing(self.case, after, CONFIRMATION.when(now))

    def _scheduled(self, case: Case, now: datetime) -> Case:
        others = (each for each in self.file.cases if each.id != case.id)
        file = replace(self.file, cases=(case, *others))
        rules = rules_for(self.ports, case.tenant, file.cases)
        return reschedule(file, rules, now).cases[0]

    def _logged(self, entry: Communication) -> Write[Record]:
        """Return the write of the entry; one that was put back is there already."""
        change = CONFIRMATION.when(entry.created_at)
        known = self.ports.ledger.communication(entry.tenant, entry.id)
        return changing(known, entry, change) if known else creating(entry, change)

    def _commit(self, *writes: Write[Record]) -> None:
        self.ports.ledger.commit(writes)
