"""A preview says what production would do, whatever the sequence and the invoices."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given

from chalicelib.domain.preview import preview
from chalicelib.domain.rehearsal import PreviewInvoice
from chalicelib.domain.schedule import reschedule
from tests.builders import eur
from tests.strategies import situations
from tests.unit.domain.doing import sweep


@given(situations(fresh=True))
def test_a_preview_says_what_waking_up_when_scheduled_does(situation):
    """The same cases, followed up through `due_at` alone, give the same messages and tasks."""
    file, rules, start = situation
    customer = replace(
        file.customer, email="one@customer.example", phone="+49151123456", last_contact_at=None
    )
    file = replace(file, customer=customer)
    until = start + timedelta(days=120)
    invoices = [
        PreviewInvoice(case.number, eur(case.amount), case.issue_date, case.due_date)
        for case in sorted(file.cases, key=lambda case: case.id)
    ]
    file = replace(file, cases=tuple(replace(c, remaining=c.amount) for c in file.cases))
    start = max(start, *(customer.calendar.instant(each.issue_date) for each in invoices))

    entries = preview(
        rules.of(file.cases[0]), customer.calendar, invoices, [], start=start, until=until
    )
    previewed = [(e.at, e.step) for e in entries if e.outcome in {"send", "act"}]
    assert sorted(previewed) == sorted(_scheduled(file, rules, start, until))


def _scheduled(file, rules, now, until):
    story = []
    while now and now <= until:
        done = sweep(file, rules, now)
        offsets = {step.key: step.offset_days for step in rules.of(file.cases[0]).steps}
        story += [
            (now, max((part.step for part in send.parts), key=offsets.__getitem__))
            for send in done.sends
        ]
        story += [(now, act.step) for act in done.acts]
        file = reschedule(done.file, rules, now, settling=timedelta(0))
        now = min((case.due_at for case in file.cases if case.due_at), default=None)
    return story
