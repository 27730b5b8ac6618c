"""Ten processes together keep to the account's rate, and know what is left of its day."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.quota import Quota
from chalicelib.gateways.aws import client
from chalicelib.gateways.sending_limits import ASKED_EVERY, LONGEST_WAIT, AccountLimits, NoLimits
from tests.fakes.aws import Answer, Wire, json_answer, json_error
from tests.fakes.world import FakeClock

PROCESSES = 10
LIMIT, SENT = 50_000, 40_000


def account(*, rate: float = 14.0, limit: float = LIMIT, sent: float = SENT) -> Answer:
    quota = {"Max24HourSend": limit, "MaxSendRate": rate, "SentLast24Hours": sent}
    return json_answer({"SendQuota": quota, "SendingEnabled": True})


class Process:
    """One process: its limits, its wire, and the moments at which it had its turns."""

    def __init__(self, *answers: Answer, clock: FakeClock | None = None) -> None:
        self.clock = clock or FakeClock()
        made = client("sesv2")
        self.wire = Wire(made, list(answers))
        self.slept: list[float] = []
        self.limits = AccountLimits(
            made,
            self.clock,
            processes={"email": PROCESSES, "sms": 5},
            sms_rate=20,
            sleep=self._sleep,
        )

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(seconds=seconds)


def test_the_processes_together_never_send_faster_than_the_account_may():
    """Each runs on its own for ten minutes, as fast as it can; whoever starts when is all one."""
    turns = []
    for number in range(PROCESSES):
        process = Process(account(rate=14.0))
        start = process.clock.now()
        process.clock.advance(seconds=number * 0.01)
        while process.clock.now() < start + timedelta(minutes=10):
            assert process.limits.turn("email") == 0
            turns.append((process.clock.now() - start).total_seconds())
    busiest = max(sum(second <= each < second + 1 for each in turns) for second in range(5, 599))

    assert busiest <= 14 + PROCESSES, "a turn of each process may fall on either side of a second"
    assert 14 * 595 <= len(turns) <= 14 * 600 + PROCESSES


def test_who_sends_now_and_then_never_waits():
    process = Process(account())
    for _ in range(5):
        assert process.limits.turn("email") == 0
        process.clock.advance(seconds=1)
    assert process.slept == []


def test_a_turn_that_is_far_away_is_not_waited_for():
    """A new account may send one e-mail a second: that is one in ten seconds for each process."""
    process = Process(account(rate=1.0))
    assert process.limits.turn("email") == 0
    assert process.limits.turn("email") == 10
    process.clock.advance(seconds=10 - LONGEST_WAIT)
    assert process.limits.turn("email") == 0
    assert process.slept == [LONGEST_WAIT]


def test_ses_is_asked_once_a_minute():
    process = Process(account(rate=1000.0))
    for _ in range(100):
        process.limits.turn("email")
        process.limits.quota("email")
    assert len(process.wire.requests) == 1
    process.clock.advance(ASKED_EVERY)
    process.limits.quota("email")
    assert len(process.wire.requests) == 2
    assert process.wire.requests[0].url.endswith("/v2/email/account")


def test_what_is_left_counts_what_this_process_sent_since():
    process = Process(account(rate=1000.0), account(rate=1000.0, sent=SENT + 5))
    assert process.limits.quota("email") == Quota(LIMIT, LIMIT - SENT)
    for _ in range(3):
        process.limits.turn("email")
    assert process.limits.quota("email") == Quota(LIMIT, LIMIT - SENT - 3)
    process.clock.advance(ASKED_EVERY)
    assert process.limits.quota("email") == Quota(LIMIT, LIMIT - SENT - 5)


def test_without_a_quota_there_is_none():
    assert Process(account(limit=-1.0)).limits.quota("email") is None


def test_nothing_is_left_once_ses_says_so():
    process = Process(account())
    process.limits.turn("email")
    process.limits.refused("email", "quota")
    assert process.limits.quota("email") == Quota(LIMIT, 0)


def test_who_was_throttled_sends_nothing_for_a_second():
    process = Process(account(rate=1000.0))
    process.limits.turn("email")
    process.limits.refused("email", "throttled")
    assert process.limits.turn("email") == 0
    assert process.slept == [1.0]


def test_where_ses_does_not_answer_what_it_said_before_counts():
    process = Process(account(), json_error(429, "TooManyRequestsException"))
    known = process.limits.quota("email")
    process.clock.advance(ASKED_EVERY)
    assert process.limits.quota("email") == known
    assert process.limits.turn("email") == 0
    assert process.limits.turn("email") == 0
    assert len(process.slept) == 1


def test_where_ses_never_answered_nothing_is_held_back():
    process = Process(json_error(403, "AccessDeniedException"))
    assert process.limits.quota("email") is None
    assert [process.limits.turn("email") for _ in range(20)] == [0.0] * 20
    assert process.slept == []


def test_sms_have_a_rate_of_their_own_and_no_quota():
    process = Process(account())
    for _ in range(3):
        process.limits.turn("sms")
    assert process.slept == [5 / 20] * 2
    assert process.limits.quota("sms") is None
    assert process.wire.requests == []


def test_a_stand_in_has_no_limits():
    limits = NoLimits()
    limits.refused("email", "quota")
    assert (limits.turn("email"), limits.quota("email")) == (0.0, None)
