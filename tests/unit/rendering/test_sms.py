"""Every text message, in every language, within two segments; and the counting of segments."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.rendering.renderer import Renderer
from chalicelib.rendering.segments import SmsLength, segments
from tests.unit.rendering.samples import (
    ARABIC,
    CASES,
    CREDITOR,
    LANGUAGES,
    MESSAGES,
    PAY_URL,
    item,
    notice,
)

RENDERER = Renderer()
FURTHER_STEPS = {
    "en": "further steps",
    "de": "weitere Schritte",
    "fr": "démarches",
    "es": "medidas",
}
OWN_WORDS = {"en": "invoice", "de": "Rechnung", "fr": "facture", "es": "factura"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", MESSAGES)
@pytest.mark.parametrize("case", [case for case in CASES if case != "yen and dinar"])
def test_is_short_and_holds_amount_creditor_link_and_contact(
    template: str, language: str, case: str
):
    message = notice(*CASES[case], template=template, locale=language)
    text = RENDERER.sms(message)
    assert segments(text).encoding == "GSM-7"
    assert segments(text).segments <= 2
    assert "Nordlicht GmbH" in text
    assert f" {PAY_URL} " in text
    assert "? +49 30 1234567" in text
    assert OWN_WORDS[language] in text
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize(
    ("locale", "amount", "due"),
    [
        ("en", "€1,190.00", "was due on Mar 5, 2026."),
        ("de", "1.190,00 €", "fällig seit 05.03.2026."),
        ("fr", "1 190,00 €", "échue le 5 mars 2026."),
        ("es", "1.190,00 €", "vencida el 5 mar 2026."),
        ("de-CH", "EUR 1'190.00", "fällig seit 05.03.2026."),
    ],
)
def test_formats_are_the_locale_s_in_plain_characters(locale: str, amount: str, due: str):
    text = RENDERER.sms(notice(locale=locale))
    assert amount in text
    assert due in text


def test_month_outside_gsm7_is_written_as_a_number():
    august = replace(item(), due_date=item().due_date.replace(month=8))
    text = RENDERER.sms(notice(august, locale="fr"))
    assert "échue le 05/08/2026." in text
    assert segments(text).encoding == "GSM-7"


def test_without_a_phone_the_address_is_named():
    text = RENDERER.sms(notice(creditor=replace(CREDITOR, phone=None)))
    assert text.endswith("Questions? buchhaltung@nordlicht.example")


@pytest.mark.parametrize("language", LANGUAGES)
def test_further_steps_are_announced_only_where_something_is_overdue(language: str):
    hint = FURTHER_STEPS[language]
    assert hint in RENDERER.sms(notice(template="notice_final", locale=language))
    early = notice(item(overdue=-2), template="notice_final", locale=language)
    assert hint not in RENDERER.sms(early)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", [each for each in MESSAGES if each != "notice_final"])
def test_no_other_message_than_the_final_one_announces_further_steps(template: str, language: str):
    assert FURTHER_STEPS[language] not in RENDERER.sms(notice(template=template, locale=language))


@pytest.mark.parametrize("template", ["reminder_third", "notice_final"])
def test_a_german_message_is_called_mahnung_only_where_something_is_overdue(template: str):
    assert "Mahnung" in RENDERER.sms(notice(template=template, locale="de"))
    early = notice(item(overdue=-2), template=template, locale="de")
    assert "Mahnung" not in RENDERER.sms(early)


def test_test_mode_is_marked():
    assert RENDERER.sms(notice(test_mode=True)).startswith("TEST Reminder from")


def test_name_outside_gsm7_arrives_whole():
    text = RENDERER.sms(notice(creditor=replace(CREDITOR, name=f"{ARABIC} 🌙")))
    assert f"\u2068{ARABIC} 🌙\u2069" in text
    assert segments(text).encoding == "UCS-2"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", SmsLength("GSM-7", 0, 1)),
        ("a" * 160, SmsLength("GSM-7", 160, 1)),
        ("a" * 161, SmsLength("GSM-7", 161, 2)),
        ("a" * 306, SmsLength("GSM-7", 306, 2)),
        ("a" * 307, SmsLength("GSM-7", 307, 3)),
        ("€" * 80, SmsLength("GSM-7", 160, 1)),
        # 153 is odd: an escape pair that would be cut moves to the next part whole.
        ("€" * 153, SmsLength("GSM-7", 306, 3)),
        ("a" + "€" * 152, SmsLength("GSM-7", 305, 2)),
        ("{}[]~\\|^€\f", SmsLength("GSM-7", 20, 1)),
        ("Äß¿ñ@Δ", SmsLength("GSM-7", 6, 1)),
        ("ç", SmsLength("UCS-2", 1, 1)),
        ("ж" * 70, SmsLength("UCS-2", 70, 1)),
        ("ж" * 71, SmsLength("UCS-2", 71, 2)),
        ("ж" * 134, SmsLength("UCS-2", 134, 2)),
        ("ж" * 135, SmsLength("UCS-2", 135, 3)),
        ("🌙" * 35, SmsLength("UCS-2", 70, 1)),
        # 67 is odd: a surrogate pair that would be cut moves to the next part whole.
        ("🌙" * 67, SmsLength("UCS-2", 134, 3)),
        ("ж" + "🌙" * 66, SmsLength("UCS-2", 133, 2)),
    ],
)
def test_segments_are_counted_as_networks_count_them(text: str, length: SmsLength):
    assert segments(text) == length
