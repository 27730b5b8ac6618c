"""Messages in creditors' own words: what they say, and when the built-in ones are sent instead."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.bundle import LARGEST_BUNDLE
from chalicelib.domain.creditor import BankDetails
from chalicelib.domain.own_template import TemplateName, Words
from chalicelib.domain.sample_notices import samples
from tests.builders import KWD
from tests.builders.templates import EMAIL, SMS
from tests.unit.rendering.own_texts import FIRST, RENDERER, own, refused, told_of
from tests.unit.rendering.samples import (
    ARABIC,
    CASES,
    CREDITOR,
    LANGUAGES,
    MESSAGES,
    PAY_URL,
    flat,
    item,
    notice,
    visible,
)


def test_the_words_are_the_creditors_and_the_frame_is_ours():
    email = RENDERER.email(own(subject="From {{ creditor.name }}: {{ total }}"))
    assert email.subject == "From Nordlicht GmbH: €1,190.00"
    body, _, foot = email.text.partition("\n-- \n")
    assert body == (
        "Hallo Muster KG,\n\n"
        "die Rechnung R-2026-0001 vom February 3, 2026 war am March 5, 2026 fällig.\n"
        f"Offen: €1,190.00.\n\n{PAY_URL}\n\nEinwände? buchhaltung@nordlicht.example\n"
    )
    assert foot.startswith("Nordlicht GmbH\nHafenstraße 12\n20457 Hamburg\nGermany\n")
    assert "You are receiving this e-mail because" in foot
    assert told_of(own()) == []


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_text_and_html_say_the_same(case: tuple[object, ...]):
    email = RENDERER.email(own(*case))
    said = flat(email.text.partition("\n-- \n")[0]).replace(PAY_URL, "").split()
    seen = visible(email.html)
    assert [word for word in said if word not in seen] == []
    assert email.html.count(f'href="{PAY_URL}"') == 2  # the button, and the address beneath it


def test_a_link_within_a_paragraph_is_a_link_there():
    text = EMAIL.replace("\n{{ pay_url }}\n", "Zahlen: {{ pay_url }} (sicher)")
    email = RENDERER.email(own(text=text))
    assert f'Zahlen: <a href="{PAY_URL}">{PAY_URL}</a> (sicher)' in email.html
    assert "Pay now" not in email.html


def test_what_others_typed_is_escaped_once_and_keeps_its_order():
    hostile = '<img src=x onerror=alert(1)>"&{{ total }}'
    email = RENDERER.email(own(item("R<b>1</b>"), customer_name=hostile))
    assert "&lt;img src=x onerror=alert(1)&gt;&#34;&amp;{{ total }}," in email.html
    assert "R&lt;b&gt;1&lt;/b&gt;" in email.html
    assert f"Hallo {hostile}," in email.text
    arabic = RENDERER.email(own(customer_name=ARABIC))
    assert f"Hallo \u2068{ARABIC}\u2069," in arabic.text


def test_marks_of_amounts_are_never_seen_and_never_brought_along():
    email = RENDERER.email(own(customer_name="M\ue000uster\ue001", subject="{{ total }}"))
    assert not re.search("[\ue000\ue001]", email.subject + email.text + email.html)
    assert "Hallo Muster," in email.text


MARKED = "9\ue000\ue001"


@pytest.mark.parametrize(
    "marked",
    [
        {"reply_to": f"a{MARKED}@nordlicht.example"},
        {"phone": f"+49 30{MARKED}"},
        {"website": f"https://nordlicht.example/{MARKED}"},
        {"bank": BankDetails("N", f"DE8937040044{MARKED}", f"COBADE{MARKED}")},
        {},
    ],
)
def test_no_fact_brings_marks_along(marked: dict[str, Any]):
    names = ("email", "phone", "contact", "website", "iban", "bic")
    facts = ["reference", *(f"creditor.{name}" for name in names)]
    text = EMAIL + "".join(f" {{{{ {fact} }}}};" for fact in facts)
    number = "R-9" if marked else f"R-{MARKED}"
    about = own(item(number), text=text, creditor=replace(CREDITOR, **marked))
    assert told_of(about) == []
    assert " R-9;" in RENDERER.email(about).text


def test_without_a_subject_it_is_the_built_in_one_and_a_test_says_so():
    email = RENDERER.email(own(test_mode=True))
    builtin = RENDERER.email(notice(test_mode=True))
    assert email.subject == builtin.subject
    assert email.subject.startswith("[TEST] ")
    assert email.text.startswith("*** TEST")
    assert "this message is a test" in email.html


def test_an_sms_is_one_line_in_plain_letters():
    text = "{{ creditor.name }}:\n{{ total }} – offen…\n{{ pay_url }}\n{{ creditor.contact }}"
    sms = RENDERER.sms(own(text=text, test_mode=True))
    assert sms == f"TEST Nordlicht GmbH: €1,190.00 - offen... {PAY_URL} +49 30 1234567"


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("Žilina · Łódź Energia", "Zilina . Lodz Energia"),
        ("O\N{RIGHT SINGLE QUOTATION MARK}Neill & Œuvre", "O'Neill & OEuvre"),
        (ARABIC, ARABIC),
    ],
)
@pytest.mark.parametrize("written", ["{{ creditor.name }}", "{{ creditor.name|upper }}"])
def test_an_sms_names_a_creditor_whose_letters_gsm_7_lacks(name: str, read: str, written: str):
    text = SMS.replace("{{ creditor.name }}", written)
    creditor = replace(CREDITOR, name=name, phone="030\N{EN DASH}1234567, Łódź")
    about = own(text=text, creditor=creditor)
    assert told_of(about, "sms") == []
    assert read.casefold() in RENDERER.sms(about).casefold()


def test_another_languages_own_words_are_not_used():
    assert RENDERER.email(replace(own(), locale="de")) == RENDERER.email(notice(locale="de"))


def test_a_country_reads_its_language_in_its_own_formats():
    swiss = replace(own(), words={"de": Words(EMAIL)}, locale="de-CH")
    assert "1\N{RIGHT SINGLE QUOTATION MARK}190.00." in RENDERER.email(swiss).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", MESSAGES)
def test_the_same_text_can_be_stored_for_any_message(message: str, language: str):
    for channel, text in (("email", EMAIL), ("sms", SMS)):
        name = TemplateName(message, channel, language)
        assert refused(text, name=name) == []


def test_a_message_about_the_largest_bundle_is_told_in_own_words():
    items = [item(f"INV-{number}", overdue=number) for number in range(LARGEST_BUNDLE)]
    email = RENDERER.email(own(*items))
    assert told_of(own(*items)) == []
    assert all(f"- INV-{number}, " in email.text for number in range(LARGEST_BUNDLE))


def test_what_a_customer_is_called_can_bring_the_built_in_text_and_loses_no_message():
    phisher = own(customer_name="Pay at https://evil.example")
    assert RENDERER.email(phisher) == RENDERER.email(replace(phisher, words={}))
    assert told_of(phisher) == [("reminder_first/email/en", "link")]


def test_words_that_a_guard_should_have_refused_give_way_too():
    for text in ("{{ 'a' * 10**9 }}", "{% set x = 1 %}", "{{ foo", "{{ ''.__class__ }}"):
        assert RENDERER.email(own(text=text)) == RENDERER.email(notice())
        assert [code for _, code in told_of(own(text=text))] == ["grammar"]


def test_digits_of_the_currency_are_kept():
    assert (
        "Offen: KWD\N{NO-BREAK SPACE}1,234.567."
        in RENDERER.email(own(item(amount=1_234_567, of=KWD))).text
    )


def test_every_text_has_a_name_and_a_source():
    names = RENDERER.names()
    assert len(names) == len(set(names)) == 2 * len(MESSAGES) * len(LANGUAGES)
    for name in names:
        words = RENDERER.builtin(name)
        assert words.text
        assert (words.subject is None) == (name.channel == "sms")


def test_samples_have_every_situation_of_the_creditor():
    found = samples(CREDITOR, FIRST, None)
    assert len({each.situation for each in found}) == len(found)
    states = {
        tuple(sorted({min(1, max(-1, each.days_overdue)) for each in sample.notice.items}))
        for sample in found
    }
    assert {(-1,), (0,), (1,), (-1, 0, 1)} <= states
    creditors = [each.notice.creditor for each in found]
    assert CREDITOR in creditors
    assert any(each.phone is None for each in creditors)
