"""Names that try to break out, and names that must arrive as they were written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.rendering.hygiene import isolate, one_line, web_address
from chalicelib.rendering.renderer import Renderer
from tests.unit.rendering.samples import (
    ARABIC,
    CREDITOR,
    LANGUAGES,
    MESSAGES,
    item,
    notice,
    page,
    page_invoice,
)

RENDERER = Renderer()
SCRIPT = '<script>alert("x")</script>&amp;'
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0631\u0645"
"""Two parts that a zero-width non-joiner keeps apart."""
FAMILY = "Café 👩‍👩‍👧‍👦 Müller"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", MESSAGES)
def test_html_is_escaped_everywhere(template: str, language: str):
    evil = replace(
        CREDITOR,
        name=SCRIPT,
        reply_to=f'"{SCRIPT}"@x.example',
        phone=SCRIPT,
        address=(SCRIPT,),
        website=f"https://x.example/{SCRIPT}",
        bank=replace(CREDITOR.bank, account_holder=SCRIPT, iban=SCRIPT, bic=SCRIPT),
    )
    hostile = notice(
        item(SCRIPT),
        item("R-2"),
        template=template,
        locale=language,
        creditor=evil,
        customer_name=SCRIPT,
        pay_url=f'https://x.example/"{SCRIPT}',
    )
    email = RENDERER.email(hostile)
    assert "<script" not in email.html
    assert '"https://x.example/"' not in email.html
    assert "<bdi>&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;&amp;amp;</bdi>" in email.html
    assert SCRIPT in email.text


def test_html_is_escaped_on_the_page():
    evil = replace(CREDITOR, name=SCRIPT, phone=SCRIPT, address=(SCRIPT,))
    markup = RENDERER.page(
        page(
            page_invoice(SCRIPT, id=f'"{SCRIPT}', pdf_url=f'https://x.example/"{SCRIPT}'),
            creditor=evil,
            customer_name=SCRIPT,
            form_action=f'"{SCRIPT}',
            notice=SCRIPT,
        )
    )
    assert "<script" not in markup
    assert "&lt;script&gt;" in markup


@pytest.mark.parametrize(
    "name", ["Evil\r\nBcc: all@x.example", "Evil\u2028Bcc: a", "Evil\x85Bcc: a", "Evil\x0bBcc: a"]
)
def test_line_breaks_never_reach_a_subject(name: str):
    for template in MESSAGES:
        message = notice(
            item(name), template=template, creditor=replace(CREDITOR, name=name), customer_name=name
        )
        email = RENDERER.email(message)
        assert len(email.subject.splitlines()) == 1
        assert email.subject.isprintable()
        assert "Evil Bcc: a" in email.subject
        assert "\nBcc" not in email.text


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("  a \t b\n", "a b"),
        ("a\x00b\x1bc\x7fd", "abcd"),
        ("invoice \u202e10.00", "invoice 10.00"),
        ("\u2068a\u2069", "a"),
        ("a\ud800b", "ab"),
        (FAMILY, FAMILY),
        (PERSIAN, PERSIAN),
        ("a\u00a0b", "a b"),
    ],
)
def test_a_name_becomes_one_clean_line(typed: str, clean: str):
    assert one_line(typed) == clean


def test_right_to_left_names_are_isolated():
    email = RENDERER.email(notice(customer_name=ARABIC))
    assert f"Dear <bdi>{ARABIC}</bdi>," in email.html
    assert f"Dear \u2068{ARABIC}\u2069," in email.text
    assert isolate("Muster KG") == "Muster KG"


def test_right_to_left_creditor_keeps_the_subject_in_order():
    subject = RENDERER.email(notice(creditor=replace(CREDITOR, name=ARABIC))).subject
    assert subject == f"Payment reminder: invoice R-2026-0001 from \u2068{ARABIC}\u2069"


def test_emoji_arrive_intact():
    email = RENDERER.email(notice(customer_name=FAMILY, creditor=replace(CREDITOR, name=FAMILY)))
    assert FAMILY in email.subject
    assert FAMILY in email.text
    assert FAMILY in email.html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://x", "", None])
def test_only_addresses_of_the_web_become_links(url: str | None):
    assert web_address(url) is None
    markup = RENDERER.page(page(page_invoice("R-1", pdf_url=url)))
    assert "PDF" not in markup
    assert "javascript:" not in markup
