"""I9 in creditors' own words: what stands beside an amount never makes it another one.

Guard: demands.py, when a text is stored and in every message, in the customer's own format.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.own_template import TemplateName, Words
from tests.builders import JPY
from tests.builders.templates import EMAIL, SMS
from tests.unit.rendering.own_texts import RENDERER, own, refused, told_of
from tests.unit.rendering.samples import ARABIC, LANGUAGES, item, notice

SPACES = (" ", "  ", "\t", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{THIN SPACE}")


def in_language(language: str, channel: str = "email") -> TemplateName:
    return TemplateName("reminder_first", channel, language)


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("language", ["fr", "de", "es"])
def test_a_digit_and_a_space_before_an_amount_would_be_read_as_its_first_group(
    language: str, space: str
):
    text = f"{EMAIL}\nVous devez pour {{{{ count }}}}{space}{{{{ total }}}}"
    [fault] = refused(text, name=in_language(language))
    assert "reads as one number" in fault
    said = replace(own(), locale=language, words={language: Words(text)})
    assert RENDERER.email(said) == RENDERER.email(notice(locale=language))
    assert told_of(said) == [(f"reminder_first/email/{language}", "touched")]


def test_so_it_would_in_a_text_message_and_in_a_loop():
    [fault] = refused(f"{SMS} {{{{ count }}}} {{{{ total }}}}", name=in_language("fr", "sms"))
    assert "reads as one number" in fault
    loop = "{% for i in invoices %}\n{{ loop.index }} {{ i.owed }}\n{% endfor %}"
    [fault] = refused(f"{EMAIL}\n{loop}", name=in_language("fr"))
    assert "reads as one number" in fault


@pytest.mark.parametrize("locale", ["en-ZA", "en-SE", "fr-CA", "sv-SE"])
def test_the_customers_own_format_decides(locale: str):
    """What an English text says rightly to most, it may not say to all."""
    text = f"{EMAIL}\n{{{{ count }}}} {{{{ total }}}}"
    assert refused(text) == []
    language = "fr" if locale == "fr-CA" else "en"
    said = replace(own(), locale=locale, words={language: Words(text)})
    begins_with_a_digit = locale != "en-ZA"
    assert bool(told_of(said)) == begins_with_a_digit
    assert ("\n1 €" in RENDERER.email(said).text) != begins_with_a_digit


def test_three_digits_after_an_amount_without_minor_units_would_be_its_last_group():
    text = f"{EMAIL}\n{{{{ total }}}} 500"
    assert [code for _, code in told_of(own(item(of=JPY), text=text))] == ["touched"]
    assert told_of(own(text=text)) == []
    assert told_of(own(item(of=JPY), text=f"{text}0")) == []


@pytest.mark.parametrize(
    "honest",
    ["R-12: {{ total }}", "{{ numbers }}: {{ total }}", "{{ count }}. {{ total }}",
     "{{ count }} - {{ total }}", "- {{ total }}", "({{ total }})", '"{{ total }}"',
     "{{ count }}\n{{ total }}", "{{ invoice.due }} • {{ total }}", "Montant : {{ total }}",
     "{{ total }}, {{ count }}", "{{ total }}; 500", "{{ customer }}, {{ total }}.",
     "{{ count }}/{{ total }}", "{{ count }}:{{ total }}", "{{ count }}({{ total }})",
     "{{ count }}={{ total }}", "'{{ total }}'", "»{{ total }}«", "{{ total }}–", "{{ total }}/12"],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_write_around_amounts_is_taken(language: str, honest: str):
    assert refused(f"{EMAIL}\n{honest}", name=in_language(language)) == []


@pytest.mark.parametrize(
    ("before", "code"),
    [
        ("9·{{ total }}", "touched"),
        ("\N{EN DASH}{{ total }}", "touched"),
        ("…{{ total }}", "touched"),
        ("{{ count }}\n{{ total }}", "touched"),
        ("ŵww.evil.example {{ total }}", "link"),
    ],
)
def test_a_text_message_is_judged_as_it_will_read(before: str, code: str):
    """Letters that GSM-7 lacks are replaced and lines are joined, and then it is looked at."""
    text = f"{SMS} {before}"
    assert refused(text, name=in_language("de", "sms")) != []
    said = replace(own(text=text), locale="de", words={"de": Words(text)})
    assert RENDERER.sms(said) == RENDERER.sms(notice(locale="de"))
    assert told_of(said, "sms") == [("reminder_first/sms/de", code)]


def test_a_subject_is_judged_on_its_one_line():
    subject = "{{ count }}{{ '\\n' }}{{ total }}"
    [fault] = refused(EMAIL, subject=subject, name=in_language("de"))
    assert "reads as one number" in fault


def test_a_text_message_in_another_script_keeps_its_amounts_too():
    text = f"{SMS} – 🙂 ({{{{ total }}}})"
    assert refused(text, name=in_language("de", "sms")) == []
    said = replace(own(text=text), locale="de", words={"de": Words(text)})
    assert RENDERER.sms(said).endswith("– 🙂 (1.190,00 €)")


UNSEEN = ("\u200b", "\u2060", "\u00ad", "\u200c", "\u034f", "\u200e", "\u200b\u034f", "\ufe0f",
          "\u2065", "\u2800")  # fmt: skip


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_what_nobody_sees_keeps_nothing_apart(channel: str, unseen: str):
    text = EMAIL if channel == "email" else SMS
    for beside in (f"9{unseen}{{{{ total }}}}", f"-{unseen}{{{{ total }}}}"):
        [fault] = refused(f"{text} {beside}", name=in_language("de", channel))
        assert "beside an amount" in fault or "reads as one number" in fault
    said = replace(own(), locale="de", words={"de": Words(f"{text} 9{unseen}{{{{ total }}}}")})
    assert told_of(said, channel) == [(f"reminder_first/{channel}/de", "touched")]


@pytest.mark.parametrize(
    "touched",
    ["{{ total }}\u20e0", "{{ total }}\u0338", "{{ total }}\u200b\u20e0", "{{ total }}\u200b0",
     "\N{EN DASH}{{ total }}", "\N{EM DASH}{{ total }}", "\N{SMALL HYPHEN-MINUS}{{ total }}",
     "\N{FULLWIDTH HYPHEN-MINUS}{{ total }}", "\N{HYPHEN}\u200b{{ total }}", "9\u0338{{ total }}",
     "\N{SUPERSCRIPT MINUS}{{ total }}", "\N{FULLWIDTH PLUS SIGN}{{ total }}",
     "9\N{BULLET}{{ total }}", "9\N{ARABIC THOUSANDS SEPARATOR}{{ total }}",
     "9\N{WORD SEPARATOR MIDDLE DOT}{{ total }}",
     "9\N{PRIME}{{ total }}", "9\N{FULLWIDTH COMMA}{{ total }}", "9\N{ONE DOT LEADER}{{ total }}",
     "{{ total }}\N{FULLWIDTH FULL STOP}5", "{{ total }}\N{RIGHT SINGLE QUOTATION MARK}000",
     "9\N{MIDDLE DOT}{{ total }}", "9'{{ total }}", "9\N{RIGHT SINGLE QUOTATION MARK}{{ total }}"],
    ids=ascii,
)  # fmt: skip
def test_no_sign_or_stroke_makes_an_amount_another_one(touched: str):
    [fault] = refused(f"{EMAIL}\n{touched}")
    assert "beside an amount" in fault
    assert [code for _, code in told_of(own(text=f"{EMAIL}\n{touched}"))] == ["touched"]


def test_a_name_from_right_to_left_may_stand_beside_an_amount():
    text = f"{EMAIL}\n{{{{ customer }}}} {{{{ total }}}}, {{{{ customer }}}}: {{{{ total }}}}"
    assert refused(text) == []
    assert told_of(own(text=text, customer_name=ARABIC)) == []


def test_an_emoji_with_its_selector_may_stand_beside_an_amount():
    assert refused(f"{EMAIL}\n\N{WARNING SIGN}\ufe0f{{{{ total }}}}") == []
