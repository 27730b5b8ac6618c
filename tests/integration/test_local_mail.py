"""The inbox and what stands before SES and SNS, through boto3, with MiniStack played here."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, HTTPClientError

from tests.integration.local_mail import Aws, Mail, soon
from tests.web import serving

pytestmark = pytest.mark.enable_socket

TOPIC = "arn:aws:sns:us-east-1:000000000000:mail-events"


@pytest.fixture
def aws() -> Iterator[Aws]:
    played = Aws()
    with serving(played.take) as played.url:
        yield played


@pytest.fixture
def mail(aws: Aws, tmp_path: Path) -> Iterator[Mail]:
    running = Mail(tmp_path, aws)
    running.start()
    types = ["send", "delivery", "bounce", "complaint", "reject"]
    destinations = {"dunlin-local": {"topic_arn": TOPIC, "types": types}}
    running.post("/api/settings", {"event_destinations": destinations})
    yield running
    running.stop()


def test_a_message_is_kept_whole(mail: Mail) -> None:
    identifier = mail.send()
    [kept] = mail.messages("to=payer")
    assert (kept["id"], kept["kind"], kept["to"]) == (identifier, "email", ["payer@example.com"])
    assert kept["tags"] == {"communication": "com_1"}
    assert kept["reply_to"] == ["accounts@example.com"]
    assert ["Auto-Submitted", "auto-generated"] in kept["headers"]
    page = mail.page(f"/messages/{identifier}")
    assert "Rechnung &lt;R-1&gt; 🎉" in page
    assert 'href="http://127.0.0.1/pay/t?a=1&amp;b=2"' in page
    assert 'sandbox="allow-popups' in page


@pytest.mark.parametrize("limit", ["abc", "-1", "", "1.5", "9" * 5000])
def test_a_limit_that_is_no_number_is_refused(mail: Mail, limit: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        mail.messages(f"limit={limit}")


def test_names_in_addresses_are_told_as_people_read_them(mail: Mail) -> None:
    identifier = mail.send(
        FromEmailAddress="=?utf-8?q?M=C3=BChle_AG?= <billing@example.com>",
        Destination={"ToAddresses": ["=?utf-8?b?QsOkY2tlcmVp?= <payer@example.com>"]},
    )
    [kept] = mail.messages("to=payer@example.com")
    assert (kept["id"], kept["to"]) == (identifier, ["Bäckerei <payer@example.com>"])
    assert kept["sender"] == "Mühle AG <billing@example.com>"


def test_a_raw_message_is_taken_apart(mail: Mail) -> None:
    mime = (
        "From: Blauwasser <billing@example.com>\r\nTo: payer@example.com\r\n"
        "Subject: =?utf-8?q?F=C3=A4llig?=\r\nX-SES-MESSAGE-TAGS: communication=com_2\r\n"
        "Message-ID: <own@example.com>\r\n\r\nText\r\n"
    )
    identifier = mail.send(Content={"Raw": {"Data": mime.encode()}}, EmailTags=[])
    [kept] = mail.messages()
    assert (kept["subject"], kept["text"].strip()) == ("Fällig", "Text")
    assert kept["tags"] == {"communication": "com_2"}
    # SES puts its own Message-ID in the place of ours.
    assert ["Message-ID", f"<{identifier}@email.amazonses.com>"] in kept["headers"]


@pytest.mark.parametrize(
    ("to", "types"),
    [
        ("payer@example.com", ["Send", "Delivery"]),
        ("bounce+c1@simulator.amazonses.com", ["Send", "Bounce"]),
        ("complaint@simulator.amazonses.com", ["Send", "Delivery", "Complaint"]),
        ("suppressionlist@simulator.amazonses.com", ["Send", "Bounce"]),
        ("ooto@simulator.amazonses.com", ["Send", "Delivery"]),
    ],
)
def test_events_are_told(mail: Mail, aws: Aws, to: str, types: list[str]) -> None:
    identifier = mail.send(to)
    soon(lambda: len(aws.published) >= len(types), f"{types}")
    assert [event["eventType"] for event in aws.events()] == types
    for form, event in zip(aws.published, aws.events(), strict=True):
        assert (form["TopicArn"], event["mail"]["messageId"]) == (TOPIC, identifier)
        assert form["Subject"]
        assert form["MessageAttributes.entry.1.Name"]
        assert event["mail"]["tags"]["communication"] == ["com_1"]
        names = {header["name"] for header in event["mail"]["headers"]}
        assert {"Auto-Submitted", "Reply-To"} <= names
    soon(lambda: mail.messages()[0]["events"] == types, "the note that they were told")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"EmailTags": [{"Name": "t", "Value": "cr_1.test"}]}, "BadRequestException"),
        ({"ConfigurationSetName": "another"}, "NotFoundException"),
    ],
)
def test_what_ses_refuses_is_refused(mail: Mail, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as refused:
        mail.send(**changes)
    assert refused.value.response["Error"]["Code"] == code
    assert mail.messages() == []


def test_faults_happen_once_each(mail: Mail) -> None:
    mail.post("/api/faults", {"fault": "throttle"})
    mail.post("/api/faults", {"fault": "lost_answer"})
    with pytest.raises(ClientError) as throttled:
        mail.send()
    assert throttled.value.response["Error"]["Code"] == "TooManyRequestsException"
    assert mail.messages() == []
    with pytest.raises(HTTPClientError):
        mail.send()
    assert len(mail.messages()) == 1
    mail.send()
    assert len(mail.messages()) == 2


def test_sms_and_opting_out(mail: Mail) -> None:
    sns = mail.client("sns")
    number, other = "+15005550100", "+15005550101"
    sender = {"AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": "Blauwasser"}}
    sns.publish(PhoneNumber=number, Message="Bitte zahlen", MessageAttributes=sender)
    [kept] = mail.messages("kind=sms&to=0100")
    assert (kept["text"], kept["sender"]) == ("Bitte zahlen", "Blauwasser")
    mail.post("/api/settings", {"opted_out": [other]})
    assert sns.check_if_phone_number_is_opted_out(phoneNumber=other)["isOptedOut"]
    assert not sns.check_if_phone_number_is_opted_out(phoneNumber=number)["isOptedOut"]
    sns.publish(PhoneNumber=other, Message="Bitte zahlen")
    assert len(mail.messages("kind=sms")) == 1
    with pytest.raises(ClientError, match="PhoneNumber"):
        sns.publish(PhoneNumber="0100", Message="Bitte zahlen")


def test_a_topic_is_passed_on(mail: Mail, aws: Aws) -> None:
    mail.client("sns").publish(TopicArn=TOPIC, Message="for a topic")
    assert aws.published[0]["Message"] == "for a topic"
    assert mail.messages() == []


def test_a_restart_loses_nothing(mail: Mail) -> None:
    identifier = mail.send()
    soon(lambda: len(mail.messages()[0]["events"]) == 2, "both events")
    mail.stop()
    mail.start()
    assert [one["id"] for one in mail.messages()] == [identifier]


def test_the_door_is_closed_until_there_is_an_api(mail: Mail, aws: Aws) -> None:
    url = f"http://127.0.0.1:{mail.api_port}/v1/invoices"
    with pytest.raises(urllib.error.HTTPError, match="503"):
        urllib.request.urlopen(url)
    mail.post("/api/settings", {"upstream": f"{aws.url}/v2/email"})
    with urllib.request.urlopen(url, data=b"{}") as answer:
        assert json.load(answer) == {"MessageId": "ministack-1"}
