"""What every message must show, and may not, whoever wrote it.

Guard against wrong amounts: amounts are a kind of their own (vocabulary.py), and nothing may touch
them (demands.py). What is refused here when it is stored gives way to the built-in text when it is
sent.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.exceptions import SecurityError

from chalicelib.domain.own_template import Words
from chalicelib.rendering.own.messages import MOST_SEGMENTS
from chalicelib.rendering.own.sandbox import Sandbox
from tests.builders.templates import EMAIL, SMS
from tests.unit.rendering.own_texts import FIRST_SMS, RENDERER, own, refused, told_of
from tests.unit.rendering.samples import CREDITOR, item, notice


@pytest.mark.parametrize(
    ("without", "code", "said"),
    [
        ("{{ pay_url }}", "pay_url", "write {{ pay_url }}"),
        ("{{ creditor.email }}", "contact", "where to object"),
        ("{{ total }}", "amount", "what is owed"),
        ("{{ invoice.number }}", "number", "name each invoice"),
    ],
)
def test_what_an_email_must_show(without: str, code: str, said: str):
    text = EMAIL.replace(without, "")
    [fault] = refused(text)
    assert fault.startswith("/text ")
    assert said in fault
    assert RENDERER.email(own(text=text)) == RENDERER.email(notice())
    assert told_of(own(text=text)) == [("reminder_first/email/en", code)]


@pytest.mark.parametrize(
    ("without", "code", "said"),
    [
        ("{{ pay_url }}", "pay_url", "write {{ pay_url }}"),
        ("{{ creditor.contact }}", "contact", "whom to ask"),
        ("{{ total }}", "amount", "what is owed"),
        ("{{ creditor.name }}", "sender", "who writes"),
    ],
)
def test_what_an_sms_must_show(without: str, code: str, said: str):
    text = SMS.replace(without, "")
    [fault] = refused(text, name=FIRST_SMS)
    assert said in fault
    assert RENDERER.sms(own(text=text)) == RENDERER.sms(notice())
    assert told_of(own(text=text), "sms") == [("reminder_first/sms/en", code)]


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/pay",
        "www.evil.example",
        "https://nordlicht.example@evil.example",
        "https://nordlicht.example.evil.example",
        "https://evilnordlicht.example",
        "HTTPS://EVIL.EXAMPLE",
        "ftp://nordlicht.example",
        "https://[::1",
        "https{{ '://' }}evil.example",
        "https://evil.example\\@nordlicht.example/pay",
        "https://evil.example\\.nordlicht.example/pay",
        "https://evil.example'.nordlicht.example/pay",
        "https://evil.example,.nordlicht.example",
        "https://evil.example).nordlicht.example",
        "https://evil.example%2f.nordlicht.example",
        "https://evil.example\u3002nordlicht.example",
        "https://me@nordlicht.example",
        "https://nordlicht.example:80@evil.example",
        "https://nordlicht.exampl\N{KELVIN SIGN}",
        "www.evil.example'.nordlicht.example",
        "www.evil.example\\.nordlicht.example",
    ],
)
def test_addresses_lead_nowhere_else(address: str):
    assert refused(EMAIL + "\n" + address) != []
    assert [code for _, code in told_of(own(text=EMAIL + "\n" + address))] == ["link"]


def test_nothing_is_glued_to_the_link():
    assert refused(EMAIL + "\n{{ pay_url }}.evil.example") != []


def test_the_creditors_own_site_may_be_named():
    for address in (
        "https://nordlicht.example/faq?a=1",
        "www.nordlicht.example.",
        "https://x.nordlicht.example",
        "https://nordlicht.example:8443/faq",
        "(https://NORDLICHT.example/ü?q='1'#@).",
        "http://www.nordlicht.example?a",
        "{{ creditor.website }}",
    ):
        assert refused(f"{EMAIL}\n{address}") == []


def test_a_site_with_letters_of_its_own_may_be_named_as_it_was_given():
    site = replace(CREDITOR, website="https://münster.example/hilfe")
    for address, code in (
        ("{{ creditor.website }}", []),
        ("https://münster.example/x", []),
        ("https://munster.example", ["link"]),
    ):
        said = own(text=f"{EMAIL}\n{address}", creditor=site)
        assert [each for _, each in told_of(said)] == code


@pytest.mark.parametrize(
    "touched",
    ["9{{ total }}", "{{ count }}{{ total }}", "-{{ total }}", "1.{{ total }}", "{{ total }}0",
     "{{ total }}{{ total }}", "{{ total }}.5", "x{{ total }}",
     "{% if count %}2{% endif %}{{ total }}",
     "{% for i in invoices %}{{ i.owed }}{% endfor %}{{ total }}"],
)  # fmt: skip
def test_nothing_makes_an_amount_another_one(touched: str):
    faults = refused(f"{EMAIL}\n{touched}")
    assert any("right beside an amount" in each for each in faults), faults
    assert [code for _, code in told_of(own(text=f"{EMAIL}\n{touched}"))] == ["touched"]


AMOUNTS = st.integers(1, 999_999_999_999)


@given(
    first=AMOUNTS,
    rest=st.lists(AMOUNTS, max_size=3),
    locale=st.sampled_from(["en", "de", "fr", "es"]),
)
@settings(max_examples=150, deadline=None)
def test_what_is_said_to_be_owed_is_what_is_owed(first: int, rest: list[int], locale: str):
    """I9, with the same figures as the built-in message."""
    items = [item(f"R-{at}", amount=each) for at, each in enumerate((first, *rest))]
    given_words = replace(own(*items), locale=locale, words={locale: Words(EMAIL)})
    email = RENDERER.email(given_words)
    builtin = RENDERER.email(notice(*items, locale=locale))
    figures = re.search(r"Offen: (.*)\.\n", email.text)
    assert figures
    assert figures[1] in builtin.text
    digits = int(re.sub(r"\D", "", figures[1]))
    assert digits == first + sum(rest)


@pytest.mark.parametrize(
    ("text", "subject", "said"),
    [
        (EMAIL, "{{ pay_url }}", "/subject has an address of the web"),
        (EMAIL, "{% if count > 1 %}Rechnungen{% endif %}", "/subject says nothing"),
        (EMAIL, "x" * 201, "/subject has 201 characters, and at most 200 are allowed"),
        (EMAIL, "{{ foo }}", "/subject line 1: there is no variable `foo`"),
        (EMAIL + "{{ foo }}", None, "/text line 16: there is no variable `foo`"),
        (EMAIL + "{% for i in invoices %}" + "x" * 1000 + "{% endfor %}", None, "too much"),
    ],
)
def test_what_is_too_much_or_nothing(text: str, subject: str | None, said: str):
    [fault] = refused(text, subject=subject)
    assert said in fault


@pytest.mark.parametrize("error", [ValueError(), RecursionError(), SecurityError()])
def test_what_a_guard_stops_is_a_fault_too(monkeypatch: pytest.MonkeyPatch, error: Exception):
    """Whatever it may be that the grammar lets through and rendering doesn't."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Sandbox, "getattr", fail)
    [fault] = refused(EMAIL)
    assert fault == "/text can't be rendered (situation: overdue)"


def test_every_fault_of_text_and_subject_is_named_at_once():
    assert len(refused("Bitte zahlen", subject="{{ foo }}")) == 5


def test_the_number_of_segments_is_said():
    long = SMS + " Danke." * 80
    [fault] = refused(long, name=FIRST_SMS)
    assert f"segments, and at most {MOST_SEGMENTS} are allowed (situation: overdue)" in fault


def test_a_text_for_one_invoice_only_is_refused_with_the_situation():
    text = EMAIL.replace("{{ each.number }}, ", "")
    [fault] = refused(text)
    assert fault.endswith("(situation: several overdue)")
