"""What a creditor's own text may be made of: the syntax tree is checked before anything runs.

Jinja parses; then every node must be of a kind that is listed here, every variable must be known
and fit its place. There are no calls, indexes, arithmetic, tests, macros, imports or assignments; a
filter takes one text and nothing else, and a loop goes over a list of the message, never within
another. An amount can be written, or asked for whether it is there, and that is all. So whatever
passes takes a number of steps that its size bounds, nothing that it names is an object of Python's
own, and nothing is left that could fail or hang.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes

from chalicelib.rendering.hygiene import has_hidden_controls
from chalicelib.rendering.own.vocabulary import (
    FILTERS,
    MARKS,
    Amount,
    LoopWords,
    MessageWords,
    kinds,
    of_list,
)

MOST_NODES = 600
"""Of the syntax tree. The longest of the built-in e-mails would have about 300."""
DEEPEST = 12
"""Levels of conditions and expressions, each within the other."""
LARGEST_NUMBER = 999_999_999
TOO_LONG = "has a number that is too long"
LOOP = "loop"
_TAG = re.compile(r"<[A-Za-z/!?]")
RESERVED = frozenset({LOOP, "self", "super", "caller", "varargs", "kwargs"})
"""Names that Jinja gives a meaning of its own."""
WRITABLE = frozenset({str, int, Amount})
MIXED = object
"""What can be a condition, and can't be written."""
Kind = Any
Scope = Mapping[str, Kind]


class GrammarError(Exception):
    """A text isn't in the language. `line` counts from 1."""

    def __init__(self, line: int, detail: str) -> None:
        super().__init__(f"line {line}: {detail}")


def check(environment: Environment, source: str) -> None:
    """Raise GrammarError with the first thing that isn't in the language."""
    _Checker().block(_parsed(environment, source).body, kinds(MessageWords), 0)


def _parsed(environment: Environment, source: str) -> nodes.Template:
    """Parse only: nothing is folded, compiled or run."""
    try:
        return environment.parse(source)
    except TemplateSyntaxError as error:
        raise GrammarError(error.lineno, error.message or "isn't valid") from None
    except RecursionError:
        raise GrammarError(1, f"is nested deeper than {DEEPEST} levels") from None
    except (ValueError, OverflowError):
        raise GrammarError(1, TOO_LONG) from None


