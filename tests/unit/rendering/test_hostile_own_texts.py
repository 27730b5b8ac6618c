"""Texts of somebody who means harm, or of nobody who thinks: refused, or over within bounds.

Bounds are steps and characters, never seconds. Guards: the grammar (grammar.py), the sandbox and
the budget (sandbox.py), each of which is tried alone as well.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2.exceptions import TemplateError

from chalicelib.domain.bundle import LARGEST_BUNDLE
from chalicelib.domain.own_template import LONGEST_TEXT
from chalicelib.rendering.facts import notice_facts
from chalicelib.rendering.formats import Formats
from chalicelib.rendering.locales import reading
from chalicelib.rendering.own import sandbox
from chalicelib.rendering.own.grammar import DEEPEST, MOST_NODES, GrammarError, check
from chalicelib.rendering.own.sandbox import (
    LONGEST_OUTPUT,
    MOST_STEPS,
    BudgetError,
    Sandbox,
    UnusableError,
    render,
    steps_of,
)
from chalicelib.rendering.own.vocabulary import FILTERS, RECORDS, kinds, message_words
from tests.unit.rendering.hostile_texts import BOMBS, ESCAPES
from tests.unit.rendering.samples import item, notice

MANY = tuple(item(f"R-{number}", overdue=number) for number in range(LARGEST_BUNDLE))
WORDS = message_words(notice_facts(notice(*MANY), Formats(reading("en").formats)))
UNBOUND = (
    "{{ 'a' * 3 }}", "{{ 2 ** 3 }}", "{{ 'a' % 3 }}", "{{ -count }}", "{{ customer[0] }}",
    "{{ customer['upper'] }}", "{{ customer.upper() }}",
    "{{ ''.__class__ }}", "{{ self.__init__ }}",
    "{{ '{0}'.format(1) }}", "{{ creditor.__class__ }}", "{{ range(3) }}", "{{ lipsum() }}",
    "{{ cycler }}", "{{ dict() }}", "{{ invoices._items }}", "{{ customer is defined }}",
    "{{ customer|attr('x') }}", "{% for x in invoices %}{{ loop.cycle(1) }}{% endfor %}",
)  # fmt: skip


@pytest.mark.parametrize("source", ESCAPES)
def test_what_reaches_beyond_the_vocabulary_is_refused_before_anything_runs(source: str):
    with pytest.raises(GrammarError, match=r"^line \d+: ."):
        render(source, WORDS)


def test_a_loop_cant_bring_a_record_into_reach_under_another_spelling():
    """Python takes names that are one in NFKC for one name; so did what Jinja compiled."""
    with pytest.raises(GrammarError):
        render(
            "{% for \uff49nvoice in creditor.address %}[{{ \uff49nvoice }}]"
            "{% if invoice %}{% endif %}{% endfor %}",
            WORDS,
        )


@pytest.mark.parametrize("source", BOMBS)
def test_what_takes_long_elsewhere_is_refused_or_over_within_bounds(source: str):
    assert len(source) <= LONGEST_TEXT
    try:
        said = render(source, WORDS)
    except (GrammarError, UnusableError):
        return
    assert len(said) <= LONGEST_OUTPUT
    assert steps_of(source, WORDS) <= MOST_STEPS


def test_most_bombs_are_refused_before_anything_runs():
    """The others are long, dull texts."""
    passed = []
    for source in BOMBS:
        try:
            check(Sandbox(), source)
        except GrammarError:
            continue
        passed.append(source)
    assert [source[:20] for source in passed] == [" \t" * 10]


@pytest.mark.parametrize("source", UNBOUND)
def test_the_sandbox_alone_lets_nothing_out(source: str):
    """Compiled past the grammar, as if it had a hole."""
    alone = Sandbox()
    with pytest.raises(TemplateError):  # SecurityError and UndefinedError among them
        alone.from_string(source).render(sandbox._top(WORDS, alone.budget))


def test_the_budget_alone_ends_loops_within_loops(monkeypatch: pytest.MonkeyPatch):
    """Five deep over 80 invoices would be three thousand million turns."""
    monkeypatch.setattr(sandbox, "check", lambda *_: None)
    deep = "".join(f"{{% for x{level} in invoices %}}" for level in range(5))
    source = f"{deep}.{'{% endfor %}' * 5}"
    with pytest.raises(BudgetError):
        render(source, WORDS)
    assert sandbox._compiled(source)[0].budget.steps == -1


def test_the_budget_alone_ends_what_says_too_much(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sandbox, "check", lambda *_: None)
    with pytest.raises(BudgetError):
        render("{% for x in invoices %}" + "a" * 1_000 + "{% endfor %}", WORDS)


def test_the_most_that_the_grammar_takes_is_ended_by_the_budget():
    """As many parts as there may be, all in a loop, over as many invoices as there may be."""
    inner = "{{ x.days }}" * ((MOST_NODES - 4) // 2)
    source = "{% for x in invoices %}" + inner + "{% endfor %}"
    check(Sandbox(), source)
    with pytest.raises(BudgetError):
        render(source, WORDS)


def test_an_honest_text_about_the_largest_bundle_takes_a_small_part_of_the_budget():
    source = "{% for x in invoices %}{{ x.number }} {{ x.due }}: {{ x.owed }}\n{% endfor %}"
    assert steps_of(source, WORDS) == LARGEST_BUNDLE * 4
    assert LARGEST_BUNDLE * 4 < MOST_STEPS / 50


def test_the_sandbox_knows_nothing_but_the_vocabulary():
    alone = Sandbox()
    assert (alone.globals, alone.tests, alone.loader) == ({}, {}, None)
    assert alone.filters.keys() == FILTERS.keys()
    for record in RECORDS:
        for kind in kinds(record).values():
            assert not isinstance(kind, type) or kind in {*RECORDS, str, int, bool} | {
                kinds(type(WORDS))["total"]
            }


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ foo }}", "line 1: there is no variable `foo`"),
        ("a\nb {{ creditor.fon }}", "line 2: `creditor` has no `fon`; there are account_holder"),
        ("a\n\n{% if count %}\n{{ total", "line 4: "),
        ("a\n{% endif %}", "line 2: Encountered unknown tag 'endif'"),
        ("{% for x in total %}{% endfor %}", "line 1: `total` is no list"),
        ("{{ customer|shout }}", "there is no filter `shout`; there are capitalize, lower, upper"),
        ("{% if count > '1' %}{% endif %}", "only two texts, or two numbers, can be compared"),
        ("{% if customer > 'M' %}{% endif %}", "texts are equal (==) or not (!=)"),
        ("{% for \uff49nvoice in invoices %}{% endfor %}", "a loop can't say `\uff49nvoice`; "),
        ("{{ 0x" + "f" * 7_000 + " }}", "has a number that is too long"),
        ("{{ 1000000000 }}", "has a number that is too long"),
        ("{% for größe in invoices %}{% endfor %}", "take a new name, from a to z"),
        ("{{ count }}" * 700, f"has more than {MOST_NODES} parts"),
        ("{% if count %}" * 30 + "{% endif %}" * 30, f"deeper than {DEEPEST} levels"),
    ],
)
def test_a_refusal_names_the_line_and_what_there_is(source: str, said: str):
    with pytest.raises(GrammarError) as refused:
        render(source, WORDS)
    assert said in str(refused.value)


PIECES = st.sampled_from([
    "{{", "}}", "{%", "%}", "{#", "#}", "-", "+", " ", "\n", "(", ")", "[", "]", "'", '"', "\\",
    "|", ".", ",", "~", "*", "**", "%", "if ", "else ", "elif ", "endif", "for ", "in ", "endfor",
    "set ", "not ", "and ", "or ", "is ", "x", "i", "invoices", "invoice", "creditor", "total",
    "count", "customer", "number", "name", "loop", "last", "self", "__class__", "upper", "attr",
    "format",
    "range", "1", "99999999999", "1e9", "true", "none", "raw", "endraw", "macro ", "é", "\u202e",
    "{{ total }}", "{% if count %}", "{% endif %}", "{% for i in invoices %}", "{% endfor %}",
    "{{ i.number }}", "{{ creditor.name|upper }}", "{{ 'a' if count == 1 else 'b' }}",
])  # fmt: skip


@given(st.lists(PIECES, max_size=60).map("".join))
@example("{{ '" + "\\N{NULL}" + "' }}")
@settings(max_examples=1_500, deadline=None)
def test_whatever_is_written_is_refused_or_renders_within_bounds(source: str):
    try:
        check(Sandbox(), source)
    except GrammarError:
        return
    try:
        said = render(source, WORDS)
    except BudgetError:
        return
    assert len(said) <= LONGEST_OUTPUT


@given(st.text(max_size=300))
@settings(max_examples=500, deadline=None)
def test_plain_text_says_itself_or_is_refused(source: str):
    if "{" in source:
        return
    try:
        said = render(source, WORDS)
    except GrammarError:
        return
    plain: Any = source.replace("\r\n", "\n").replace("\r", "\n")
    assert said == plain.removesuffix("\n")
