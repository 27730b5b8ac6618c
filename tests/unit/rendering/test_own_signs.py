"""I9 in creditors' own words: no sign of money, percent or arithmetic makes an amount another one.

Guard: demands.py, when a text is stored and in every message, in e-mail, SMS and subject.
"""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import replace

import pytest

from chalicelib.domain.own_template import TemplateName, Words
from tests.builders.templates import EMAIL, SMS
from tests.unit.rendering.own_texts import RENDERER, own, refused, told_of
from tests.unit.rendering.samples import LANGUAGES, notice

EVERY = [chr(each) for each in range(sys.maxunicode + 1)]
CURRENCIES = [each for each in EVERY if unicodedata.category(each) == "Sc"]
TO_COME = ["\u20c1", "\u20cf"]
"""In Unicode's block of currency signs; the first is Saudi Arabia's since Unicode 17."""
PERCENTS = "%\N{FULLWIDTH PERCENT SIGN}\N{SMALL PERCENT SIGN}‰‱٪؉؊"
ARITHMETIC = "×÷±~≈≤∓√\N{COMMERCIAL MINUS SIGN}\N{HEAVY MINUS SIGN}\N{HEAVY PLUS SIGN}"


def named(language: str, channel: str = "email") -> TemplateName:
    return TemplateName("reminder_first", channel, language)


@pytest.mark.parametrize(
    "touched",
    ["{{ total }}€", "${{ total }}", "{{ total }}%", "%{{ total }}", "{{ total }}‰", "£{{ total }}",
     "US${{ total }}", "$\u200b{{ total }}", "{{ total }}\u2060\N{FULLWIDTH DOLLAR SIGN}",
     "$\u0301{{ total }}", "{{ total }}\u20c1", "{{ '$' }}{{ total }}",
     "$.{{ total }}", "{{ total }}.$", "{{ total }},€", "{{ total }}-$", "{{ total }}+€5",
     "$({{ total }})", "({{ total }})%", "$'{{ total }}'", '"{{ total }}"€', "%*{{ total }}*"],
    ids=ascii,
)  # fmt: skip
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_a_sign_of_money_or_percent_may_not_touch_an_amount(channel: str, touched: str):
    text = f"{EMAIL if channel == 'email' else SMS} {touched}"
    for language in ("de", "en"):
        [fault] = refused(text, name=named(language, channel))
        assert "right beside an amount" in fault
        said = replace(own(), locale=language, words={language: Words(text)})
        assert told_of(said, channel) == [(f"reminder_first/{channel}/{language}", "touched")]


@pytest.mark.parametrize(
    "spaced",
    ["$ {{ total }}", "{{ total }} €", "{{ total }} %", "50 % {{ total }}", "{{ total }}\t‰",
     "{{ total }}\N{NARROW NO-BREAK SPACE}$", "$ \u200b {{ total }}", "₨ {{ total }}",
     "{{ total }} \N{RIAL SIGN}", "{{ total }} $5", "{{ total }}\N{NO-BREAK SPACE}\u20c1",
     "\N{HEAVY DOLLAR SIGN} {{ total }}", "$\N{HANGUL FILLER} {{ total }}"],
    ids=ascii,
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_nor_with_only_a_space_between_in_any_format(language: str, spaced: str):
    text = f"{EMAIL}\n{spaced}"
    [fault] = refused(text, name=named(language))
    assert "only a space between it and an amount" in fault
    said = replace(own(), locale=language, words={language: Words(text)})
    assert RENDERER.email(said) == RENDERER.email(notice(locale=language))
    assert told_of(said) == [(f"reminder_first/email/{language}", "touched")]


def test_no_currency_sign_is_left_out():
    assert {"$", "€", "¤", "₨", "﷼", "￥", "₿"} <= set(CURRENCIES)
    for sign in [*CURRENCIES, *TO_COME, *PERCENTS, "\N{HEAVY DOLLAR SIGN}"]:
        for beside in ("{0}{{{{ total }}}}", "{{{{ total }}}}{0}", "{0} {{{{ total }}}}",
                       "{{{{ total }}}} {0}"):  # fmt: skip
            told = told_of(own(text=f"{EMAIL}\n{beside.format(sign)}"))
            assert [code for _, code in told] == ["touched"], (ascii(sign), beside)


@pytest.mark.parametrize("sign", [*ARITHMETIC], ids=ascii)
def test_a_sign_of_arithmetic_may_not_touch_an_amount(sign: str):
    [fault] = refused(f"{EMAIL}\n{sign}{{{{ total }}}}", name=named("de"))
    assert "right beside an amount" in fault
    assert refused(f"{EMAIL}\n{sign} {{{{ total }}}}", name=named("de")) == []


def test_on_the_one_line_of_a_text_message_or_a_subject_a_line_break_is_a_space():
    [fault] = refused(f"{SMS} $\n{{{{ total }}}}", name=named("en", "sms"))
    assert "only a space" in fault
    [fault] = refused(EMAIL, subject="{{ total }}{{ '\\n' }}%", name=named("de"))
    assert "only a space" in fault


def test_a_sign_that_unicode_doesnt_have_yet_hides_no_digit():
    for beside in ("9\u20c5 {{ total }}", "9 \u20c5{{ total }}", "{{ total }}\u20c5\u20e0"):
        assert [code for _, code in told_of(own(text=f"{EMAIL}\n{beside}"))] == ["touched"]
    assert refused(f"{EMAIL}\n9\u20c5·{{{{ total }}}}") != []


@pytest.mark.parametrize(
    "honest",
    ["{{ total }}.", "({{ total }})", "{{ total }} (50 % of it today)", "{{ total }}, 5 % off",
     "Betrag in €: {{ total }}", "Summe (€) {{ total }}", "Fee €5: {{ total }}",
     "100 % of {{ total }}", "{{ total }} – 5 %", "in $ ({{ total }})", "{{ total }}/€",
     "{{ total }} / {{ invoice.owed }}", "{{ invoice.owed }} {{ total }}", "EUR {{ total }}",
     "{{ total }}; €", "{{ total }}: 5 %", "{{ total }}\n%", "€\n{{ total }}",
     "{{ count }} × {{ total }}", "\N{BANKNOTE WITH EURO SIGN} {{ total }}", "→{{ total }}"],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_write_of_money_and_percent_elsewhere_is_taken(language: str, honest: str):
    assert refused(f"{EMAIL}\n{honest}", name=named(language)) == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "{{ invoice.owed }} of invoice 1 is overdue, total {{ total }}."),
        ("de", "über {{ invoice.amount }} ist noch ein Betrag von {{ total }} offen."),
        ("fr", "d’un montant de {{ invoice.amount }}, il reste {{ total }} à régler."),
        ("es", "por importe de {{ invoice.amount }}, queda la cantidad de {{ total }}."),
    ],
)
def test_the_words_of_the_built_in_texts_are_taken(language: str, said: str):
    assert refused(f"{EMAIL}\n{said} ({{{{ invoice.amount }}}})", name=named(language)) == []
    text = f"{SMS} {said}"
    told = replace(own(), locale=language, words={language: Words(text)})
    assert told_of(told, "sms") == []
