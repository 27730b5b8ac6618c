"""What AWS publishes of a text message, and what isn't one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalicelib.domain.errors import InvalidError
from chalicelib.gateways.inbound_sms import LONGEST, parse_inbound_sms
from chalicelib.ports.messages import InboundSms
from tests.builders import utc

DATA = Path(__file__).parents[4] / "shared/data/aws_messaging/sms"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real inputs aren't there")
AT = utc("2026-01-12 08:00")
BODY = {
    "originationNumber": "+4915112345678",
    "destinationNumber": "+4915119999999",
    "messageKeyword": "KEYWORD_1",
    "messageBody": "Stop",
    "inboundMessageId": "cae173d2-66b9-564c-8309-21f858e9fb84",
    "previousPublishedMessageId": "provider-1",
}


@needs_data
@pytest.mark.realdata
def test_the_payload_of_the_user_guide():
    text = (DATA / "two-way-sms-payload.json").read_text()
    assert parse_inbound_sms(text, AT) == InboundSms(
        id="cae173d2-66b9-564c-8309-21f858e9fb84",
        sender="+14255550182",
        recipient="+12125550101",
        text="EXAMPLE",
        at=AT,
    )


def test_a_greeting_is_no_message_and_a_long_one_is_cut():
    assert parse_inbound_sms("Successfully validated SNS topic for ...", AT) is None
    found = parse_inbound_sms(json.dumps({**BODY, "messageBody": "x" * 5000}), AT)
    assert found is not None
    assert len(found.text) == LONGEST


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "[]",
        "null",
        "[" * 100_000,
        json.dumps({**BODY, "inboundMessageId": None}),
        json.dumps({**BODY, "messageBody": 7}),
        json.dumps({**BODY, "originationNumber": "DROP TABLE"}),
        json.dumps({**BODY, "destinationNumber": ""}),
    ],
)
def test_what_is_no_message_is_refused_without_its_words(wrong: str):
    with pytest.raises(InvalidError) as refused:
        parse_inbound_sms(wrong, AT)
    assert "+49" not in str(refused.value)
