"""Letters: each message in each language, for each window, as paper and as what is said on it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.address import PostalAddress
from chalicelib.rendering.renderer import Renderer, UnknownTemplateError
from tests.builders import USD
from tests.unit.rendering.letters import HAMBURG, codes, content, pages
from tests.unit.rendering.samples import (
    CASES,
    CREDITOR,
    LANGUAGES,
    MESSAGES,
    PAY_URL,
    item,
    notice,
)

RENDERER = Renderer()
COUNTRIES = ("DE", "CH", "FR", "GB", "US", "JP")


def test_every_message_is_a_letter_too():
    assert RENDERER.messages("letter") == RENDERER.messages("email") == frozenset(MESSAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_can_be_printed_in_every_language(message: str, language: str):
    for items in CASES.values():
        words = content(notice(*items, template=message, locale=language))
        assert all(words[part] for part in ("subject", "greeting", "opening", "request", "closing"))
    letter = RENDERER.letter(notice(*CASES["bundle"], template=message, locale=language))
    assert letter.pdf.startswith(b"%PDF-")
    assert letter.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_says_what_its_e_mail_says(language: str):
    for message in MESSAGES:
        told = notice(*CASES["bundle"], template=message, locale=language, recipient=HAMBURG)
        words, email = content(told), RENDERER.email(told)
        assert words["request"] in email.text
        assert words["opening"] in email.text or "Ce message" in email.text


def test_the_same_notice_gives_the_same_bytes():
    told = notice(*CASES["bundle"], recipient=HAMBURG)
    assert RENDERER.letter(told) == Renderer().letter(told)


def test_another_amount_gives_another_letter():
    assert RENDERER.letter(notice(item(remaining=1))) != RENDERER.letter(notice(item(remaining=2)))


def test_a_message_that_is_none_is_refused():
    with pytest.raises(UnknownTemplateError):
        RENDERER.letter(notice(template="../../etc"))


def test_the_statement_has_what_was_paid_only_where_something_was():
    plain, partly = content(notice()), content(notice(item(remaining=50_000), item("R-2")))
    assert plain["table"]["heads"] == ["Invoice", "Issued", "Due", "Amount", "Open"]
    assert partly["table"]["heads"][-2:] == ["Paid or credited", "Open"]
    assert partly["table"]["rows"][0][-3:] == ["€1,190.00", "€690.00", "€500.00"]
    assert partly["table"]["rows"][1][-3:] == ["€1,190.00", "€0.00", "€1,190.00"]
    assert partly["table"]["totals"] == ["€1,690.00"]


def test_each_currency_has_a_total_of_its_own():
    table = content(notice(item("R-1"), item("R-2", of=USD)))["table"]
    assert table["totals"] == ["€1,190.00", "$1,190.00"]


def test_a_test_is_marked_on_paper():
    words = content(notice(test_mode=True, locale="de"))
    assert words["test_mark"].startswith("TEST")
    assert words["subject"].startswith("[TEST]")


def test_place_date_and_number_stand_beside_the_address():
    words = content(notice(locale="de-DE", customer_number="C-4711"))
    assert words["beside"]["place_and_date"] == "Hamburg, 17. März 2026"
    assert ("Kundennummer", "C-4711") in words["beside"]["rows"]


def test_a_page_is_numbered_and_many_items_take_several():
    assert len(pages(notice(), ppi=40)) == 1
    assert len(pages(notice(*CASES["thirty"]), ppi=40)) == 2


def test_the_page_that_is_linked_can_be_scanned():
    assert PAY_URL in codes(pages(notice())[0])


@pytest.mark.parametrize("country", COUNTRIES)
def test_nothing_of_the_address_leaves_the_window(country: str):
    """Ink where the window shows the longest address that there can be, and none around it."""
    long = PostalAddress(("W" * 70,) * 3, "W" * 70, "DE", postal_code="W" * 16, region="W" * 70)
    told = notice(creditor=replace(CREDITOR, country=country), customer_name="W" * 200)
    window = content(told)["window"]
    page = pages(replace(told, recipient=long), ppi=127)[0]  # five dots a millimetre
    inside, below, right = (
        page.crop(tuple(round(5 * each) for each in box))
        for box in (
            (window["left"], window["top"], window["left"] + window["width"],
             window["top"] + window["height"]),
            (window["left"], window["top"] + window["height"] + 0.4, window["left"] + 60,
             window["body"] - 4),
            (window["left"] + window["width"] + 0.4, window["top"] + window["height"] / 2,
             window["left"] + window["width"] + 5, window["top"] + window["height"]),
        )
    )  # fmt: skip
    assert inside.getextrema()[0] < 100
    assert below.getextrema() == (255, 255)
    assert right.getextrema() == (255, 255)


LINES = st.text(min_size=1, max_size=70)


@given(name=st.text(max_size=200), line=LINES, number=st.text(min_size=1, max_size=64))
@settings(max_examples=30, deadline=None)
def test_no_name_breaks_a_letter(name: str, line: str, number: str):
    told = notice(
        item(number),
        creditor=replace(CREDITOR, name=name, address=(line, line)),
        customer_name=name,
        recipient=PostalAddress((line,), line, "FR", postal_code=line[:16], region=line),
    )
    assert RENDERER.letter(told).pdf == RENDERER.letter(told).pdf


MARKUP = (
    '#panic("x")', '#import "x.typ"', '#read("/etc/passwd")', "$ x_2 $", "@ref", "<label>",
    "\\u{41}", "*bold*", "_it_", "= Heading", "- item", "/ term: x", "`raw`", "https://x.example",
    "a -- b", "// gone", "/* gone */", "~", "[x]", "{x}", "#let a = 1",
)  # fmt: skip


@pytest.mark.parametrize("text", MARKUP)
def test_a_name_is_never_a_command_of_the_layout(text: str):
    """Whoever reads it as markup fails, or makes letters of another width."""
    told = notice(item(text), customer_name=text, recipient=replace(HAMBURG, lines=(text,)))
    assert content(told)["recipient"][:2] == [text, text]
    assert content(told)["table"]["rows"][0][0] == text
    marked, plain = (pages(replace(told, customer_name=each))[0] for each in (text, text + "W"))
    assert marked.tobytes() != plain.tobytes()
