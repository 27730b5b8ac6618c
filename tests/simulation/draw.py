"""Draws a scene from chance: who lives in a run, and what they do at the worst moments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from random import Random

from chalicelib.domain.tenant import Mode
from tests.simulation.clerks import RESULTS
from tests.simulation.fates import FATES
from tests.simulation.objectors import objection
from tests.simulation.planners import a_plan
from tests.simulation.promisers import a_promise
from tests.simulation.rules import rules_of_sequence
from tests.simulation.scene import Advance, Choice, Deed, Order, Party, Person, Scene
from tests.simulation.strategists import SEQUENCES, a_segment
from tests.simulation.tellers import a_contact
from tests.simulation.texters import a_word

PLACES = (("DE", "Europe/Berlin"), ("US", "America/New_York"), ("NZ", "Pacific/Auckland"))
OPENING_HOURS = (8, 14, 20)
"""When office hours begin for the customers, UTC."""
HOURS = (
    (("mon", "wed", "fri"), "10:00", "13:00"),
    (("tue", "wed", "thu"), "16:00", "20:00"),
    (("sat", "sun"), "09:00", "12:00"),
    (("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "06:00", "23:00"),
)
"""In which some customers want to be contacted."""
CROWDS = 0.01
PROVIDER_SAYS = ("processing", "succeeded", "failed")


def draw(random: Random, start: datetime, days: int) -> Scene:
    """Return a scene of so many days. Both creditors use the same numbers, as do both modes."""
    return Drawing(random, start, days).scene()


class Drawing:
    """A scene while it is drawn."""

    def __init__(self, random: Random, start: datetime, days: int) -> None:
        self._random, self._start, self._days = random, start, days

    def scene(self) -> Scene:
        random = self._random
        parties = [self._party(letter, Mode.LIVE) for letter in ("A", "B")]
        if random.random() < 0.4:
            parties.append(self._party("A", Mode.TEST))
        return Scene(
            tuple(parties),
            delivers_test_mode=random.random() < 0.5,
            requests_per_minute=random.choice((6, 6000, 6000)),
        )

    def _party(self, letter: str, mode: Mode) -> Party:
        advances = tuple(self._advances()) if mode is Mode.TEST else ()
        persons = [
            self._person(letter, index, mode, advances)
            for index in range(self._random.randint(1, 2))
        ]
        waives = self._random.random() < 0.3
        return Party(
            letter, mode, rules_of_sequence(self._random), tuple(persons), advances, waives
        )

    def _person(self, letter: str, index: int, mode: Mode, advances: tuple[Advance, ...]) -> Person:
        random = self._random
        name = f"{letter}{index}" if mode is Mode.LIVE else f"T{index}"
        country, timezone = random.choice(PLACES)
        email = f"{name.lower()}@customer.example" if random.random() < 0.9 else None
        phone = f"+49151123{ord(name[0])}{index}00" if random.random() < 0.7 else None
        return Person(
            external_id=f"C-{index}",
            name=f"Customer {name}",
            country=country,
            timezone=timezone,
            email=email,
            phone=phone,
            street=f"Weg {index}" if random.random() < 0.6 else None,
            hours=random.choice(HOURS) if random.random() < 0.25 else None,
            bounces=random.random() < 0.12,
            complains=random.random() < 0.05,
            orders=tuple(
                self._order(f"R-{index}-{number}", advances) for number in range(self._how_many())
            ),
        )

    def _how_many(self) -> int:
        """A few invoices; rarely so many that one payment of all takes several transactions."""
        random = self._random
        return random.randint(32, 45) if random.random() < CROWDS else random.randint(1, 4)

    def _advances(self) -> Iterator[Advance]:
        """Some advances of days or weeks, at times so soon that the last may be under way."""
        at, to = self._start, self._start
        for _ in range(self._random.randint(2, 6)):
            hours = self._random.choice((0.02, 1, 24, 96)) * self._random.uniform(0.5, 1.5)
            at += timedelta(hours=hours)
            to += timedelta(days=self._random.uniform(0.1, 25))
            yield Advance(at, to)

    def _order(self, number: str, advances: tuple[Advance, ...]) -> Order:
        random = self._random
        at = self._beside(advances) if advances else self._arrival()
        due = at.date() + timedelta(days=random.randint(-40, 14))
        return Order(
            at=at,
            number=number,
            currency=random.choice(("eur", "eur", "jpy")),
            amount=random.randint(1, 900_00),
            due=due,
            deeds=tuple(self._deeds(datetime.combine(due, time(0), UTC), at, advances)),
        )

    def _arrival(self) -> datetime:
        """Some time in the first weeks; now and then at the same moment as others."""
        if self._random.random() < 0.4:
            return self._start + timedelta(days=self._random.randint(0, 3), hours=2)
        return self._start + timedelta(days=self._random.uniform(0, self._days * 0.6))

    def _beside(self, advances: tuple[Advance, ...]) -> datetime:
        """Some time before, while or after the clock is sent on."""
        at = self._random.choice(advances).at
        return at + timedelta(seconds=self._random.choice((-600, -5, 0.3, 20, 600)))

    def _deeds(
        self, due: datetime, posted: datetime, advances: tuple[Advance, ...]
    ) -> Iterator[Deed]:
        random = self._random

        def moment() -> datetime:
            if advances:
                return max(posted, self._beside(advances))
            return self._worst_moment(due)

        shared, all_at_once = moment(), random.random() < 0.3
        for share, what in FATES:
            if random.random() < share:
                at = moment()
                if all_at_once:
                    at = shared + timedelta(seconds=random.uniform(0, 0.2))
                yield Deed(at, what, self._how(what))

    def _worst_moment(self, due: datetime) -> datetime:
        """Some time in the case's life; half the time just when a message may be leaving."""
        random = self._random
        day = due + timedelta(days=random.randint(-8, 40))
        if random.random() < 0.5:
            day = due + timedelta(days=random.choice((-5, 0, 4, 11, 20, 34)))
            hour = random.choice(OPENING_HOURS)
            return day + timedelta(hours=hour, seconds=random.uniform(-5, 70))
        return day + timedelta(seconds=random.uniform(0, 86400))

    def _how(self, what: str) -> dict[str, Choice]:
        random = self._random
        later = random.uniform(0, 90) if random.random() < 0.4 else None
        match what:
            case "transfer":
                shares = ("all", "all", "part", "amount", "over", "everything")
                return {"share": random.choice(shares), "erase_after": later}
            case "credit":
                return {"of": random.randint(1, 4)}
            case "charge":
                return {
                    "kind": random.choice(("fee", "share", "interest", "agreed", "compensation")),
                    "waive_after": random.uniform(0, 9 * 86400) if random.random() < 0.4 else None,
                    "in_part": int(random.random() < 0.5),
                }
            case "void" | "write_off":
                return {"erase_after": later}
            case "hold":
                days = random.uniform(0.01, 20)
                return {"days": days, "endless": int(random.random() < 0.5)}
            case "correct_address":
                return {"to": f"new{random.randint(1, 999)}@customer.example"}
            case _:
                return self._more(what)

    def _more(self, what: str) -> dict[str, Choice]:
        random = self._random
        match what:
            case "segment":
                return a_segment(random)
            case "contact":
                return a_contact(random)
            case "work_off":
                return {"later": int(random.random() < 0.3), "result": random.choice(RESULTS)}
            case "overrule_customer" | "overrule_invoice":
                return {"to": random.choice(SEQUENCES), "back": int(random.random() < 0.3)}
            case "pay_online" | "dispute":
                return self._payment() if what == "pay_online" else objection(random)
            case "promise" | "plan":
                return a_promise(random) if what == "promise" else a_plan(random)
            case _:
                return a_word(random, what)

    def _payment(self) -> dict[str, Choice]:
        """What a customer does at the provider, and what becomes of it."""
        random = self._random
        state = random.choices(PROVIDER_SAYS, (20, 65, 15))[0]
        return {
            "half": int(random.random() < 0.3),
            "after": None if random.random() < 0.15 else random.uniform(2, 3000),
            "state": state,
            "then": random.choice(PROVIDER_SAYS[1:]) if state == "processing" else None,
            "again": int(random.random() < 0.5),
            "wait": random.uniform(60, 5 * 86400),
            "back": random.choices(("kept", "refund", "dispute"), (70, 18, 12))[0],
            "of": random.choice((1, 3)),
            "held": random.choice((0, 1)),
            "closed_after": random.uniform(3600, 10 * 86400),
        }
