"""Holds the history and the end against I1 to I9."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain import ids
from chalicelib.domain.case import Case
from chalicelib.domain.communication import CommunicationStatus
from chalicelib.domain.customer import Customer
from chalicelib.domain.event import Event
from chalicelib.domain.facts import events_of
from chalicelib.domain.hand_over_facts import handed_over
from chalicelib.domain.invariants import Rule
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import PaymentStatus
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.test_clock import TestClock
from chalicelib.ports.payments import ProviderState
from chalicelib.ports.storage import Record
from chalicelib.services.deliver import LEAVES_WITHIN
from chalicelib.services.nightly import look_after
from chalicelib.services.receive_payment_event import payment_id
from tests.endings import Ending, Paid, Violation, adds_up, require
from tests.simulation.accounts import Accounts
from tests.simulation.approvers import Approvers
from tests.simulation.compared import Unasked, differences
from tests.simulation.contacts import Contacts
from tests.simulation.disputed import Disputed
from tests.simulation.erased import everyone_erased_is_nobody, same_events
from tests.simulation.followed import Followed
from tests.simulation.mail import text_of
from tests.simulation.ranked import ranks_agree
from tests.simulation.texters import is_answer, may_be_claimed, what_was_said_last_counts

if TYPE_CHECKING:
    from tests.simulation.life import Life
    from tests.simulation.mail import Message

__all__ = ["Checker", "Violation"]
LOOKED_INTO = timedelta(hours=36)
"""How long what was stuck may be late once it can be read: until a person has come by again, and
the night's backlog."""
LATE = {
    Rule.DUE_STEP_IS_DONE,
    Rule.CLAIM_IS_SETTLED,
    Rule.FINISHED_CASE_RESTS,
    Rule.DISPUTE_IS_HELD,
    Rule.SERVICE_FOLLOWS_DEBT,
    Rule.REQUEST_IS_BORNE,
    Rule.PROMISE_IS_JUDGED,
    Rule.PLAN_IS_JUDGED,
}
AT_WORK = timedelta(minutes=15)
"""How long a worker may be at one customer's file, in the worst weather."""


