"""What every text message says, in every language: the same demand as the e-mail, in few words."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chalicelib.rendering.facts import notice_facts
from chalicelib.rendering.formats import Formats
from chalicelib.rendering.locales import reading
from chalicelib.rendering.renderer import Renderer
from chalicelib.rendering.segments import SmsLength, in_gsm7, segments
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
EVERY = pytest.mark.parametrize(
    ("template", "language", "case"),
    [(each, language, case) for each in MESSAGES for language in LANGUAGES for case in CASES],
)
FURTHER_STEPS = {
    "en": "further steps",
    "de": "weitere Schritte",
    "fr": "démarches",
    "es": "medidas",
}
OWN_WORDS = {"en": "invoice", "de": "Rechnung", "fr": "facture", "es": "factura"}


@EVERY
def test_holds_creditor_link_and_contact_on_one_line(template: str, language: str, case: str):
    text = RENDERER.sms(notice(*CASES[case], template=template, locale=language))
    assert text.startswith("Nordlicht GmbH")
    assert f" {PAY_URL} " in text
    assert text.endswith(" +49 30 1234567")
    assert OWN_WORDS[language] in text
    assert len(text.splitlines()) == 1


@EVERY
def test_asks_for_what_the_email_asks_for(template: str, language: str, case: str):
    message = notice(*CASES[case], template=template, locale=language)
    facts = notice_facts(message, Formats(reading(language).formats, narrow=True))
    mixed = 0 < facts.overdue < facts.count
    asked = facts.overdue_total if mixed else facts.one.remaining if facts.one else facts.total
    text, subject = RENDERER.sms(message), RENDERER.email(message).subject
    assert asked in text
    if mixed:
        assert facts.total not in text
        assert re.search(rf"\b{facts.overdue}\b.*\b{facts.count}\b", text)
    if mixed and template != "notice_final":
        assert re.search(rf"\b{facts.overdue}\b.*\b{facts.count}\b", subject)


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "final reminder for invoice R-1: 2 of 3 invoices overdue, total €2,380.00."),
        ("de", "letzte Mahnung zu Rechnung R-1: 2 von 3 Rechnungen überfällig, zusammen 2.380,00"),
        ("fr", "dernier rappel pour la facture R-1 : 2 factures échues sur 3, total 2 380,00 €."),
        ("es", "aviso final de la factura R-1: 2 facturas vencidas de 3, total 2.380,00 €."),
    ],
)
def test_final_message_names_what_is_overdue_the_longest(language: str, says: str):
    items = item("R-1", overdue=45), item("R-2", overdue=3), item("R-3", overdue=-3)
    assert says in RENDERER.sms(notice(*items, template="notice_final", locale=language))
    same_day = item("R-1", overdue=45), item("R-2", overdue=45), item("R-3", overdue=-3)
    assert "R-1" not in RENDERER.sms(notice(*same_day, template="notice_final", locale=language))


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "1 of 3 invoices overdue: R-1, €1,190.00."),
        ("de", "1 von 3 Rechnungen überfällig: R-1, 1.190,00 €."),
        ("fr", "1 facture échue sur 3 : R-1, 1 190,00 €."),
        ("es", "1 factura vencida de 3: R-1, 1.190,00 €."),
    ],
)
@pytest.mark.parametrize("template", MESSAGES)
def test_the_only_overdue_one_of_several_is_named(template: str, language: str, says: str):
    assert says in RENDERER.sms(notice(*CASES["bundle"], template=template, locale=language))


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


def test_marks_that_gsm7_lacks_are_taken_off_latin_names():
    text = RENDERER.sms(notice(creditor=replace(CREDITOR, name="Société Électrique du Rhône")))
    assert text.startswith("Société Électrique du Rhone, reminder")
    assert segments(text).encoding == "GSM-7"


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
    assert RENDERER.sms(notice(test_mode=True)).startswith("TEST Nordlicht GmbH, reminder: ")


def test_name_outside_gsm7_arrives_whole():
    text = RENDERER.sms(notice(creditor=replace(CREDITOR, name=f"{ARABIC} «Rhône» 🌙")))
    assert f"\u2068{ARABIC} «Rhône» 🌙\u2069" in text
    assert segments(text).encoding == "UCS-2"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Çelik Ağ İş A.Ş.", "Çelik Ag Is A.S."),
        ("Zakład Łódź", "Zaklad Lodz"),
        ("Công ty Điện lực", "Cong ty Dien luc"),
        ("Œuvre « ça »", 'OEuvre " ca "'),
        ("Col·legi n.º 1", "Col.legi n.o 1"),
        ("a\u0302 e\u0301", "a é"),
        ("Müller’s Å & Ø – ß", "Müller's Å & Ø - ß"),
        ("Свет «ô»", "Свет «ô»"),
        ("ΏΡΑ – é", "ΏΡΑ – é"),
        ("Café Rhône 🌙", "Café Rhône 🌙"),
        ("ô ≠ o", "ô ≠ o"),
    ],
)
def test_only_what_becomes_gsm7_as_a_whole_is_rewritten(typed: str, sent: str):
    assert in_gsm7(typed) == sent


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
