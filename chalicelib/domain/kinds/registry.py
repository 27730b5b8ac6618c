"""The kinds that there are, by their word, in the order in which they were registered."""

from __future__ import annotations

from chalicelib.domain.kinds.kind import ACTION_QUEUE, Kind

_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Let sequences have steps of this kind. Raises ValueError where the word is another's."""
    if _KINDS.setdefault(kind.word, kind) != kind:
        raise ValueError(f"{kind.word} is another kind already")


def remove(word: str) -> None:
    """Forget a kind: for tests that make one up. Raises KeyError."""
    del _KINDS[word]


def named(word: str) -> Kind:
    """Return the kind of that word. Raises KeyError."""
    return _KINDS[word]


def is_known(word: str) -> bool:
    """Say whether there is such a kind."""
    return word in _KINDS


def every() -> tuple[Kind, ...]:
    """Return all kinds."""
    return tuple(_KINDS.values())


def messages() -> frozenset[str]:
    """Return the words of the kinds that Dunlin sends as messages."""
    return frozenset(kind.word for kind in _KINDS.values() if kind.channel)


def is_message(word: str) -> bool:
    """Say whether Dunlin sends a step of that kind as a message, so that the minimum gap holds."""
    kind = _KINDS.get(word)
    return kind is not None and kind.channel is not None


def reaches(word: str) -> bool:
    """Say whether a step of that kind is a contact with the customer."""
    kind = _KINDS.get(word)
    return kind is not None and kind.reaches


def queue_of(word: str | None) -> str:
    """Return the queue whose worker does a step of that kind."""
    kind = _KINDS.get(word) if word else None
    return kind.queue if kind else ACTION_QUEUE
