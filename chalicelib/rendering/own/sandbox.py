"""Renders a creditor's own text: what the grammar passed, in Jinja's sandbox, on a budget of steps.

Three guards, each enough by itself. The grammar leaves nothing that takes long. The sandbox hands
out only the fields of the vocabulary, and has neither globals nor tests, nor anything to call. The
budget counts every field that is read, every turn of a loop and every character that comes out;
since nothing else takes time, a text that is worth ending ends by itself, on any thread or system.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Generic, NoReturn, TypeVar

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chalicelib.rendering.own.grammar import check
from chalicelib.rendering.own.vocabulary import FILTERS, RECORDS, LoopWords, MessageWords, kinds

MOST_STEPS = 20_000
"""Fields read and turns of loops of one rendering: 250 for each of the 80 invoices of a message."""
LONGEST_OUTPUT = 60_000
"""Characters. Mail programs cut off at 100 kB, of which the layout takes a tenth."""
COMPILED_KEPT = 128

_ALONE = re.compile(
    r"^[ \t]*(\{(?:%(?:(?!%\}).)*?|#(?:(?!#\}).)*?))([-+]?[%#]\})[ \t]*\n", re.MULTILINE
)
T = TypeVar("T")
RAISED = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a text could raise if a guard failed: it must never keep a message from leaving."""


class UnusableError(Exception):
    """A text can't be rendered. `code` says why, without anything of what it would have said."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BudgetError(UnusableError):
    """A text takes too many steps, or says too much."""

    def __init__(self) -> None:
        super().__init__("too_much")


class Budget:
    """How many steps and characters one rendering has left."""

    def __init__(self) -> None:
        self.steps = MOST_STEPS
        self.characters = LONGEST_OUTPUT

    def step(self) -> None:
        """Spend a step. Raises BudgetError."""
        self.steps -= 1
        if self.steps < 0:
            raise BudgetError

    def write(self, characters: int) -> None:
        """Spend characters. Raises BudgetError."""
        self.characters -= characters
        if self.characters < 0:
            raise BudgetError


class _Counted(Generic[T]):
    """A list that spends a step with each turn."""

    def __init__(self, items: tuple[T, ...], budget: Budget) -> None:
        self._items, self._budget = items, budget

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        for item in self._items:
            self._budget.step()
            yield item


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja with the vocabulary and nothing else. One serves one text, as its budget does."""

    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "**", "%"))
    intercepted_unops = frozenset(("+", "-"))

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined,
            autoescape=False,  # it is text; the layout of the HTML escapes it, once
            optimized=False,  # nothing is worked out before it is checked and counted
            cache_size=0,
        )
        self.globals.clear()
        self.tests.clear()
        self.filters = {name: use for name, (use, _) in FILTERS.items()}
        self.budget = Budget()

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """Let a line that has one tag and nothing else leave none; lines keep their numbers."""
        return _ALONE.sub(r"\1\n\2", super().preprocess(source, name, filename))

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - Jinja's
        self.budget.step()
        if not self.is_safe_attribute(obj, attribute, None):
            raise SecurityError("no field of the vocabulary")
        value = getattr(obj, attribute)
        return _Counted(value, self.budget) if isinstance(value, tuple) else value

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ANN401, ARG002 - Jinja's
        record: type = LoopWords if isinstance(obj, LoopContext) else type(obj)
        return record in RECORDS and attr in kinds(record)

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ANN401, ARG002 - Jinja's
        return False

    def getitem(self, obj: Any, argument: Any) -> NoReturn:  # noqa: ANN401, ARG002 - Jinja's
        raise SecurityError("no indexes")

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> NoReturn:  # noqa: ANN401, ARG002 - Jinja's
        raise SecurityError("no arithmetic")

    def call_unop(self, context: Context, operator: str, arg: Any) -> NoReturn:  # noqa: ANN401, ARG002 - Jinja's
        raise SecurityError("no arithmetic")


def render(source: str, words: MessageWords) -> str:
    """Return what a text says. Raises GrammarError, UnusableError."""
    sandbox, template = _compiled(source)
    sandbox.budget = budget = Budget()
    try:
        return "".join(_counted(template.generate(_top(words, budget)), budget))
    except RAISED as error:
        raise UnusableError(_code(error)) from error


def steps_of(source: str, words: MessageWords) -> int:
    """Return how many steps a rendering takes: what tests hold hostile texts to."""
    render(source, words)
    return MOST_STEPS - _compiled(source)[0].budget.steps


def _top(words: MessageWords, budget: Budget) -> dict[str, object]:
    values = {name: getattr(words, name) for name in kinds(MessageWords)}
    return {
        name: _Counted(value, budget) if isinstance(value, tuple) else value
        for name, value in values.items()
    }


def _counted(pieces: Iterable[str], budget: Budget) -> Iterator[str]:
    for piece in pieces:
        budget.write(len(piece))
        yield piece


def _code(error: Exception) -> str:
    return "refused" if isinstance(error, SecurityError) else type(error).__name__


@lru_cache(maxsize=COMPILED_KEPT)
def _compiled(source: str) -> tuple[Sandbox, Template]:
    """Check, then compile. What is stored was checked before; this is the same check again."""
    sandbox = Sandbox()
    check(sandbox, source)
    try:
        return sandbox, sandbox.from_string(source)
    except (*RAISED, SyntaxError) as error:
        raise UnusableError(type(error).__name__) from error
