"""How long a message in own words may become, which what it is about decides, not its author."""

from __future__ import annotations

from chalicelib.domain.bundle import LARGEST_BUNDLE
from chalicelib.rendering.own.demands import LONGEST_SUBJECT_SAID
from chalicelib.rendering.own.messages import MOST_SEGMENTS, MOST_SEGMENTS_SENT
from chalicelib.rendering.segments import segments
from tests.builders.templates import EMAIL, SMS
from tests.unit.rendering.own_texts import FIRST_SMS, RENDERER, own, refused, told_of
from tests.unit.rendering.samples import ARABIC, item, notice

SNS_TAKES = 1_600
"""Octets of one message, and characters as well (Amazon SNS, Publish)."""
LISTING = SMS + "{% for each in invoices %} {{ each.number }}: {{ each.owed }}{% endfor %}"
BUNDLE = [item(f"R-2026-{number:04}") for number in range(LARGEST_BUNDLE)]


def test_a_text_message_that_would_be_longer_than_sns_takes_is_the_built_in_one():
    assert refused(LISTING, name=FIRST_SMS) == []
    said = own(*BUNDLE, text=LISTING)
    assert RENDERER.sms(said) == RENDERER.sms(notice(*BUNDLE))
    assert told_of(said, "sms") == [("reminder_first/sms/en", "too_long")]


def test_a_text_message_may_take_more_segments_than_with_few_invoices():
    said = own(*BUNDLE[:20], text=LISTING)
    assert told_of(said, "sms") == []
    assert MOST_SEGMENTS < segments(RENDERER.sms(said)).segments <= MOST_SEGMENTS_SENT
    arabic = own(text=f"{SMS} {{{{ customer }}}} 1234567890" * 2, customer_name=ARABIC)
    assert told_of(arabic, "sms") == []
    length = segments(RENDERER.sms(arabic))
    assert (length.encoding, length.segments > MOST_SEGMENTS) == ("UCS-2", True)


def test_whatever_goes_out_is_what_sns_takes():
    named = LISTING + " {{ customer }}"
    longest = [own(*BUNDLE[:count], text=named, customer_name=name, test_mode=True)
               for count in range(1, LARGEST_BUNDLE, 7) for name in ("Muster", ARABIC)]  # fmt: skip
    for said in longest:
        sms = RENDERER.sms(said)
        octets = 2 * len(sms) if segments(sms).encoding == "UCS-2" else len(sms)
        assert octets <= SNS_TAKES


def test_a_subject_that_would_be_longer_than_promised_is_the_built_in_one():
    subject = "{{ numbers }}"
    assert refused(EMAIL, subject=subject) == []
    said = own(*BUNDLE, subject=subject)
    assert RENDERER.email(said) == RENDERER.email(notice(*BUNDLE))
    assert told_of(said) == [("reminder_first/email/en", "too_long")]
    few = own(*BUNDLE[:10], subject=subject)
    assert told_of(few) == []
    assert len(RENDERER.email(few).subject) <= LONGEST_SUBJECT_SAID
