"""What was agreed, confirmed in every language: the same in both bodies, and short by SMS."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.confirmation import Agreed
from chalicelib.domain.money import Money
from chalicelib.domain.notice import Notice
from chalicelib.rendering.renderer import Renderer
from chalicelib.rendering.segments import segments
from tests.builders import EUR
from tests.unit.rendering.samples import LANGUAGES, PAY_URL, flat, notice, visible

RENDERER = Renderer()
DATES = (
    Agreed(date(2026, 4, 10), Money(600_00, EUR)),
    Agreed(date(2026, 4, 30), Money(590_00, EUR)),
)
LINES = {
    "en": "By April 10, 2026: €600.00",
    "de": "Bis 10. April 2026: 600,00 €",
    "fr": "Au plus tard le 10 avril 2026 : 600,00 €",
    "es": "A más tardar el 10 de abril de 2026: 600,00 €",
}
NOTED = {
    "en": "we have noted",
    "de": "haben wir notiert",
    "fr": "avons noté",
    "es": "hemos anotado",
}


def a_confirmation(language: str, **facts: object) -> Notice:
    return notice(template="promise_confirmed", locale=language, agreed=DATES, **facts)


def spaced(text: str) -> str:
    return flat(text.replace("\u202f", " ").replace("\u00a0", " "))


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_bodies_say_each_date_and_how_to_pay_and_object(language: str):
    confirmation = a_confirmation(language)
    email = RENDERER.email(confirmation)
    for body in (spaced(email.text), spaced(visible(email.html))):
        assert NOTED[language] in body
        assert LINES[language] in body
        assert confirmation.items[0].number in body
        assert confirmation.creditor.reply_to in body
    assert PAY_URL in email.text
    assert f'href="{PAY_URL}"' in email.html
    assert confirmation.creditor.name in email.subject
    assert "\n" not in email.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_message_says_the_same(language: str):
    text = RENDERER.sms(a_confirmation(language))
    assert "600" in text
    assert "590" in text
    assert PAY_URL in text
    assert "\n" not in text
    assert segments(text).segments <= 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_test_is_marked_and_a_nameless_customer_is_greeted(language: str):
    confirmation = a_confirmation(language, test_mode=True, customer_name="")
    assert RENDERER.email(confirmation).subject.startswith("[TEST] ")
    assert RENDERER.sms(confirmation).startswith("TEST ")
    assert " ," not in RENDERER.email(confirmation).text


def test_names_are_escaped_where_they_would_be_markup():
    email = RENDERER.email(a_confirmation("en", customer_name="<b>Bobby</b>"))
    assert "<b>Bobby" not in email.html


INSTALMENT = (Agreed(date(2026, 4, 10), Money(600_00, EUR)),)
STATES = {
    "en": {-3: "is due on", 0: "is due today", 3: "is late"},
    "de": {-3: "ist am", 0: "ist heute fällig", 3: "fehlt noch"},
    "fr": {-3: "est attendu le", 0: "aujourd’hui", 3: "en retard"},
    "es": {-3: "vence el", 0: "vence hoy", 3: "está pendiente"},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("days", [-3, 0, 3])
def test_an_instalment_is_asked_for_as_it_stands(language: str, days: int):
    [item] = notice().items
    about = notice(
        template="instalment",
        locale=language,
        agreed=INSTALMENT,
        items=(replace(item, days_overdue=days),),
    )
    email = RENDERER.email(about)
    assert STATES[language][days] in spaced(email.subject)
    others = {state for each, state in STATES[language].items() if each != days}
    assert not [state for state in others if state in spaced(email.subject)]
    [line] = {each for each in ("€600.00", "600,00 €") if each in spaced(email.text)}
    for body in (spaced(visible(email.html)), spaced(RENDERER.sms(about))):
        assert line in body
    assert f'href="{PAY_URL}"' in email.html
    assert PAY_URL in RENDERER.sms(about)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_is_confirmed_with_each_of_its_instalments(language: str):
    confirmation = notice(template="plan_confirmed", locale=language, agreed=DATES)
    email = RENDERER.email(confirmation)
    for body in (spaced(email.text), spaced(visible(email.html))):
        assert LINES[language] in body
        assert confirmation.items[0].number in body
    assert RENDERER.sms(confirmation).count("600") == 1


ONE = (Agreed(date(2026, 4, 10), Money(600_00, EUR)),)
DAYS = {
    "en": "April 10, 2026",
    "de": "10. April 2026",
    "fr": "10 avril 2026",
    "es": "10 de abril de 2026",
}
AMOUNTS = {"en": "€600.00", "de": "600,00 €", "fr": "600,00 €", "es": "600,00 €"}
OBJECTED = {"en": "objection", "de": "Einwand", "fr": "contestation", "es": "reclamación"}
SINGLE = ("hold_confirmed", "dispute_confirmed", "dispute_credited", "dispute_closed")


@pytest.mark.parametrize("template", SINGLE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_held_or_disputed_is_told_with_its_day_and_amount(language: str, template: str):
    confirmation = notice(template=template, locale=language, agreed=ONE)
    [item] = confirmation.items
    email, sms = RENDERER.email(confirmation), RENDERER.sms(confirmation)
    for text in (spaced(email.text), spaced(visible(email.html))):
        assert DAYS[language] in text
        assert AMOUNTS[language] in text
        assert confirmation.creditor.reply_to in text
    for text in (email.text, email.html, email.subject, sms):
        assert item.number in text
    assert (OBJECTED[language] in email.text) is (template != "hold_confirmed")
    assert PAY_URL in email.text
    assert f'href="{PAY_URL}"' in email.html
    assert "600" in sms
    assert PAY_URL in sms
    assert "\n" not in sms
    assert segments(sms).segments <= 4
