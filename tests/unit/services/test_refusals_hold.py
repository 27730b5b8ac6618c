"""After a refusal nothing is claimed on the channel until it is taken back, whatever comes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.case import Case
from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.privacy import Consent, Covers
from chalicelib.domain.sequence import FINAL_NOTICE
from chalicelib.ports.messages import InboundSms
from chalicelib.ports.storage import Record
from chalicelib.services.choose_mails import choose_mails
from chalicelib.services.pay_page import Visit
from chalicelib.services.receive_sms import receive_sms
from chalicelib.services.record_consent import record_consent
from tests.builders import LIVE, a_creditor
from tests.deeds import OFFICE
from tests.world import World, somebody

OURS, PHONE = "+4915119999999", "+4915112345678"
SAYINGS = ("STOP", "START", "HELP", "no mails", "mails", "no e-mail", "e-mail")


class Refusing(World):
    """A world whose customer speaks, also just before a message is claimed, and every claim is
    held against what was said."""

    def __init__(self, *, needs_consent: bool) -> None:
        super().__init__("2026-01-02 08:00")
        facts: dict[str, Any] = {"sms_number": OURS, "sms_needs_consent": needs_consent}
        self.ledger.save_creditor(a_creditor(default_sequence=DEFAULT.id, **facts))
        self.needs_consent, self.claims = needs_consent, 0
        self.sms_is_on: bool | None = None
        self.mails, self.reminders = True, True
        self.meanwhile: list[str] = []
        self.customer_id = self.post("R-1", due="2026-01-15", customer=somebody()).customer_id
        self.post("R-2", due="2026-01-25", customer=somebody())
        self.ledger.on_change.append(self._check)
        turn = self.sending.turn
        self.sending.turn = lambda asked: self._interrupted() or turn(asked)  # type: ignore[method-assign]

    def say(self, saying: str) -> None:
        self.clock.advance(seconds=1)
        if saying in {"STOP", "START", "HELP"}:
            message = InboundSms(str(self.now()), PHONE, OURS, saying, self.now())
            self.sms_is_on = {"STOP": False, "START": True}.get(saying, self.sms_is_on)
            receive_sms(self.ports, message)
        elif saying in {"no mails", "mails"}:
            if self.mails:
                self.reminders = saying == "mails"
            visit = Visit(LIVE, self.customer_id)
            choose_mails(self.ports, visit, wanted=saying == "mails", source="one_click")
        else:
            self.mails = self.reminders = saying == "e-mail"
            said = Consent(self.mails, "phone", self.now(), Covers.EVERYTHING)
            record_consent(self.ports, LIVE, OFFICE, self.customer_id, "email", said)

    def _interrupted(self) -> None:
        if self.meanwhile:
            self.say(self.meanwhile.pop())

    def _check(self, before: Record | None, after: Record) -> None:
        if not isinstance(after, Case) or after.claim is None:
            return
        if isinstance(before, Case) and before.claim == after.claim:
            return
        self.claims += 1
        if after.claim.channel == "sms":
            assert self.sms_is_on or (self.sms_is_on is None and not self.needs_consent)
        elif DEFAULT.step(after.claim.step).template == FINAL_NOTICE:
            assert self.mails
        else:
            assert self.mails
            assert self.reminders


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.sampled_from(SAYINGS), st.booleans()), max_size=8),
    st.booleans(),
)
def test_nothing_is_claimed_on_a_refused_channel(said: list[tuple[int, str, bool]], needs: bool):  # noqa: FBT001
    world = Refusing(needs_consent=needs)
    for days, saying, is_meanwhile in said:
        if is_meanwhile:
            world.meanwhile.append(saying)
        else:
            world.say(saying)
        world.until(world.now() + timedelta(days=days))
    world.until("2026-05-01 12:00")
    told = [step for case in world.ledger._files.values() for step in case.values()]
    assert all(case.claim is None for case in told)
