"""Whatever the order of payments, pauses and new invoices: accounts are followed up as promised.

A life goes by days, with what happens drawn. It is lived twice: looked at every day, and only when
something scheduled is due; both must come to the same.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.case import Case, CaseStatus, Pause, PauseKind
from chalicelib.domain.decisions import Send
from chalicelib.domain.schedule import SETTLING, reschedule, rescheduled
from chalicelib.domain.sequence import CatchUp, Scope
from tests.builders import EUR, USD, a_case, a_customer, a_file, a_sequence, a_step, day, rules, utc
from tests.unit.domain.doing import sweep

BEGIN = utc("2026-01-01 12:00")
DAYS = 70
STEPS = (
    a_step("early", -3),
    a_step("first", 5),
    a_step("second", 12),
    a_step("call", 16, "call"),
    a_step("last", 25),
)
OFFSETS = {step.key: step.offset_days for step in STEPS}
AT_ONCE = timedelta(0)


@dataclass(frozen=True)
class Happening:
    """What happens on a day to the invoice of that number."""

    day: int
    number: int
    what: str
    days: int


happenings = st.builds(
    Happening,
    st.integers(0, DAYS),
    st.integers(0, 4),
    st.sampled_from(["pay", "pay_part", "hold", "resume"]),
    st.integers(1, 20),
)


@st.composite
def lives(draw):
    """Return a sequence, invoices with the day on which each is posted, and what happens."""
    sequence = a_sequence(
        *STEPS,
        scope=Scope.ACCOUNT,
        catch_up=draw(st.sampled_from(CatchUp)),
        min_gap_days=draw(st.sampled_from([0, 2])),
        bundle=draw(st.booleans()),
    )
    invoices = [
        (
            posted := draw(st.integers(0, 40)),
            a_case(
                f"R-{number}",
                due=day("2026-01-01") + timedelta(days=posted + draw(st.integers(-10, 20))),
                currency=draw(st.sampled_from([EUR, EUR, USD])),
            ),
        )
        for number in range(draw(st.integers(1, 5)))
    ]
    return sequence, invoices, draw(st.lists(happenings, max_size=8))


class Life:
    """A customer's life by days; `daily` looks every day, else only at what is due."""

    def __init__(self, life, *, daily: bool) -> None:
        self.sequence, self.invoices, self.happenings = life
        self.rules = rules(self.sequence)
        self.daily = daily
        self.file = a_file(customer=a_customer(timezone="UTC"))
        self.sends: list[tuple[int, Send]] = []
        self.acts: list[tuple[int, str, tuple[str, ...]]] = []
        self.files = []

    def live(self):
        for index in range(DAYS):
            now = BEGIN + timedelta(days=index)
            self.happen(index, now)
            if self.daily or any(_is_due(case, now) for case in self.file.cases):
                self.look(index, now)
        return self

    def look(self, index, now):
        self.files.append((index, self.file))
        done = sweep(self.file, self.rules, now)
        self.sends += [(index, send) for send in done.sends]
        self.acts += [(index, act.step, act.cases) for act in done.acts]
        open_ones = tuple(case for case in done.file.cases if case.is_open)
        latest = done.file.last_contact_at
        customer = replace(done.file.customer, last_contact_at=latest)
        self.file = reschedule(
            replace(done.file, customer=customer, cases=open_ones),
            self.rules,
            now,
            settling=AT_ONCE,
        )

    def happen(self, index, now):
        for posted, case in self.invoices:
            if posted == index:  # it is scheduled without a look at the others
                alone = replace(self.file, cases=(case,))
                [added] = reschedule(alone, self.rules, now, settling=AT_ONCE).cases
                self.file = replace(self.file, cases=(*self.file.cases, added))
        for each in self.happenings:
            found = [case for case in self.file.cases if case.number == f"R-{each.number}"]
            if each.day == index and found:
                self.change(found[0], self.after(found[0], each, now), now)

    def after(self, case: Case, what: Happening, now) -> Case:
        match what.what:
            case "pay":
                return replace(case, status=CaseStatus.CLOSED, remaining=0, closed_reason="paid")
            case "pay_part":
                return replace(case, remaining=case.remaining // 2)
            case "hold":
                pause = Pause(PauseKind.HOLD, "drawn", now, now + timedelta(days=what.days))
                return replace(case, pauses=(pause,))
            case _:
                return replace(case, pauses=())

    def change(self, before: Case, after: Case, now) -> None:
        """Write a change as the use cases do: with what leads from then on, and nothing else."""
        cases = {each.id: each for each in self.file.cases} | {before.id: after}
        left = tuple(each for each in cases.values() if each.is_open)
        file = replace(self.file, cases=left)
        written = {each.id: each for each in rescheduled(file, self.rules, now, [after])}
        assert len(written) <= 2
        cases = tuple(written.get(each.id, each) for each in left)
        self.file = replace(self.file, cases=cases)


@given(lives())
def test_a_step_is_told_once_for_each_invoice_and_in_one_message(life):
    lived = Life(life, daily=True).live()
    told = Counter(
        (part.case_id, part.step) for _, send in lived.sends for part in send.parts
    ) + Counter((case_id, step) for _, step, cases in lived.acts for case_id in cases)
    assert set(told.values()) <= {1}
    currency = {case.id: case.currency.code for _, case in lived.invoices}
    accounts = [
        (index, step, code)
        for index, send in lived.sends
        for step, code in {(p.step, currency[p.case_id]) for p in send.parts if p.step != "early"}
    ]
    assert len(accounts) == len(set(accounts))


@given(lives())
def test_each_message_of_an_account_is_on_the_clock_of_its_oldest_that_is_followed_up(life):
    lived = Life(life, daily=True).live()
    files = dict(lived.files)
    for index, send in lived.sends:
        now = BEGIN + timedelta(days=index)
        cases = {case.id: case for case in files[index].cases}
        for code in {cases[p.case_id].currency.code for p in send.parts if p.step != "early"}:
            named = [
                cases[p.case_id]
                for p in send.parts
                if p.step != "early" and cases[p.case_id].currency.code == code
            ]
            (step,) = {p.step for p in send.parts if cases[p.case_id] in named}
            oldest = min(named, key=lambda case: (case.due_date, case.id))
            assert (now.date() - oldest.due_date).days >= OFFSETS[step]
            for case in cases.values():
                if case.currency.code == code and _can_lead(case, now):
                    assert (case.due_date, case.id) >= (oldest.due_date, oldest.id)


@given(lives())
def test_the_gap_between_messages_is_kept(life):
    lived = Life(life, daily=True).live()
    days = [index for index, _ in lived.sends]
    if gap := lived.sequence.min_gap_days:
        assert all(later - earlier >= gap for earlier, later in pairwise(days))


@given(lives())
def test_looking_only_at_what_is_due_misses_nothing(life):
    daily, scheduled = Life(life, daily=True).live(), Life(life, daily=False).live()

    def told(lived):
        sent = [
            (index, part.case_id, part.step) for index, send in lived.sends for part in send.parts
        ]
        return sorted(sent), sorted(lived.acts)

    assert told(scheduled) == told(daily)


def _is_due(case: Case, now) -> bool:
    return case.due_at is not None and case.due_at <= now + SETTLING


def _can_lead(case: Case, now) -> bool:
    """Say whether a case has to lead: nothing of the account was done for it yet."""
    told = case.results.keys() - {"early"}
    return case.due_date <= now.date() and case.remaining > 0 and not (case.pause_at(now) or told)
