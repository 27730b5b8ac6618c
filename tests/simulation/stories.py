"""Stories that went wrong once, kept for ever: a scene, and the mishaps that it takes.

A seed means another life as soon as anything draws once more. So a story doesn't say what was
drawn, but what happened, by name: who posted, paid and asked for what and when, and which fault
fell on the first call of a name from a moment on. All the rest is steady: each draw has the same
outcome, whatever was drawn before, so calls that are new take nothing from those that were there.

`keep` makes a story of a seed that fails: it tells what happened in it, leaves out whatever isn't
needed for the same violation, and returns the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableSequence, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from pydantic import TypeAdapter

from tests.endings import Violation
from tests.simulation.faults import ALL, Fault, Faults, Mishap
from tests.simulation.scene import Order, Party, Person, Scene

FOLDER = Path(__file__).parent / "stories"
SOONER = tuple(timedelta(seconds=each) for each in (0, 1, 10, 60, 200))
"""By how much sooner than in its seed a mishap may come: steady calls take less time."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Story:
    """`about` says in words what went wrong, `violation` what was found; `mended` names the guard
    (guards.MENDED) that was missing."""

    about: str
    mended: str | None
    violation: str
    scene: Scene
    mishaps: tuple[Mishap, ...]


_JSON = TypeAdapter(Story)


def names() -> list[str]:
    """Return the names of all stories that are kept."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def read(name: str) -> Story:
    """Return a story."""
    return _JSON.validate_json((FOLDER / f"{name}.json").read_bytes())


def write(name: str, story: Story) -> Path:
    """Keep a story, and return where."""
    path = FOLDER / f"{name}.json"
    path.write_bytes(_JSON.dump_json(story, indent=1) + b"\n")
    return path


class Steady(Random):
    """Chance that always falls the same way; only bits differ, so that keys do."""

    def __init__(self) -> None:
        super().__init__(0)
        self._given = 0

    def random(self) -> float:
        return 0.25

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2

    def randint(self, a: int, b: int) -> int:
        return b

    def choice(self, seq: Any) -> Any:
        return seq[len(seq) // 2]

    def shuffle(self, x: MutableSequence[Any]) -> None:
        """Leave all in its order."""

    def getrandbits(self, k: int, /) -> int:
        self._given += 1
        return self._given % (1 << k)


class Planned(Faults):
    """Faults that a story tells of, and no others."""

    def __init__(self, mishaps: Sequence[Mishap], now: Callable[[], datetime]) -> None:
        super().__init__(Steady(), 1.0, now)
        self._left = sorted(mishaps, key=lambda each: each.at)

    def draw(self, call: str) -> Fault | None:
        return next((each for each in ALL if self.happens(f"{call} {each}", 1.0)), None)

    def happens(self, what: str, share: float) -> bool:
        if self.rate == 0 or share == 0:
            return False
        for mishap in self._left:
            if mishap.what == what and mishap.at <= self.now():
                self._left.remove(mishap)
                self.note(what)
                return True
        return False


def violation_of(story: Story) -> tuple[str | None, list[str]]:
    """Live through a story; return the violation (None: all invariants hold) and what happened."""
    from tests.simulation.life import Life

    life = Life(story)
    try:
        life.run()
    except Violation as found:
        return str(found), life.lines
    return None, life.lines


def keep(seed: int, about: str, mended: str | None) -> Story | None:
    """Return the least story of a seed that fails; None where it doesn't fail as a story."""
    from tests.simulation.life import Life

    life = Life(seed)
    try:
        life.run()
    except Violation as found:
        for sooner in SOONER:
            told = tuple(replace(each, at=each.at - sooner) for each in life.faults.noted)
            whole = Story(about, mended, kind(str(found)), life.scene, told)
            if _fails(whole):
                return _least(whole)
    return None


def kind(violation: str) -> str:
    """Return what is violated, without ids, numbers and moments."""
    return re.sub(r"[a-z]+_[0-9A-Z]{16,}|R-[\d-]+|\d[\d:+.-]*", "…", violation)


def _fails(story: Story) -> bool:
    found, _ = violation_of(story)
    return found is not None and kind(found) == story.violation


def _least(story: Story) -> Story:
    """Leave out as much as can be left out."""
    while True:
        smaller = next((each for each in _smaller(story) if _fails(each)), None)
        if smaller is None:
            return story
        story = smaller


def _smaller(story: Story) -> Iterator[Story]:
    """Yield the story without ever smaller parts of it."""
    for parties in _without_some(story.scene.parties):
        yield _of(story, parties)
    for mishaps in _without_some(story.mishaps):
        yield replace(story, mishaps=mishaps)
    for place, party in enumerate(story.scene.parties):
        for less in _smaller_parties(party):
            yield _of(story, _put(story.scene.parties, place, less))


def _smaller_parties(party: Party) -> Iterator[Party]:
    for persons in _without_some(party.persons):
        yield replace(party, persons=persons)
    for advances in _without_some(party.advances):
        if advances:
            yield replace(party, advances=advances)
    for place, person in enumerate(party.persons):
        for orders in _smaller_orders(person):
            yield replace(party, persons=_put(party.persons, place, replace(person, orders=orders)))


def _smaller_orders(person: Person) -> Iterator[tuple[Order, ...]]:
    yield from _without_some(person.orders)
    for place, order in enumerate(person.orders):
        for deeds in _without_some(order.deeds):
            yield _put(person.orders, place, replace(order, deeds=deeds))


def _of(story: Story, parties: tuple[Party, ...]) -> Story:
    return replace(story, scene=replace(story.scene, parties=parties))


def _put(items: tuple[T, ...], place: int, item: T) -> tuple[T, ...]:
    return (*items[:place], item, *items[place + 1 :])


def _without_some(items: tuple[T, ...]) -> Iterator[tuple[T, ...]]:
    """Yield the items without their halves, quarters and so on, down to single ones."""
    size = len(items)
    while size:
        for start in range(0, len(items), size):
            yield (*items[:start], *items[start + size :])
        size //= 2
