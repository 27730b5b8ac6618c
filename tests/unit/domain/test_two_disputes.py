"""Disputes of one payment, asked about and applied in any order, end as the provider has them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.payment import Payment
from chalicelib.domain.provider_facts import Chargeback, PaymentFact, merged
from tests.builders import a_payment, utc

NOON = utc("2026-01-15 12:00")


@dataclass(frozen=True, slots=True)
class Word:
    """What happened to a dispute: what it holds from then on, and whether that is its end.

    `is_called_end`: the event's type says so, too.
    """

    held: int
    is_over: bool = False
    is_called_end: bool = False


def ended(held: int) -> Word:
    return Word(held, is_over=True, is_called_end=True)


OPENED = Word(60_00)
COURSES = (
    [OPENED],
    [OPENED, ended(0)],
    [OPENED, ended(60_00)],
    [OPENED, ended(60_00), ended(0)],
    [OPENED, Word(0, is_over=True)],
    [Word(0), OPENED, ended(0)],
    [Word(0, is_over=True)],
)
"""Open, won, lost, won after all, ended in another word, begun as an inquiry, and prevented."""
Standing = dict[str, Word]


@dataclass(frozen=True, slots=True)
class Life:
    """What happened to two disputes, and how both stood after each event."""

    events: list[tuple[str, Word]]
    standings: list[Standing]

    def asked(self, number: int, slot: int, order: int) -> PaymentFact:
        """Return an event's fact, asked about after the event `slot` happened."""
        dispute, word = self.events[number]
        fact = self._fact(f"evt_{number}", dispute, slot, order)
        at = NOON + timedelta(seconds=number // 2)
        return replace(fact, at=at, dispute_closed=word.is_called_end)

    def compared(self, order: int) -> PaymentFact:
        """Return how the payment stands in the end, which is no event."""
        fact = self._fact("standing", self.events[-1][0], len(self.events) - 1, order)
        return replace(fact, dispute_closed=self.events[-1][1].is_over)

    def _fact(self, name: str, dispute: str, slot: int, order: int) -> PaymentFact:
        stands = self.standings[slot]
        return PaymentFact(
            event_id=name,
            at=NOON,
            amount=100_00,
            dispute=dispute,
            disputed=sum(word.held for word in stands.values()),
            asked_at=NOON + timedelta(minutes=slot, microseconds=order),
            chargebacks=tuple(
                Chargeback(each, word.held, word.is_over) for each, word in stands.items()
            ),
        )


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Draw what happens to two disputes, one between the other."""
    courses = {name: list(draw(st.sampled_from(COURSES))) for name in ("dp_a", "dp_b")}
    turns = [name for name, course in courses.items() for _ in course]
    events: list[tuple[str, Word]] = []
    standings: list[Standing] = []
    for name in draw(st.permutations(turns)):
        word = courses[name].pop(0)
        events.append((name, word))
        standings.append({**(standings[-1] if standings else {}), name: word})
    return Life(events, standings)


def asked_after(data: st.DataObject, life: Life, number: int, order: int) -> PaymentFact:
    slot = data.draw(st.integers(number, len(life.events) - 1))
    return life.asked(number, slot, order)


def heard(facts: list[PaymentFact]) -> Payment:
    payment = a_payment(100_00)
    for each in facts:
        if each.event_id not in payment.provider_events:
            payment = merged(payment, each)
    return payment


def is_as(payment: Payment, stands: Standing) -> None:
    assert payment.disputed == sum(word.held for word in stands.values())
    assert set(payment.open_disputes) == {name for name, word in stands.items() if not word.is_over}
    assert set(payment.closed_disputes) == {name for name, word in stands.items() if word.is_over}


@given(lives(), st.data())
def test_in_whatever_order_it_is_asked_about_and_applied(life: Life, data: st.DataObject):
    numbers = [*range(len(life.events))] * 2  # by a webhook and by the catch-up
    asks = [asked_after(data, life, each, order) for order, each in enumerate(numbers)]
    is_as(heard(data.draw(st.permutations(asks))), life.standings[-1])


@given(lives(), st.data())
def test_what_was_never_heard_one_question_makes_up_for(life: Life, data: st.DataObject):
    numbers = data.draw(st.sets(st.sampled_from(range(len(life.events)))))
    asks = [asked_after(data, life, each, each) for each in sorted(numbers)]
    asks.append(life.compared(len(life.events)))
    is_as(heard(data.draw(st.permutations(asks))), life.standings[-1])
