"""A message says what is asked for, and that what is disputed is set aside, in every language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.money import Money
from chalicelib.domain.own_template import Words
from chalicelib.rendering.renderer import Renderer
from tests.builders import EUR, USD
from tests.unit.rendering.letters import content
from tests.unit.rendering.samples import LANGUAGES, MESSAGES, item, notice

SAID = {
    "en": ("In dispute, set aside: €300.00", "do not need to pay it for now"),
    "de": ("Strittig, zurückgestellt: 300,00 €", "brauchen ihn vorerst nicht zu bezahlen"),
    "fr": ("Contesté, mis en attente : 300,00 €", "n’avez pas à le régler pour le moment"),
    "es": ("En disputa, apartado: 300,00 €", "por ahora, no tiene que pagarlo"),
}
IN_SMS = {
    "en": "Not included: €300.00 in dispute.",
    "de": "Nicht enthalten: 300,00 €, strittig.",
    "fr": "Non compris : 300,00 € en litige.",
    "es": "No incluye 300,00 € en disputa.",
}
PARTLY = replace(item(amount=119_000, remaining=89_000), disputed=Money(300_00, EUR))
OWN = Words(
    "{{ customer }}: {{ numbers }}: {{ total }} {{ pay_url }} {{ creditor.email }}", "{{ total }}"
)
OWN_SMS = Words("{{ creditor.name }}: {{ total }} {{ pay_url }} {{ creditor.contact }}")


def plain(text: str) -> str:
    """Return a text with spaces of any width as plain ones."""
    return " ".join(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_says_it(message: str, language: str):
    renderer = Renderer()
    for items in ((PARTLY,), (PARTLY, item("R-2"))):
        content = renderer.email(notice(*items, template=message, locale=language))
        for body in (content.text, content.html):
            assert all(plain(each) in plain(body) for each in SAID[language])
        sms = renderer.sms(notice(*items, template=message, locale=language))
        assert plain(sms).endswith(IN_SMS[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_else_hears_of_disputes(language: str):
    content = Renderer().email(notice(locale=language))

    assert not any(plain(each) in plain(content.text) for each in SAID[language])
    assert not Renderer().sms(notice(locale=language)).endswith(IN_SMS[language])


def test_sums_are_of_what_is_asked_for():
    text = plain(Renderer().email(notice(PARTLY, item("R-2", amount=100_00))).text)

    assert "Total to pay: €990.00" in text
    assert "€1,290.00" not in text


def test_what_is_disputed_is_summed_up_by_currency():
    dollars = replace(item("R-2", of=USD), disputed=Money(5_00, USD))
    text = plain(Renderer().email(notice(PARTLY, dollars)).text)

    assert "An amount of €300.00 and $5.00 is in dispute." in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_words_are_followed_by_it(language: str):
    mail = notice(PARTLY, locale=language, words={language: OWN})
    content = Renderer().email(mail)

    assert plain("Muster KG: R-2026-0001") in plain(content.text)
    for body in (content.text, content.html):
        assert plain(SAID[language][1]) in plain(body)
    sms = Renderer().sms(notice(PARTLY, locale=language, words={language: OWN_SMS}))
    assert plain(sms).startswith("Nordlicht GmbH: ")
    assert plain(sms).endswith(IN_SMS[language])


def test_own_words_can_say_it_themselves():
    words = Words(f"{OWN.text} {{{{ disputed_total }}}} {{{{ invoice.disputed }}}}", "x")
    content = Renderer().email(notice(PARTLY, words={"en": words}))

    assert "€300.00 €300.00" in plain(content.text)


def test_a_letter_has_a_column_of_it():
    words = content(notice(PARTLY, item("R-2")))
    table = words["table"]

    assert SAID["en"][1] in words["opening"]
    assert table["heads"][-3:] == ["Amount", "In dispute", "Open"]
    assert table["rows"][0][-3:] == ["€1,190.00", "€300.00", "€890.00"]
    assert table["rows"][1][-3:] == ["€1,190.00", "€0.00", "€1,190.00"]
    assert table["totals"] == ["€2,080.00"]