class Checker:
    """Looks at every commit and every message that leaves, and at the books in the end."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self._claims: dict[str, list[tuple[Case, datetime, str]]] = defaultdict(list)
        self._left: Counter[tuple[str, str, str]] = Counter()
        self._contacts = Contacts(life)
        self._accounts = Accounts(life)
        self.messages = 0
        self.disputed = Disputed(life)
        self.followed = Followed(life)
        self.approvers = Approvers(life)
        life.ledger.on_change.append(self.committed)

    def committed(self, before: Record | None, after: Record) -> None:
        self._contacts.committed(before, after)
        if isinstance(after, Invoice):
            adds_up(after)
        if not isinstance(after, Case) or after.claim is None:
            return
        if isinstance(before, Case) and before.claim == after.claim:
            return
        invoice = self.life.ledger.invoice(after.tenant, after.invoice_id)
        require(invoice and invoice.is_open, f"I1: {after.number} is claimed though settled")
        known = before if isinstance(before, Case) else after
        require(not handed_over(known), f"{after.number} is claimed though an agency has it")
        may_be_claimed(self.life, after)
        line = self.life.plans.line(after) or self.disputed.line(after)
        claimed = (after, self.life.scheduler.now(), line)
        self._claims[after.claim.communication].append(claimed)

    def left(self, message: Message) -> None:
        self.messages += 1
        if self._confirms(message):
            return
        claims = self._claims.get(message.communication_id, [])
        if not claims and is_answer(self.life, message):
            key = (message.communication_id, "answer", message.to)
            self._left[key] += 1
            require(self._left[key] == 1, f"I2: {message.communication_id} is answered twice")
            return
        require(claims, "I2: a message left without a claim")
        now = self.life.scheduler.now()
        text = text_of(message)
        for case, at, line in claims:
            require(now - at <= LEAVES_WITHIN, f"I1: {case.number} left {now - at} after its claim")
            require(message.tenant == case.tenant, "I6: a message of another tenant")
            self.life.clocks.leaves(case)
            self._was_not_erased(case, at)
            require(line in text.replace("; ", "\n"), f"I9: {line!r} isn't in {text!r}")
            assert case.claim is not None
            key = (case.id, case.claim.step, message.to)
            if not case.instalment:
                self.followed.left(case)
            self._left[key] += 1
            require(self._left[key] == 1, f"I2: {case.number} {case.claim.step} left twice")
        self._accounts.left([case for case, _, _ in claims if not case.instalment])
        self._contacts.left(message, [case for case, _, _ in claims])
        self._knows_payments(claims[0][0])

    def _confirms(self, message: Message) -> bool:
        """Say whether it is a confirmation: of what stands, logged before it left, and once."""
        entry = self.life.ledger.communication(message.tenant, message.communication_id)
        if entry is None or entry.about is None:
            return False
        require(entry.status is CommunicationStatus.UNCONFIRMED, f"I2: {entry.id} left unlogged")
        is_held = entry.about.startswith(ids.CASE)  # a case may be held back several times
        told = entry.about, entry.template, entry.id if is_held else ""
        self._left[told] += 1
        require(self._left[told] == 1, f"I2: {entry.about} confirmed twice")
        return True

    def _was_not_erased(self, case: Case, claimed_at: datetime) -> None:
        customer = self.life.ledger.customer(case.tenant, case.customer_id)
        erasure = customer.erasure if customer else None
        require(
            erasure is None or claimed_at <= erasure.asked_at,
            f"erased: {case.number} is claimed although the customer is erased",
        )

    def _knows_payments(self, case: Case) -> None:
        """Whoever is written to has paid nothing long ago that isn't in the books."""
        if case.test_clock:
            return  # the provider's time isn't theirs
        creditor = self.life.ledger.creditor(case.tenant.creditor_id)
        assert creditor is not None
        known = self.life.scheduler.now() - creditor.payments_known_within - AT_WORK
        for intent in self.life.bank.intents.values():
            paid = intent.state is ProviderState.SUCCEEDED and intent.since < known
            if paid and intent.request.customer_id == case.customer_id:
                identifier = payment_id(case.customer_id, intent.reference)
                payment = self.life.ledger.payment(case.tenant, identifier)
                heard = payment and payment.status is PaymentStatus.SUCCEEDED
                require(heard, f"stale: {intent.reference} was paid at {intent.since}, unheard")

    def at_the_end(self) -> None:
        """Check the books, the schedule, the events and the provider's books."""
        records = tuple(self.life.ledger._records.values())
        ranks_agree(self.life)
        self.nightly()
        compared = differences(self.life)
        require(not compared, f"compared: {compared}")
        self.life.clocks.at_the_end(records)
        self._ending(records).check()
        self._feed()
        self.disputed.at_the_end()
        self.life.receivers.at_the_end()
        everyone_erased_is_nobody(self.life)
        what_was_said_last_counts(self.life)
        self.life.told.at_the_end(records)
        self.life.promises.at_the_end(records)
        self.life.plans.at_the_end(records)
        self.followed.at_the_end()
        for billing in self.life.billing:
            billing.at_the_end()
        self.approvers.at_the_end()

    def _ending(self, records: tuple[Record, ...]) -> Ending:
        ledger, bank = self.life.ledger, self.life.bank
        sequences = {
            (case.tenant.key, *case.sequence): ledger.sequence(case.tenant, *case.sequence)
            for case in records
            if isinstance(case, Case)
        }
        paid = [
            Paid(intent.request.customer_id, intent.reference, intent.net)
            for intent in bank.intents.values()
        ]
        clocks = {each.id: each.now for each in records if isinstance(each, TestClock)}
        return Ending(records, sequences, self.life.scheduler.now(), paid, clocks)

    def nightly(self) -> None:
        """Do what the nightly job does: in the worst weather it must find nothing."""
        life = self.life
        ports = replace(
            life.ports,
            clock=life.scheduler,
            ledger=life.ledger,
            queues=Unasked(life.queues),
            worklist=life.worklist,
        )
        flagged = {task.customer_id for task in life.platform.flagged()}
        since = life.scheduler.now() - LOOKED_INTO
        for record in list(life.ledger._records.values()):
            if isinstance(record, Customer):
                unread = life.ledger.was_unreadable(record.id, since)
                held = unread or self._is_refused(record.tenant, since)
                late = held or record.id in flagged or life.clocks.comes_late_to(record)
                found = [
                    each
                    for each in look_after(ports, record.tenant, record.id)
                    if not (late and each.rule in LATE)
                ]
                require(not found, f"found at night: {found}")

    def _is_refused(self, tenant: Tenant, since: datetime) -> bool:
        """While a provider takes nothing, what is due stays due, and an alarm says so."""
        return any(each.has_refused(tenant, since) for each in (self.life.email, self.life.sms))

    def _feed(self) -> None:
        """I8: the events of what was committed, and no others, each with who and why."""
        expected: dict[str, Event] = {}
        for change in self.life.stream.log:
            for event in events_of(change.before, change.after, change.at):
                require(event.by and event.why, f"I8: {event} doesn't say who and why")
                expected[event.id] = event
        found = {
            event.id: event
            for events in self.life.ledger._events.values()
            for event in events.values()
            if event.customer_id
        }
        require(found.keys() == expected.keys(), "I8: events are missing or made up")
        require(same_events(self.life.ledger, found, expected), "I8: an event differs")
