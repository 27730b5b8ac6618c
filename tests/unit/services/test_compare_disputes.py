"""A dispute whose end nobody heard of holds its invoice only until the night finds it."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.case import PauseKind
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.comparison import Difference
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.tenant import tenant_of
from chalicelib.ports.payments import ProviderPayment
from chalicelib.services.compare_payments import QUEUE, Differs, Question, compare_payment
from chalicelib.services.nightly import look_after
from tests.builders import LIVE
from tests.world import World


class Office(World):
    """A world with an invoice that was paid online, and weeks of nights."""

    def __init__(self) -> None:
        super().__init__("2026-01-02 08:00")
        self.invoice_ = self.post("R-1", due="2026-01-15")
        self.paid = self.hear(replace(self.card(self.invoice_), disputed=0))
        self.clock.advance(days=3)

    def opened(self, dispute: str = "dp_1", held: int = 100_00) -> ProviderPayment:
        """Let a dispute begin there, and be heard of."""
        self.payments.dispute(self.paid, held, dispute=dispute)
        return self.hear(self._asked("created", dispute))

    def ended_unheard(self, dispute: str, held: int) -> None:
        """Let a dispute end there, which nobody ever hears."""
        self.payments.dispute(self.paid, held, dispute=dispute, closed=True)

    def night(self) -> list[Differs]:
        """Do what the next look at the customer's file asks for, until nothing waits."""
        self.clock.advance(days=9)
        look_after(self.ports, LIVE, self.invoice_.customer_id)
        found = []
        while messages := self.queues.drain(QUEUE):
            for message in messages:
                again, about = "again" in message, message.get("customer")
                asked = Question(tenant_of(message["tenant"]), message["payment"], about, again)
                self.clock.advance(minutes=15)
                found += [differs] if (differs := compare_payment(self.ports, asked)) else []
        return found

    def pauses(self, invoice: Invoice) -> list[PauseKind]:
        return [pause.kind for pause in self.case(invoice).pauses]

    def _asked(self, what: str, dispute: str) -> ProviderPayment:
        stands = self.payments.standing(LIVE, self.paid.provider_reference)
        assert stands is not None
        told = self.later(stands, f"charge.dispute.{what}", dispute=dispute, disputed=None)
        return replace(told, disputed=stands.disputed)


def test_a_chargeback_that_was_lost_unheard_is_reminded_of_from_the_next_night_on():
    office = Office()
    office.opened()
    office.ended_unheard("dp_1", 100_00)
    assert office.pauses(office.invoice_) == [PauseKind.DISPUTE]

    [found] = office.night()

    assert (found.kinds, found.is_settled) == ((Difference.OPEN_DISPUTES,), True)
    assert office.pauses(office.invoice_) == []
    assert office.open_tasks(office.invoice_) == []
    assert office.invoice(office.invoice_).remaining == 100_00
    assert office.case(office.invoice_).due_at is not None
    assert office.night() == []


def test_a_chargeback_that_is_open_there_too_is_asked_about_every_night_and_differs_in_nothing():
    office = Office()
    office.opened()
    for _ in range(2):
        before = len(office.queues.log)
        assert office.night() == []
        asked = [each.message for each in office.queues.log[before:]]
        assert [each["payment"] for each in asked] == [office.paid.provider_reference]
    assert office.pauses(office.invoice_) == [PauseKind.DISPUTE]


def test_the_older_of_two_disputes_that_ended_unheard_is_found_behind_the_newer_one():
    office = Office()
    office.opened("dp_1", 40_00)
    office.opened("dp_2", 60_00)
    assert len(office.open_tasks(office.invoice_)) == 2
    office.ended_unheard("dp_1", 40_00)
    office.ended_unheard("dp_2", 0)

    assert [each.is_settled for each in office.night()] == [True]

    assert office.pauses(office.invoice_) == []
    assert office.open_tasks(office.invoice_) == []
    outcomes = {each.outcome for each in tasks(office)}
    assert outcomes == {"lost", "won"}
    assert office.invoice(office.invoice_).remaining == 40_00


def test_a_dispute_that_was_prevented_from_its_first_event_holds_nothing():
    office = Office()
    prevented = office.later(office.paid, "charge.dispute.created", dispute="dp_1", disputed=0)
    office.hear(replace(prevented, dispute_closed=True))
    office.hear(office.later(office.paid, "charge.refunded", refunded=100_00))
    assert office.pauses(office.invoice_) == []
    assert office.open_tasks(office.invoice_) == []
    assert office.invoice(office.invoice_).remaining == 100_00


def tasks(office: Office) -> list[Task]:
    found = [each for each in office.ledger._records.values() if isinstance(each, Task)]
    return [each for each in found if each.status is TaskStatus.DONE]
