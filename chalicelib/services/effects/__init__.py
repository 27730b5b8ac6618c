"""What Dunlin carries out itself: the effect of each such kind of step, by its word.

An effect looks at the facts and answers what is to be written. It writes nothing itself: its writes
go into the transaction of the step's result, so whatever is killed or repeated, it is done once.
"""

from __future__ import annotations

from chalicelib.domain import kinds
from chalicelib.domain.kinds import Kind
from chalicelib.domain.kinds.escalate import ESCALATE
from chalicelib.domain.kinds.fee import FEE
from chalicelib.domain.kinds.interest import INTEREST
from chalicelib.domain.kinds.service import SERVICE
from chalicelib.services.effects.charging import charge
from chalicelib.services.effects.effect import Done, Effect, Job, NotDone
from chalicelib.services.effects.escalating import hand_over
from chalicelib.services.effects.service import serve

__all__ = ["Done", "Effect", "Job", "NotDone", "effect_of", "register", "remove"]

_EFFECTS: dict[str, Effect] = {}


def register(kind: Kind, effect: Effect) -> None:
    """Let Dunlin carry out steps of this kind. Raises ValueError where it is done otherwise."""
    if not kind.by_dunlin:
        raise ValueError(f"{kind.word} isn't carried out by Dunlin")
    kinds.register(kind)
    _EFFECTS[kind.word] = effect


def remove(kind: Kind) -> None:
    """Forget a kind with its effect: for tests that make one up. Raises KeyError."""
    kinds.remove(kind.word)
    del _EFFECTS[kind.word]


def effect_of(word: str) -> Effect:
    """Return what carries out steps of that kind. Raises KeyError."""
    return _EFFECTS[word]


for _kind in (FEE, INTEREST):
    register(_kind, charge)
register(ESCALATE, hand_over)
register(SERVICE, serve)