class _Checker:
    """Walks one tree."""

    def __init__(self) -> None:
        self._seen = 0
        self._in_loop = False

    def block(self, body: list[nodes.Node], scope: Scope, depth: int) -> None:
        for node in body:
            self._count(node, depth)
            match node:
                case nodes.Output():
                    self._output(node, scope, depth)
                case nodes.If():
                    self._condition(node, scope, depth)
                case nodes.For():
                    self._loop(node, scope, depth)
                case _:
                    raise _not_here(node)

    def _output(self, node: nodes.Output, scope: Scope, depth: int) -> None:
        for each in node.nodes:
            if isinstance(each, nodes.TemplateData):
                self._count(each, depth)
                _check_letters(each, each.data)
            elif self._kind(each, scope, depth + 1) not in WRITABLE:
                raise _fault(each, f"{_shown(each)} can't be written; it is no text and no number")

    def _condition(self, node: nodes.If, scope: Scope, depth: int) -> None:
        self._kind(node.test, scope, depth + 1)
        self.block(node.body, scope, depth + 1)
        for other in node.elif_:
            self._count(other, depth)
            self._kind(other.test, scope, depth + 1)
            self.block(other.body, scope, depth + 1)
        self.block(node.else_, scope, depth + 1)

    def _loop(self, node: nodes.For, scope: Scope, depth: int) -> None:
        if self._in_loop:
            raise _fault(node, "a loop can't stand within another")
        if node.test or node.else_ or node.recursive or not isinstance(node.target, nodes.Name):
            raise _fault(node, "a loop is written {% for … in … %} … {% endfor %}, without more")
        item = of_list(self._kind(node.iter, scope, depth + 1))
        if item is None:
            raise _fault(node, f"{_shown(node.iter)} is no list, so there is no loop over it")
        name = node.target.name
        if not _is_free(name, scope):
            raise _fault(node, f"a loop can't say {_quoted(name)}; take a new name, from a to z")
        self._in_loop = True
        self.block(node.body, {**scope, name: item, LOOP: LoopWords}, depth + 1)
        self._in_loop = False

    def _kind(self, node: nodes.Node, scope: Scope, depth: int) -> Kind:
        self._count(node, depth)
        match node:
            case nodes.Const():
                return _of_constant(node)
            case nodes.Name(name=name):
                return _field(node, name, scope, "")
            case nodes.Getattr(node=owner, attr=name):
                kind = self._kind(owner, scope, depth + 1)
                if not _is_record(kind):
                    raise _fault(node, f"{_shown(owner)} has no fields")
                return _field(node, name, kinds(kind), _shown(owner))
            case nodes.Filter():
                return self._filter(node, scope, depth)
            case nodes.Compare():
                return self._comparison(node, scope, depth)
            case _:
                return self._choice(node, scope, depth)

    def _choice(self, node: nodes.Node, scope: Scope, depth: int) -> Kind:
        match node:
            case nodes.Not(node=inner):
                self._kind(inner, scope, depth + 1)
                return bool
            case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
                return self._either(left, right, scope, depth)
            case nodes.CondExpr(test=test, expr1=first, expr2=second) if second is not None:
                self._kind(test, scope, depth + 1)
                return self._either(first, second, scope, depth)
            case nodes.CondExpr():
                raise _fault(node, "an `if` within an expression needs its `else`")
            case _:
                raise _not_here(node)

    def _either(self, first: nodes.Node, second: nodes.Node, scope: Scope, depth: int) -> Kind:
        kind, other = (self._kind(each, scope, depth + 1) for each in (first, second))
        return kind if kind == other else MIXED

    def _filter(self, node: nodes.Filter, scope: Scope, depth: int) -> Kind:
        if node.name not in FILTERS or node.node is None:
            known = ", ".join(sorted(FILTERS))
            raise _fault(node, f"there is no filter {_quoted(node.name)}; there are {known}")
        if node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise _fault(node, f"the filter {_quoted(node.name)} takes nothing")
        if isinstance(node.node, nodes.Filter):
            raise _fault(node, "one filter is enough")
        if self._kind(node.node, scope, depth + 1) is not str:
            raise _fault(node, f"{_shown(node.node)} is no text, so no filter takes it")
        return str

    def _comparison(self, node: nodes.Compare, scope: Scope, depth: int) -> Kind:
        left = self._kind(node.expr, scope, depth + 1)
        for each in node.ops:
            self._count(each, depth)
            if each.op in {"in", "notin"}:
                raise _fault(node, "`in` can't be used here")
            right = self._kind(each.expr, scope, depth + 1)
            if left != right or left not in {str, int, bool}:
                raise _fault(node, "only two texts, or two numbers, can be compared")
            if left is not int and each.op not in {"eq", "ne"}:
                raise _fault(node, "texts are equal (==) or not (!=), and never more or less")
        return bool

    def _count(self, node: nodes.Node, depth: int) -> None:
        self._seen += 1
        if self._seen > MOST_NODES:
            raise _fault(node, f"has more than {MOST_NODES} parts")
        if depth > DEEPEST:
            raise _fault(node, f"is nested deeper than {DEEPEST} levels")


def _of_constant(node: nodes.Const) -> Kind:
    kind = type(node.value)
    if kind not in {str, int, bool}:
        raise _fault(node, "a value is a text, a whole number, true or false")
    if kind is str:
        _check_letters(node, node.value)
    elif node.value > LARGEST_NUMBER:
        raise _fault(node, TOO_LONG)
    return kind


def _check_letters(node: nodes.Node, text: str) -> None:
    if has_hidden_controls(text) or MARKS & set(text):
        raise _fault(node, "has hidden control characters")
    if _TAG.search(text):
        raise _fault(node, "has HTML; write plain text, from which the HTML is made")


def _field(node: nodes.Node, name: str, known: Scope, owner: str) -> Kind:
    if name in known:
        return known[name]
    where = f"{owner} has no" if owner else "there is no variable"
    there = ", ".join(sorted(known))
    raise _fault(node, f"{where} {_quoted(name)}; there are {there}")


def _is_free(name: str, scope: Scope) -> bool:
    """Say whether a loop may name it so. Python takes names that are one in NFKC for one name."""
    return name.isascii() and not name.startswith("_") and name not in {*scope, *RESERVED}


def _is_record(kind: Kind) -> bool:
    return isinstance(kind, type) and hasattr(kind, "__dataclass_fields__")


def _shown(node: nodes.Node) -> str:
    """Return how a variable was written; `this` for anything else."""
    match node:
        case nodes.Name(name=name):
            return _quoted(name)
        case nodes.Getattr(node=nodes.Name(name=owner), attr=name):
            return _quoted(f"{owner}.{name}")
        case _:
            return "this"


def _quoted(name: str) -> str:
    return f"`{name[:60]}`"


def _not_here(node: nodes.Node) -> GrammarError:
    return _fault(node, f"{type(node).__name__} isn't part of this language")


def _fault(node: nodes.Node, detail: str) -> GrammarError:
    return GrammarError(node.lineno or 1, detail)
