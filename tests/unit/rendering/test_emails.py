"""Every e-mail, in every language, about every mix of invoices."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.sequence import Do
from chalicelib.rendering.renderer import Renderer, UnknownTemplateError
from tests.builders import JPY, KWD
from tests.unit.rendering.samples import (
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

RENDERER = Renderer()

EVERY = pytest.mark.parametrize(
    ("template", "language", "case"),
    [(each, language, case) for each in MESSAGES for language in LANGUAGES for case in CASES],
)

# What only this language says, in every message: greeting, total or bank, thanks, contact.
OWN_PHRASES = {
    "en": ("Dear", "Pay now", "already paid", "Kind regards", "Reference"),
    "de": ("Guten Tag", "Jetzt bezahlen", "bereits gezahlt", "Mit freundlichen", "Verwendungszw"),
    "fr": ("Bonjour", "Payer maintenant", "déjà réglé", "Cordialement", "Référence"),
    "es": ("A la atención", "Pagar ahora", "ya ha pagado", "Atentamente", "Concepto"),
}
BUTTON_FAILS = {
    "en": "If the button doesn’t work, copy this address into your browser",
    "de": "Falls die Schaltfläche nicht funktioniert kopieren Sie diese Adresse in Ihren Browser",
    "fr": "Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur",
    "es": "Si el botón no funciona, copie esta dirección en su navegador",
}
ENGLISH = re.compile(
    r"\b(the|invoice|invoices|due|overdue|please|payment|today|tomorrow|days|your|paid|with|or)\b",
    re.IGNORECASE,
)


@EVERY
def test_holds_what_a_customer_needs(template: str, language: str, case: str):
    items = CASES[case]
    email = RENDERER.email(notice(*items, template=template, locale=language))
    for body in (flat(email.text), visible(email.html)):
        for each in items:
            assert each.number in body
        assert PAY_URL in body
        assert "DE89 3704 0044 0532 0130 00" in body
        assert CREDITOR.reply_to in body
        assert "+49 30 1234567" in body
        assert "20457 Hamburg" in body
        for phrase in OWN_PHRASES[language]:
            assert phrase in body
    assert f'href="{PAY_URL}"' in email.html
    assert f'<html lang="{language}" dir="ltr">' in email.html


@EVERY
def test_text_and_html_say_the_same(template: str, language: str, case: str):
    email = RENDERER.email(notice(*CASES[case], template=template, locale=language))
    seen = visible(email.html)
    prose = [flat(each) for each in email.text.split("\n\n") if each.endswith((".", ",", ":"))]
    assert len(prose) >= 4
    for paragraph in prose:
        assert paragraph in seen
    # The HTML alone says what to do if its button fails; besides, no word is in one of them only.
    assert _words(email.text) - _words(seen) == set()
    assert _words(seen) - _words(email.text) <= _words(BUTTON_FAILS[language])


@EVERY
def test_subject_is_one_trustworthy_line(template: str, language: str, case: str):
    items = CASES[case]
    subject = RENDERER.email(notice(*items, template=template, locale=language)).subject
    assert "\n" not in subject
    assert re.sub("[\u00a0\u202f]", " ", subject) == flat(subject)
    assert "Nordlicht GmbH" in subject
    late = max(each.days_overdue for each in items)
    oldest = [each for each in items if each.days_overdue == late]
    named = any(each.number in subject for each in items)
    assert named or re.search(rf"\b({len(items)}|{len(oldest)}) \w+", subject)
    assert "TEST" not in subject


@pytest.mark.parametrize("language", ["de", "fr", "es"])
@pytest.mark.parametrize("template", MESSAGES)
@pytest.mark.parametrize("case", CASES)
def test_no_english_is_left_over(template: str, language: str, case: str):
    email = RENDERER.email(notice(*CASES[case], template=template, locale=language))
    assert ENGLISH.findall(email.subject + email.text.replace("(PDF)", "")) == []
    assert ENGLISH.findall(visible(email.html)) == []


def test_every_language_has_every_message():
    folders = {each.name: {kind.name for kind in each.iterdir()} for each in _folders("email")}
    assert set(folders) == set(MESSAGES) == RENDERER.messages("email")
    assert all(languages == set(LANGUAGES) for languages in folders.values())


def test_default_sequence_finds_its_messages():
    for step in DEFAULT.steps:
        if step.do in {Do.EMAIL, Do.SMS}:
            assert step.template in RENDERER.messages(step.do.value)


@pytest.mark.parametrize("name", ["absent", "../email/notice_due", "_layout", "", "Notice_due"])
def test_unknown_message_is_refused(name: str):
    with pytest.raises(UnknownTemplateError):
        RENDERER.email(notice(template=name))


@pytest.mark.parametrize(
    ("locale", "amount", "due"),
    [
        ("en", "€1,190.00", "March 5, 2026"),
        ("en-GB", "€1,190.00", "5 March 2026"),
        ("de", "1.190,00\u00a0€", "5. März 2026"),
        ("de_AT", "€\u00a01.190,00", "5. März 2026"),
        ("de-CH", "EUR\u00a01’190.00", "5. März 2026"),
        ("fr", "1\u202f190,00\u00a0€", "5 mars 2026"),
        ("es-MX", "EUR\u00a01,190.00", "5 de marzo de 2026"),
        ("it-IT", "1.190,00\u00a0€", "5 March 2026"),
        ("ja-JP", "€1,190.00", "March 5, 2026"),
        ("nonsense", "€1,190.00", "March 5, 2026"),
    ],
)
def test_amounts_and_dates_are_written_as_the_locale_writes_them(
    locale: str, amount: str, due: str
):
    email = RENDERER.email(notice(locale=locale))
    for body in (email.text, email.html):
        assert amount in body
        assert due in body


def test_currencies_keep_their_digits_and_are_never_added_up():
    items = (item("R-1", of=JPY), item("R-2", amount=1_234_567, of=KWD), item("R-3"))
    text = RENDERER.email(notice(*items, locale="de")).text
    assert "119.000\u00a0¥" in text
    assert "1.234,567\u00a0KWD" in text
    total = "119.000\u00a0¥, 1.234,567\u00a0KWD und 1.190,00\u00a0€"
    assert f"Zu zahlen insgesamt: {total}" in text


def test_partly_paid_invoice_shows_both_amounts():
    email = RENDERER.email(notice(item(remaining=50_000)))
    assert "To pay: €500.00 (of €1,190.00)" in email.text
    assert "€500.00 of €1,190.00" in visible(email.html)
    assert "Please arrange payment of €500.00" in email.text


@pytest.mark.parametrize(
    ("overdue", "says"),
    [
        (-5, "is due on March 22, 2026, in 5 days."),
        (-1, "is due tomorrow, March 18, 2026."),
        (0, "is due today, March 17, 2026."),
        (1, "was due on March 16, 2026 and is now 1 day overdue."),
        (12, "was due on March 5, 2026 and is now 12 days overdue."),
    ],
)
@pytest.mark.parametrize("template", MESSAGES)
def test_each_message_tells_the_state_as_it_is(template: str, overdue: int, says: str):
    text = RENDERER.email(notice(item(overdue=overdue), template=template)).text
    assert says in text
    claims_lateness = "overdue" in text or "further steps" in text
    assert claims_lateness == (overdue > 0)


def test_bundle_asks_for_the_overdue_part_only():
    text = RENDERER.email(notice(*CASES["bundle"], template="notice_final")).text
    assert "€1,690.00 and $1,190.00 in total: 1 is overdue, 1 is due today, and 1 is not" in text
    assert "Please pay the overdue amount of €1,190.00 immediately." in text


def test_final_reminder_names_those_that_are_overdue_the_longest():
    email = RENDERER.email(notice(*CASES["two overdue"], template="notice_final"))
    assert email.subject == "Final reminder: invoice R-2 from Nordlicht GmbH"
    assert "This is our final reminder for invoice R-2." in email.text


def test_german_default_is_claimed_only_where_something_is_overdue():
    late = RENDERER.email(notice(template="notice_final", locale="de")).text
    early = RENDERER.email(notice(item(overdue=-1), template="notice_final", locale="de")).text
    assert "Spätestens mit Zugang dieser Mahnung sind Sie mit dem überfälligen Betrag" in late
    assert "Verzug" not in early
    assert "Mahnung" not in early


@pytest.mark.parametrize("language", LANGUAGES)
def test_test_mode_marks_subject_and_bodies(language: str):
    email = RENDERER.email(notice(locale=language, test_mode=True))
    assert email.subject.startswith("[TEST] ")
    assert email.text.startswith("*** TEST – ")
    assert "TEST – " in visible(email.html)


def test_a_creditor_without_bank_phone_and_website_leaves_no_gap():
    bare = replace(CREDITOR, bank=None, phone=None, website=None, address=())
    for language in LANGUAGES:
        email = RENDERER.email(notice(locale=language, creditor=bare, customer_name=""))
        assert "IBAN" not in email.text + email.html
        assert "None" not in email.text + email.html
        assert CREDITOR.reply_to in email.text


def test_long_list_of_numbers_is_no_transfer_reference():
    text = RENDERER.email(notice(*CASES["thirty"])).text
    assert "Reference: the invoice numbers listed above" in text


def _words(text: str) -> set[str]:
    without_links = re.sub(r"https?://\S+", "", flat(text))
    return set(re.findall(r"[\w@€$¥.,’-]*\w", without_links))


def _folders(channel: str):
    return [each for each in (RENDERER.folder / channel).iterdir() if each.name[0] != "_"]


@pytest.mark.parametrize(
    ("language", "country"),
    [("en", "Germany"), ("de", "Deutschland"), ("fr", "Allemagne"), ("es", "Alemania")],
)
def test_the_creditors_address_ends_with_its_country_as_the_reader_calls_it(
    language: str, country: str
):
    email = RENDERER.email(notice(locale=language))
    assert f"20457 Hamburg\n{country}\n" in email.text
    assert f"20457 Hamburg {country} " in visible(email.html)
