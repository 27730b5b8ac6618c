"""Characters that stand for many: a text is judged as seen, and at about the length that it has."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from chalicelib.rendering.own.demands import LONGEST_FOLD, folded
from tests.builders.templates import EMAIL
from tests.unit.rendering.own_texts import own, refused, told_of

PHRASE = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"
RADIANS = "\N{SQUARE RAD OVER S SQUARED}"
EVERY = (chr(each) for each in range(sys.maxunicode + 1))
WHOLES = {each: unicodedata.normalize("NFKC", each) for each in EVERY}
MANY = [each for each, whole in WHOLES.items() if len(whole) > 1]


def test_no_character_makes_what_is_judged_many_times_as_long():
    assert max(map(len, WHOLES.values())) == len(WHOLES[PHRASE]) == 18
    for each in MANY:
        assert len(folded(each * 50)) <= 50 * LONGEST_FOLD, ascii(each)


def test_what_is_left_out_of_a_character_could_touch_no_amount():
    shortened = {each: WHOLES[each] for each in MANY if folded(each) != WHOLES[each]}
    assert {PHRASE, RADIANS} <= shortened.keys()
    for each, whole in shortened.items():
        assert folded(each) == whole[0] + whole[-1]
        assert whole[0].isalpha(), ascii(each)
        assert whole[-1].isalnum(), ascii(each)
        assert not any(inner.isdigit() for inner in whole[:-1]), ascii(each)
        assert not any(inner == "%" or unicodedata.category(inner) == "Sc" for inner in whole)


@pytest.mark.parametrize("sign", [PHRASE, RADIANS, "\N{VULGAR FRACTION ONE TENTH}"])
@pytest.mark.parametrize("text", ["{0}{{{{ total }}}}", "{{{{ total }}}}{0}"])
def test_right_beside_an_amount_such_a_character_is_a_letter_or_a_digit(sign: str, text: str):
    said = f"{EMAIL}\n{text.format(sign)}"
    assert "right beside an amount" in refused(said)[0]
    assert {code for _, code in told_of(own(text=said))} == {"touched"}


def test_elsewhere_it_is_nothing():
    assert refused(f"{EMAIL}\n{PHRASE} {RADIANS}: {{{{ total }}}} {PHRASE}") == []
