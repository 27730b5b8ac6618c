"""A case is handed over to an agency: a dossier is kept, nobody reminds, and it can come back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.approval import ApprovalRule
from chalicelib.domain.case import Case, Outcome, PauseKind
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.event import Event
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.privacy import ErasureReason
from chalicelib.domain.sequence import InvalidSequenceError, Scope, Step
from chalicelib.ports.storage import Cursor
from chalicelib.services.erase_customer import erase_customer
from chalicelib.services.explain_case import explain_case
from chalicelib.services.pause_case import hand_back_case
from chalicelib.services.show_hand_over import show_hand_over
from tests.builders import LIVE, a_sequence, a_step
from tests.deeds import OFFICE
from tests.world import World

TO = {"to": "Inkasso Nord GmbH"}
STEPS = (
    a_step("reminder", 3),
    a_step("call", 7, "call"),
    a_step("agency", 10, "escalate", parameters=TO),
    a_step("last", 20),
)


class Office(World):
    """A world whose invoice R-1, due on 5 January, was handed over on the 15th."""

    def __init__(self, *steps: Step, **rules: Any) -> None:
        super().__init__("2026-01-02 08:00", sequence=a_sequence(*(steps or STEPS), **rules))
        self.r1 = self.post("R-1", due="2026-01-05")
        self.until("2026-01-15 09:00")

    def pauses(self, invoice: Invoice) -> list[tuple[PauseKind, str]]:
        return [(pause.kind, pause.reason) for pause in self.case(invoice).pauses]

    def told(self, of_type: str) -> list[Event]:
        self.work()
        return list(self.ledger.events_page(LIVE, Cursor(50), of_type=of_type).data)

    def hand_back(self, invoice: Invoice) -> Case:
        return hand_back_case(self.ports, LIVE, OFFICE, invoice.case_id)


@pytest.fixture
def office() -> Office:
    return Office()


def test_it_keeps_a_dossier_and_a_file_and_says_so(office: Office):
    found = show_hand_over(office.ports, LIVE, office.r1.case_id)
    assert found.pause.reason == TO["to"]
    assert [found.dossier.url[-4:], found.table.url[-4:]] == [".pdf", ".csv"]
    [told] = office.told("case.handed_over")
    assert told.data == {
        "invoice": office.r1.id,
        "number": "R-1",
        "amount_remaining": 100_00,
        "currency": "eur",
        "to": TO["to"],
    }
    kept = office.documents.kept[LIVE.key, found.pause.reference or ""].decode()
    assert kept.splitlines()[1:] == [
        "2026-01-02 issued ",
        "2026-01-05 due ",
        "2026-01-08 message email reminder: R-1 sent",
    ]
    assert office.case(office.r1).results["agency"].outcome is Outcome.ACTED


def test_nobody_reminds_any_more_and_nobody_calls(office: Office):
    assert office.open_tasks(office.r1) == []
    [call] = [each for each in office.told("task.completed") if each.data["do"] == "call"]
    assert call.data["outcome"] == "handed_over"
    office.until("2026-03-01 09:00")
    assert len(office.email.sent) == 1
    told = explain_case(office.ports, LIVE, office.r1.case_id).next
    assert told.why == (
        "The case was handed over to an agency or a lawyer. It is with Inkasso Nord GmbH."
        " After that comes last."
    )


def test_payments_are_still_taken_and_told(office: Office):
    office.pay(office.r1, 30_00)
    assert office.case(office.r1).remaining == 70_00
    assert office.pauses(office.r1) == [(PauseKind.HANDED_OVER, TO["to"])]
    office.pay(office.r1)
    assert not office.case(office.r1).is_open
    assert len(office.told("invoice.paid")) == 1
    assert show_hand_over(office.ports, LIVE, office.r1.case_id)


def test_handed_back_it_goes_on(office: Office):
    office.until("2026-01-18 09:00")
    office.hold(office.r1)
    office.release(office.r1)
    assert office.pauses(office.r1)  # that lifts a hold only
    office.hand_back(office.r1)
    assert office.pauses(office.r1) == []
    assert office.hand_back(office.r1) == office.case(office.r1)
    with pytest.raises(NotFoundError):
        show_hand_over(office.ports, LIVE, office.r1.case_id)
    office.until("2026-01-26 09:00")

    assert [told.data["from"] for told in office.told("case.handed_back")] == [TO["to"]]
    assert len(office.email.sent) == 2
    assert len(office.told("case.handed_over")) == 1


def test_it_waits_for_its_approval():
    agency = replace(STEPS[2], approval=ApprovalRule("manager", 5))
    office = Office(agency)
    assert office.pauses(office.r1) == []
    [task] = office.open_tasks(office.r1)
    office.approve(task)
    office.until("2026-01-15 09:10")

    assert office.pauses(office.r1) == [(PauseKind.HANDED_OVER, TO["to"])]


def test_an_account_is_handed_over_as_a_whole():
    office = Office(STEPS[2], STEPS[3], scope=Scope.ACCOUNT)
    world = World("2026-01-02 08:00", sequence=a_sequence(*STEPS[2:], scope=Scope.ACCOUNT))
    invoices = [world.post(f"R-{day}", due=f"2026-01-0{day}") for day in (5, 6)]
    world.until("2026-01-15 09:00")

    names = {pause.reference for each in invoices for pause in world.case(each).pauses}
    assert len(names) == 1
    assert ": R-5, R-6" in world.documents.kept[LIVE.key, names.pop() or ""].decode()
    assert office.pauses(office.r1)
    world.until("2026-03-01 09:00")
    assert world.email.sent == []


def test_while_documents_cant_be_kept_it_isnt_handed_over():
    world = World("2026-01-02 08:00", sequence=a_sequence(*STEPS[2:]))
    invoice = world.post("R-1", due="2026-01-05")
    world.documents.fails = True
    world.until("2026-01-15 09:00")
    assert world.case(invoice).pauses == ()
    world.documents.fails = False
    world.sweep()
    assert [pause.reason for pause in world.case(invoice).pauses] == [TO["to"]]


def test_without_saying_to_whom_a_person_does_it():
    office = Office(a_step("agency", 10, "escalate"))
    assert [task.do for task in office.open_tasks(office.r1)] == ["escalate"]
    assert office.pauses(office.r1) == []


@pytest.mark.parametrize(
    ("offset", "parameters"),
    [(0, TO), (5, {"to": " "}), (5, {"to": "a\nb"}), (5, {"to": None}), (5, {"by": "me"})],
)
def test_a_step_that_says_it_wrongly_is_refused(offset, parameters):
    with pytest.raises(InvalidSequenceError):
        a_sequence(a_step("agency", offset, "escalate", parameters=parameters))


def test_erasing_the_customer_removes_the_dossier(office: Office):
    office.pay(office.r1)
    erase_customer(office.ports, LIVE, OFFICE, office.r1.customer_id, ErasureReason.OBJECTION)
    office.days(3)

    assert office.documents.kept == {}
