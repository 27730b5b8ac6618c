"""Hypothesis strategies for the domain's values, wide where bugs hide: zones, clocks, cents."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from chalicelib.domain import kinds
from chalicelib.domain.approval import ApprovalRule
from chalicelib.domain.calendar import OFFICE_DAYS, WEEK, LocalCalendar, SendWindow
from chalicelib.domain.case import (
    Case,
    Claim,
    CustomerFile,
    Outcome,
    Pause,
    PauseKind,
    StepResult,
)
from chalicelib.domain.decide import Rules
from chalicelib.domain.money import MAX_AMOUNT, Currency, Money, Rounding, currency
from chalicelib.domain.sequence import CallRules, CatchUp, Do, Scope, Sequence, Step
from tests.builders import a_case, a_customer, a_window, rules, utc

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Cairo",
)
COUNTRIES = (None, "DE", "US", "FR", "ES", "JP", "WS")
BASE = utc("2026-02-15")
CURRENCIES = ("eur", "usd", "jpy", "kwd")


def currencies() -> st.SearchStrategy[Currency]:
    """Return currencies with zero, two and three digits."""
    return st.sampled_from(CURRENCIES).map(currency)


def amounts(lowest: int = 0, highest: int = MAX_AMOUNT) -> st.SearchStrategy[int]:
    """Return minor units, small ones often."""
    return st.one_of(
        st.integers(lowest, min(highest, lowest + 1_000)), st.integers(lowest, highest)
    )


def moneys(of: str = "eur", *, lowest: int = -MAX_AMOUNT) -> st.SearchStrategy[Money]:
    """Return amounts of one currency, credits among them."""
    return st.integers(lowest, MAX_AMOUNT).map(lambda amount: Money(amount, currency(of)))


roundings = st.sampled_from(Rounding)


MANAGER = ApprovalRule("manager", 3, deputy="director", deputy_after_days=1)


def dates(first: date = date(2023, 1, 1), last: date = date(2029, 12, 31)):
    """Return local dates, among them often month ends, leap days and the days clocks change."""
    awkward = [date(2024, 2, 29), date(2028, 2, 29), date(2026, 3, 29), date(2026, 10, 25)]
    awkward += [date(2026, 3, 8), date(2026, 11, 1), date(2025, 12, 31), date(2026, 1, 31)]
    return st.one_of(
        st.dates(first, last), st.sampled_from([day for day in awkward if first <= day <= last])
    )


def instants() -> st.SearchStrategy[datetime]:
    """Return UTC instants to the minute."""
    return st.builds(
        lambda day, minute: datetime.combine(day, time(), tzinfo=UTC) + timedelta(minutes=minute),
        dates(),
        st.integers(0, 24 * 60 - 1),
    )


def calendars() -> st.SearchStrategy[LocalCalendar]:
    """Return calendars with half-hour zones, both hemispheres, and countries with holidays."""
    return st.builds(LocalCalendar, st.sampled_from(ZONES), st.sampled_from(COUNTRIES))


@st.composite
def windows(draw: st.DrawFn, first_hour: int = 5, last_hour: int = 23) -> SendWindow:
    """Return send windows; by default away from the hours at which clocks change."""
    lowest, highest = first_hour * 60, min(last_hour * 60, 24 * 60 - 1)
    opens = draw(st.integers(lowest, highest - 1))
    closes = draw(st.integers(opens + 1, highest))
    return SendWindow(
        days=draw(
            st.one_of(
                st.sampled_from([OFFICE_DAYS, frozenset(WEEK)]),
                st.frozensets(st.sampled_from(WEEK), min_size=1),
            )
        ),
        opens=time(*divmod(opens, 60)),
        closes=time(*divmod(closes, 60)),
        skip_holidays=draw(st.booleans()),
    )


@st.composite
def sequences(draw: st.DrawFn, *, max_steps: int = 5, per_invoice: bool = False) -> Sequence:
    """Return valid sequences of all kinds: with tasks, minimums, gaps, grace and windows.

    `per_invoice`: what one invoice is told depends on no other.
    """
    offsets = sorted(
        draw(st.lists(st.integers(-10, 40), min_size=1, max_size=max_steps, unique=True))
    )
    steps = tuple(
        Step(
            key=f"step_{index}",
            offset_days=offset,
            do=draw(st.sampled_from([Do.EMAIL, Do.EMAIL, Do.SMS, Do.LETTER, Do.CALL])),
            min_amount=draw(st.sampled_from([0, 0, 0, 5_00])),
            min_percent=draw(st.sampled_from([0, 0, 0, 50])),
            min_amounts=draw(st.sampled_from([{}, {}, {}, {"eur": 6_00, "usd": 0}])),
            approval=draw(st.sampled_from([None, None, None, MANAGER])),
        )
        for index, offset in enumerate(offsets)
    )
    given = st.sampled_from([0, 0, 0, 1, 6])
    steps = tuple(
        replace(step, pay_within_days=draw(given))
        if kinds.is_message(step.do) and step.offset_days >= 0
        else step
        for step in steps
    )
    return Sequence(
        id="seq_1",
        name="drawn",
        version=1,
        steps=steps,
        scope=Scope.INVOICE if per_invoice else draw(st.sampled_from(Scope)),
        catch_up=draw(st.sampled_from(CatchUp)),
        grace_days=draw(st.sampled_from([0, 0, 3])),
        min_gap_days=draw(st.sampled_from([0, 2, 3])),
        window=draw(st.one_of(st.none(), st.just(a_window()), windows())),
        bundle=draw(st.booleans()),
        quiet_days=draw(st.sampled_from([0, 0, 0, 1])),
        max_contacts=draw(st.sampled_from([{}, {}, {"any": 2}, {"email": 1, "call": 1}])),
        call_rules=draw(st.sampled_from([None, None, CallRules.US_REGULATION_F])),
    )


@st.composite
def cases(draw: st.DrawFn, sequence: Sequence, number: str, *, fresh: bool = False) -> Case:
    """Return a case of the sequence; unless `fresh`, with results, pauses or a claim."""
    due = BASE.date() + timedelta(days=draw(st.sampled_from([0, 1, 2, 5, 9, 20, 40])))
    amount = draw(st.sampled_from([100_00, 12_34, 5_00, 4_99, 1]))
    case = a_case(number, due=due, issued=due - timedelta(days=14), amount=amount, remaining=amount)
    if fresh or draw(st.booleans()):
        return case
    results = {
        step.key: StepResult(
            outcome=draw(st.sampled_from(Outcome)),
            reason="due",
            at=moment_near(draw, case, step),
            channel=draw(st.sampled_from(["email", "sms"])),
            reroute=draw(st.sampled_from([False, False, True])),
            pay_by=draw(st.sampled_from([None, None, BASE.date() + timedelta(days=9)])),
        )
        for step in sequence.steps[: draw(st.integers(0, len(sequence.steps)))]
    }
    pauses = [
        Pause(
            kind=draw(st.sampled_from(PauseKind)),
            reason="drawn",
            since=BASE,
            until=draw(st.sampled_from([None, moment_near(draw, case, sequence.steps[-1])])),
        )
        for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2])))
    ]
    step = draw(st.sampled_from(sequence.steps))
    claim = Claim(step.key, "cm_drawn", "email", moment_near(draw, case, step))
    return replace(
        case,
        remaining=draw(st.sampled_from([amount, -(-amount // 2), 1, 0])),
        results=results,
        pauses=tuple(pauses),
        claim=draw(st.sampled_from([None, None, None, claim])),
    )


def moment_near(draw: st.DrawFn, case: Case, step: Step) -> datetime:
    """Return a moment around a step's day: in office hours, at night, or days off."""
    days = step.offset_days + draw(st.sampled_from([0, 0, 1, 2, 3, -1, 4, 30]))
    hour = draw(st.sampled_from([10, 8, 13, 16, 20, 0, 23]))
    minute = draw(st.sampled_from([0, 1, 30, 59]))
    return datetime.combine(case.due_date + timedelta(days=days), time(hour, minute), tzinfo=UTC)


@st.composite
def situations(draw: st.DrawFn, *, fresh: bool = False) -> tuple[CustomerFile, Rules, datetime]:
    """Return a file with up to four cases, the rules they follow, and a moment to decide."""
    sequence = draw(sequences(per_invoice=True))
    count = draw(st.integers(1, 4))
    drawn = tuple(draw(cases(sequence, f"R-{index}", fresh=fresh)) for index in range(count))
    now = moment_near(draw, draw(st.sampled_from(drawn)), draw(st.sampled_from(sequence.steps)))
    long_ago = draw(st.sampled_from([None, 1, 2, 3, 10]))
    customer = a_customer(
        timezone=draw(st.sampled_from(ZONES)),
        country=draw(st.sampled_from(["DE", "US", "XX"])),
        email=draw(st.sampled_from(["one@customer.example", "one@customer.example", None])),
        phone=draw(st.sampled_from(["+4915112345678", None])),
        last_contact_at=now - timedelta(days=long_ago) if long_ago else None,
    )
    return CustomerFile(customer, drawn), rules(sequence), now
