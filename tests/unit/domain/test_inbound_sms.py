"""How a text message begins says what it means."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.inbound_sms import Meaning, meaning_of
from tests.unit.gateways.test_inbound_sms import DATA, needs_data


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("STOP", Meaning.STOP),
        ("stop", Meaning.STOP),
        ("  Stop, please!", Meaning.STOP),
        ("Arrêt", Meaning.STOP),
        ("ARRÊTE", Meaning.WORDS),
        ("Stopp", Meaning.STOP),
        ("stopall", Meaning.STOP),
        ("opt-out", Meaning.STOP),
        ("Opt-Out now", Meaning.STOP),
        ('"STOP"', Meaning.STOP),
        ("END", Meaning.STOP),
        ("Ende der Woche zahle ich", Meaning.WORDS),
        ("Please stop", Meaning.WORDS),
        ("start", Meaning.START),
        ("UNSTOP", Meaning.START),
        ("Started the transfer", Meaning.WORDS),
        ("help", Meaning.HELP),
        ("AIDE svp", Meaning.HELP),
        ("Hilfe!", Meaning.HELP),
        ("I paid yesterday", Meaning.WORDS),
        ("", Meaning.WORDS),
        ("🤷", Meaning.WORDS),
    ],
)
def test_a_message_is_meant_as_it_begins(text: str, meaning: Meaning):
    assert meaning_of(text) is meaning


@needs_data
def test_every_keyword_that_aws_requires_is_an_opt_out():
    known = json.loads((DATA / "opt-out-keywords.json").read_text())
    for word in known["opt_out_keywords"]:
        for said in (word, word.lower(), f"{word}.", f" {word} thanks"):
            assert meaning_of(said) is Meaning.STOP, said
    for word in known["toll_free_us"]["resubscribe"]:
        assert meaning_of(word.title()) is Meaning.START


@given(st.text(max_size=50))
def test_whatever_is_written_means_something(text: str):
    assert meaning_of(text) in Meaning
