"""What a kind of step says of itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from chalicelib.domain.customer import Customer
    from chalicelib.domain.sequence import Step

ACTION_QUEUE = "action"

Fault = tuple[str, str]
"""The name of a step's field, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What steps of a kind say beyond what every step says: a kind that has any extends this.

    The fields are those of the API, so their types say what JSON they take. What a type can't say,
    `__post_init__` refuses with a ValueError.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


def _any(_step: Step) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Channel:
    """How a message of a kind gets to the customer, and what is said where it doesn't.

    `address` is what is stored of the customer, `usable` the same unless nothing may be sent there,
    and `usable_legally` that for legal notices (None: it makes no difference).
    `instead` are the kinds that take its place where it reaches nobody, in that order. `missing`,
    `objected` (to everything), `unwanted` (reminders), `not_agreed` (where consent comes first) and
    `returned` tell people why; `returned` goes on with "came back".
    """

    address: Callable[[Customer], str | None]
    usable: Callable[[Customer], str | None]
    instead: tuple[str, ...]
    missing: str
    objected: str
    returned: str
    usable_legally: Callable[[Customer], str | None] | None = None
    unwanted: str = "The customer doesn't want reminders this way."
    not_agreed: str = "The customer hasn't agreed to this way, which has to come first."
    takes: Callable[[Step], bool] = _any

    def usable_for(self, customer: Customer, *, legal: bool) -> str | None:
        """Return where a message goes, a reminder or a legal notice, if it may go there."""
        usable = self.usable_legally if legal and self.usable_legally else self.usable
        return usable(customer)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of step. `word` is how sequences write it, `queue` whose worker does it.

    With a `channel` it is a message: the minimum gap holds. `by_dunlin` says that it has an effect
    (services/effects); without both it is a task for a person, who `contacts` the customer by it or
    not, and so is a step that says nothing where its kind has parameters. `check` names what is
    wrong with a step of it, beyond what holds for every step, `check_among` what is so among all
    steps of its sequence.
    """

    word: str
    queue: str = ACTION_QUEUE
    channel: Channel | None = None
    by_dunlin: bool = False
    contacts: bool = False
    parameters: type[Parameters] | None = None
    check: Callable[[Step], Iterable[Fault]] | None = None
    check_among: Callable[[Step, Collection[Step]], Iterable[Fault]] | None = None

    def is_for_a_person(self, step: Step) -> bool:
        """Say whether a person does a step of this kind.

        That is also so where it would have to say what Dunlin is to do, and says nothing.
        """
        if self.channel:
            return not self.channel.takes(step)
        is_unsaid = self.parameters is not None and not step.parameters
        return is_unsaid or not self.by_dunlin

    @property
    def reaches(self) -> bool:
        """Whether a step of it is a contact with the customer: then quiet days and caps hold."""
        return self.channel is not None or self.contacts

    def read(self, parameters: object) -> Parameters | None:
        """Return the parameters of a step from their JSON form; None where the kind has none.

        Raises ValueError; pydantic's ValidationError, which is one, says where.
        """
        if self.parameters is None:
            if parameters:
                raise ValueError("are unknown to this kind of step")
            return None
        reader = _reader(self.parameters)
        read: Parameters = reader.validate_json(json.dumps(parameters), strict=True)
        return read

    def faults(self, step: Step, steps: Collection[Step] = ()) -> Iterator[Fault]:
        """Yield what is wrong with a step of this kind, among the steps of its sequence."""
        try:
            self.read(step.parameters)
        except ValueError as error:
            yield "parameters", str(error)
            return
        if self.check:
            yield from self.check(step)
        if self.check_among:
            yield from self.check_among(step, steps)


_READERS: dict[type[Parameters], TypeAdapter[Any]] = {}


def _reader(parameters: type[Parameters]) -> TypeAdapter[Any]:
    """Return what reads parameters of that class: to make it takes milliseconds, to use it none."""
    from pydantic import TypeAdapter

    if parameters not in _READERS:
        _READERS[parameters] = TypeAdapter(parameters)
    return _READERS[parameters]
