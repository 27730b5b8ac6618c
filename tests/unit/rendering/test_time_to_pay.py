"""Until when to pay, in every message, language and body; and in creditors' own words, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.own_template import Words
from chalicelib.rendering.renderer import Renderer
from chalicelib.rendering.segments import segments
from tests.builders.templates import EMAIL, SMS
from tests.unit.rendering.samples import LANGUAGES, MESSAGES, flat, notice, visible

RENDERER = Renderer()
DAY = date(2026, 4, 7)
WRITTEN = {
    "en": "April 7, 2026",
    "de": "7. April 2026",
    "fr": "7 avril 2026",
    "es": "7 de abril de 2026",
}
NARROW = {"en": "Apr 7, 2026", "de": "07.04.2026", "fr": "7 avr. 2026", "es": "7 abr 2026"}
SAID = {
    "en": "your payment reaches us by",
    "de": "bei uns eingeht",
    "fr": "nous parvienne au plus tard le",
    "es": "nos llegue a más tardar el",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", MESSAGES)
def test_every_message_names_it_where_it_is_given(template: str, language: str):
    given = notice(template=template, locale=language, pay_by=DAY)
    email = RENDERER.email(given)
    for body in (flat(email.text), visible(email.html)):
        assert SAID[language] in body
        assert WRITTEN[language] in body
    text, without = RENDERER.sms(given), RENDERER.sms(replace(given, pay_by=None))
    assert NARROW[language] in text
    assert segments(text).segments <= segments(without).segments + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_names_one_that_is_not_given(language: str):
    email = RENDERER.email(notice(locale=language))
    assert SAID[language] not in flat(email.text) + visible(email.html)


def test_words_of_ones_own_that_leave_it_out_are_followed_by_it():
    own = {"de": Words(EMAIL, "Offen")}
    email = RENDERER.email(notice(locale="de", pay_by=DAY, words=own))
    assert flat(email.text).count(SAID["de"]) == visible(email.html).count(SAID["de"]) == 1
    assert email.text.startswith("Hallo")
    text = RENDERER.sms(notice(locale="de", pay_by=DAY, words={"de": Words(SMS)}))
    assert text.endswith("bei uns eingeht.")
