"""What `decide()` never does, and always does, whatever the file and the rules are."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.case import CLAIM_SETTLES_AFTER, PauseKind
from chalicelib.domain.decide import decide
from chalicelib.domain.decisions import Act, Ask, Close, Paused, Reason, Send, Skip, Wait
from chalicelib.domain.schedule import SETTLING, reschedule
from tests.builders import a_claim, a_pause
from tests.strategies import situations
from tests.unit.domain.doing import edited, sweep

FAR = timedelta(days=3650)


def done_for(decisions):
    """Return the cases for which something goes out or is handed over."""
    sent = {part.case_id for each in decisions if isinstance(each, Send) for part in each.parts}
    return sent | {each.case_id for each in decisions if isinstance(each, Act)}


def about(decision):
    if isinstance(decision, Send):
        return [part.case_id for part in decision.parts]
    return [decision.case_id]


@given(situations())
def test_nothing_is_done_for_a_settled_paused_or_claimed_case(situation):
    file, rules, now = situation
    untouchable = {
        case.id for case in file.cases if case.remaining <= 0 or case.claim or case.pause_at(now)
    }

    assert not done_for(decide(file, rules, now)) & untouchable


BLOCKS = [
    {"remaining": 0},
    {"claim": a_claim("step_0", "2026-01-01")},
    {"pauses": (a_pause(PauseKind.HOLD),)},
    {"pauses": (a_pause(PauseKind.PROMISE, until="2030-01-01"), a_pause(until="2026-01-02"))},
]


@given(situations(fresh=True), st.sampled_from(BLOCKS))
def test_what_would_be_done_is_not_once_the_case_is_settled_paused_or_claimed(situation, block):
    file, rules, now = situation
    for case_id in done_for(decide(file, rules, now)):
        blocked = edited(file, case_id, lambda case: replace(case, **block))
        assert case_id not in done_for(decide(blocked, rules, now))


@given(situations())
def test_every_case_gets_one_answer_beside_skips(situation):
    file, rules, now = situation
    decisions = decide(file, rules, now)
    answers = Counter(
        case_id for each in decisions if not isinstance(each, Skip) for case_id in about(each)
    )
    given_up = {
        each.case_id
        for each in decisions
        if isinstance(each, Skip) and each.reason is Reason.UNCONFIRMED
    }

    assert answers == Counter(case.id for case in file.cases if case.id not in given_up)


@given(situations(), st.randoms())
def test_the_order_of_cases_does_not_matter(situation, random):
    file, rules, now = situation
    shuffled = list(file.cases)
    random.shuffle(shuffled)

    assert decide(replace(file, cases=tuple(shuffled)), rules, now) == decide(file, rules, now)


@given(situations())
def test_a_second_sweep_at_once_does_nothing(situation):
    file, rules, now = situation
    first = sweep(file, rules, now)
    second = sweep(first.file, rules, now)

    assert second.notices == []
    assert second.file == first.file


@given(situations())
def test_a_case_gets_one_notice_at_a_time(situation):
    file, rules, now = situation
    done = sweep(file, rules, now)
    per_case = Counter(part.case_id for send in done.sends for part in send.parts)
    per_case += Counter(act.case_id for act in done.acts)

    assert all(count == 1 for count in per_case.values())


@given(situations())
def test_everything_is_done_inside_the_window_and_not_before_its_day(situation):
    file, rules, now = situation
    calendar = file.customer.calendar
    cases = {case.id: case for case in file.cases}
    for each in decide(file, rules, now):
        if not isinstance(each, Send | Act):
            continue
        for case_id in about(each):
            sequence = rules.of(cases[case_id])
            keys = (
                [p.step for p in each.parts if p.case_id == case_id]
                if isinstance(each, Send)
                else [each.step]
            )
            assert calendar.closed(sequence.window, now) is None
            overdue = (calendar.date_of(now) - cases[case_id].due_date).days
            for key in keys:
                offset = sequence.step(key).offset_days
                assert overdue >= offset
                assert overdue > sequence.grace_days or offset <= 0


@given(situations())
def test_the_minimum_amount_holds(situation):
    file, rules, now = situation
    cases = {case.id: case for case in file.cases}
    for send in sweep(file, rules, now).sends:
        for part in send.parts:
            case = cases[part.case_id]
            step = rules.of(case).step(part.step)
            assert case.remaining >= step.min_amount
            assert case.remaining / case.amount >= step.min_percent / 100


@given(situations(fresh=True))
def test_the_gap_holds_and_every_step_ends_and_goes_out_once(situation):
    file, rules, now = situation
    sequence = rules.of(file.cases[0])
    day = file.customer.calendar.date_of
    contacts, went_out = [], []
    for moment, done in _life(file, rules, now):
        if done.sends:
            contacts.append(day(moment))
            assert len(done.sends) == 1 or not sequence.min_gap_days
        went_out += [(part.case_id, part.step) for send in done.sends for part in send.parts]
        file = done.file

    gaps = [(later - earlier).days for earlier, later in pairwise(contacts)]
    assert all(gap >= sequence.min_gap_days for gap in gaps)
    assert len(went_out) == len(set(went_out))
    for case in file.cases:
        assert set(case.results) == {step.key for step in sequence.steps}


@given(situations(), st.floats(0, 1, exclude_max=True))
def test_nothing_would_be_done_before_the_announced_moment(situation, part_of_the_wait):
    file, rules, now = situation
    file = sweep(file, rules, now).file
    for each in decide(file, rules, now):
        assert isinstance(each, Wait | Paused | Close)
        if isinstance(each, Close):
            continue
        assert each.until is None or each.until > now
        wait = each.until - now if each.until else FAR
        earlier = now + min(wait * part_of_the_wait, wait - timedelta.resolution)
        if each.until is None and isinstance(each, Wait):
            assert each.reason is Reason.SEQUENCE_FINISHED
        assert each.case_id not in done_for(decide(file, rules, earlier))


@given(situations())
def test_a_schedule_wakes_up_for_all_that_will_happen(situation):
    file, rules, now = situation
    decisions = decide(file, rules, now)
    for case in reschedule(file, rules, now).cases:
        mine = [each for each in decisions if case.id in about(each)]
        endless = all(isinstance(each, Wait | Paused) and each.until is None for each in mine)
        assert (case.due_at is None) == endless
        assert (case.channel is None) == endless
        assert case.due_at is None or case.due_at >= now + SETTLING
        for each in mine:
            if isinstance(each, Send | Act | Ask | Skip | Close):
                assert case.due_at == now + SETTLING


@given(situations())
def test_a_claim_is_looked_at_when_it_settles(situation):
    file, rules, now = situation
    for case in reschedule(file, rules, now).cases:
        if case.claim and case.remaining:
            assert case.due_at == max(case.claim.at + CLAIM_SETTLES_AFTER, now + SETTLING)


def _life(file, rules, now):
    """Yield every sweep from one announced moment to the next, until nothing is announced."""
    for _ in range(300):
        done = sweep(file, rules, now)
        yield now, done
        file = done.file
        waits = [each for each in decide(file, rules, now) if isinstance(each, Wait)]
        now = min((wait.until for wait in waits if wait.until), default=None)
        if now is None:
            return
    raise AssertionError("the case never ends")
