"""Published behaviour of other systems, and probes that they fail: `../shared/vectors`."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from chalicelib.domain.books import Books
from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.case import CustomerFile, Outcome
from chalicelib.domain.customer import SYSTEM
from chalicelib.domain.decide import decide
from chalicelib.domain.decisions import Reason, Send
from chalicelib.domain.preview import EntryOutcome, preview
from chalicelib.domain.rehearsal import Happening, HappeningType, PreviewInvoice
from chalicelib.domain.sequence import CatchUp, Scope
from tests.builders import (
    a_case,
    a_customer,
    a_file,
    a_pause,
    a_payment,
    a_result,
    a_sequence,
    a_step,
    an_invoice,
    case_of,
    eur,
    rules,
    utc,
)
from tests.unit.domain.doing import edited, sweep

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "dunning.json"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not VECTORS.exists(), reason="../shared/vectors is absent"),
]
HERE = LocalCalendar("UTC", None)
DONE = {EntryOutcome.SEND, EntryOutcome.ACT}
LEVELS = a_sequence(
    a_step("level 1", 5), a_step("level 2", 20), a_step("level 3", 40), catch_up=CatchUp.NEXT
)


@pytest.fixture(scope="module")
def vectors():
    return json.loads(VECTORS.read_text())


def the_process(vector, catch_up="latest", scope=Scope.INVOICE):
    steps = [a_step(each["do"], each["offset"], each["do"].split()[0]) for each in vector["steps"]]
    return a_sequence(*steps, catch_up=CatchUp(catch_up), scope=scope)


def rehearsed(vector, happenings=(), catch_up="latest", scope=Scope.INVOICE):
    due = date.fromisoformat(vector["invoice_due"])
    entries = preview(
        the_process(vector, catch_up, scope),
        HERE,
        [PreviewInvoice("R-1", eur(100_00), due - timedelta(days=30), due)],
        happenings,
        start=utc("2019-12-16"),
        until=utc("2020-06-30"),
    )
    return [
        [HERE.date_of(each.at).isoformat(), each.step] for each in entries if each.outcome in DONE
    ]


@pytest.mark.parametrize("scope", Scope)
def test_a_process_run_every_day_and_never_paid(vectors, scope):
    vector = vectors["leading_invoice_process"]

    assert rehearsed(vector, scope=scope) == vector["cases"][0]["expect"]


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("index", [1, 2, 3])
@pytest.mark.parametrize("since", ["2019-12-20", "2020-01-13"])
def test_a_process_after_a_hold(vectors, index, since, scope):
    vector = vectors["leading_invoice_process"]
    case = vector["cases"][index]
    until, catch_up = re.match(r"on hold until (\S+), catch_up = (\w+)", case["when"]).groups()
    hold = Happening(utc(since), HappeningType.HOLD, "R-1", until=date.fromisoformat(until))

    done = rehearsed(vector, [hold], catch_up, scope)
    assert [step for day, step in done if day == until] == case["expect_on_release"]
    assert not [step for day, step in done if since < day < until]


def test_a_step_before_due_is_taken_at_or_after_its_day(vectors):
    vector = vectors["pre_due_is_at_or_after"]
    sequence = a_sequence(a_step("early", vector["offset"]))
    taken = [
        bool(sweep(a_file(a_case(due=due)), rules(sequence), utc(vector["run_on"])).sends)
        for due in vector["due"]
    ]

    assert taken == vector["taken"]


def test_days_of_grace_are_not_overdue(vectors):
    vector = vectors["days_in_arrears_and_grace"]
    sequence = a_sequence(a_step("first", 1), grace_days=vector["grace_days"])
    file = a_file(a_case(due=vector["due"]), customer=a_customer(timezone="UTC"))
    run_on = utc(vector["run_on"])

    arrears = HERE.date_of(run_on) - date.fromisoformat(vector["due"])
    assert arrears.days == vector["days_in_arrears"]
    overdue = [
        bool(sweep(file, rules(sequence), run_on + timedelta(days=days)).sends)
        for days in range(vector["grace_days"] + 1)
    ]
    assert overdue == [vector["overdue"]] * vector["grace_days"] + [True]


def test_levels_come_in_order(vectors):
    on_day = {days: utc("2026-01-01 12:00") + timedelta(days=days) for days in (4, 5, 30)}
    new = a_file(a_case(due="2026-01-01"))
    processed = a_file(
        a_case(due="2026-01-01", results={"level 1": a_result(at="2026-01-06 12:00")})
    )
    blocked = edited(processed, processed.cases[0].id, lambda c: replace(c, pauses=(a_pause(),)))

    def proposed(file, days):
        steps = [
            part.step
            for send in sweep(file, rules(LEVELS), on_day[days]).sends
            for part in send.parts
        ]
        return " ".join(steps) or "nothing"

    found = [
        ["day 4", proposed(new, 4)],
        ["day 5", f"{proposed(new, 5)} proposed"],
        ["day 30 while level 1 is still unprocessed", f"stays {proposed(new, 30)}"],
        ["day 30 while blocked", "stays level 1" if proposed(blocked, 30) == "nothing" else "?"],
        ["day 30 after level 1 was processed and unblocked", proposed(processed, 30)],
        ["paid", "gone" if proposed(CustomerFile(new.customer, ()), 30) == "nothing" else "?"],
    ]
    assert found == vectors["levels_in_order"]["expect"]


NOW = utc("2026-03-01 12:00")  # 45 days after the due date of 15 January
LATEST = replace(LEVELS, catch_up=CatchUp.LATEST)


def same_step_twice():
    file = a_file(a_case())
    done = sweep(file, rules(LATEST), NOW)
    assert len(done.sends) == 1
    assert not sweep(done.file, rules(LATEST), NOW).sends


def blocked_case():
    file = a_file(a_case(pauses=(a_pause(),)))
    assert not sweep(file, rules(LATEST), NOW).notices


def first_seen_late():
    done = sweep(a_file(a_case()), rules(LATEST), NOW)
    assert done.notices == [("email", "level 3")]
    assert done.skipped == [("level 1", Reason.SUPERSEDED), ("level 2", Reason.SUPERSEDED)]


def part_payment():
    assert _remaining_after(lambda books, _: books.apply(a_payment(60_00))) == [40_00]


def credit_note():
    assert _remaining_after(lambda books, invoice: books.credit(invoice.id, 60_00)) == [40_00]


def paid_after_selection():
    assert _remaining_after(lambda books, _: books.apply(a_payment(100_00))) == []


def any_number_of_sweeps():
    file, sent = a_file(a_case()), 0
    for minute in range(100):
        done = sweep(file, rules(LATEST), NOW + timedelta(minutes=minute))
        file, sent = done.file, sent + len(done.sends)
    assert sent == 1


def missed_day():
    day_after = utc("2026-01-21 12:00")
    done = sweep(a_file(a_case()), rules(LATEST), day_after)
    assert done.notices == [("email", "level 1")]


def partial_payment_keeps_place():
    percent = replace(LATEST, steps=(*LATEST.steps[:2], a_step("level 3", 40, min_percent=50)))
    case = a_case(results={"level 1": a_result(), "level 2": a_result(at="2026-02-04 12:00")})
    done = sweep(a_file(replace(case, remaining=40_00)), rules(percent), NOW)
    assert done.notices == []
    assert done.skipped == [("level 3", Reason.BELOW_MINIMUM)]
    assert done.file.cases[0].results["level 1"].outcome is Outcome.SENT


def no_usable_address():
    nowhere = a_customer(email=None, phone=None)
    done = sweep(a_file(a_case(), customer=nowhere), rules(LATEST), NOW)
    assert [act.reason for act in done.acts] == [Reason.NO_USABLE_ADDRESS]
    by_phone = sweep(a_file(a_case(), customer=a_customer(email=None)), rules(LATEST), NOW)
    assert by_phone.notices == [("sms", "level 3")]


PROBES = {
    "processing the same step twice sends once": same_step_twice,
    "a blocked case sends nothing, even when its message is already queued": blocked_case,
    "an invoice first seen 45 days late gets one notice, not a burst": first_seen_late,
    "a part payment of 60 on 100 shows 40 in the next message": part_payment,
    "a credit note counts as much as a payment": credit_note,
    "a fully paid invoice that was already selected sends nothing": paid_after_selection,
    "any number of sweeps a day changes nothing": any_number_of_sweeps,
    "a missed day is caught up with one notice": missed_day,
    "a partial payment never moves the case backwards or past a step silently": (
        partial_payment_keeps_place
    ),
    "a customer without a usable address is not silently passed over: the step moves to another"
    " channel or becomes a task": no_usable_address,
}


@pytest.mark.parametrize("probe", PROBES)
def test_what_others_fail(vectors, probe):
    assert probe in vectors["probes_that_others_fail"]["must"]
    PROBES[probe]()


def _remaining_after(happens):
    """Return what the messages decided after something happened would say is owed."""
    invoice = an_invoice()
    books = Books(a_customer(), {}, {}, NOW, SYSTEM)
    books.add_invoice(invoice, case_of(invoice))
    happens(books, invoice)
    cases = {case.id: case for case in books.cases.values() if case.status == "open"}
    decisions = decide(CustomerFile(books.customer, tuple(cases.values())), rules(LATEST), NOW)
    sends = [each for each in decisions if isinstance(each, Send)]
    return [cases[part.case_id].remaining for send in sends for part in send.parts]
