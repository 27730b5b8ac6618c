"""What SES says later: both shapes, every documented payload, and what is no notification."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import ids
from chalicelib.domain.errors import InvalidError
from chalicelib.gateways.email_events import parse_email_event
from chalicelib.ports.messages import EmailEvent, EmailEventKind
from tests.builders import LIVE, TEST, record_id
from tests.unit.gateways.mangling import junk, mangle

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
COMMUNICATION = record_id(ids.COMMUNICATION, "one")
DATA = Path(__file__).parents[4] / "shared" / "data" / "aws_messaging"
KINDS = {
    "Send": EmailEventKind.SENT,
    "Delivery": EmailEventKind.DELIVERED,
    "Bounce": EmailEventKind.BOUNCED,
    "Complaint": EmailEventKind.COMPLAINED,
    "Reject": EmailEventKind.REJECTED,
    "DeliveryDelay": EmailEventKind.DELAYED,
}


def parse(body: Any) -> EmailEvent:
    event = parse_email_event(json.dumps(body), NOW)
    assert event is not None
    return event


def body(name: str = "Bounce", **facts: Any) -> dict[str, Any]:
    return {
        "eventType": name,
        "mail": {
            "messageId": "0100-abc",
            "timestamp": "2026-03-01T08:00:00.500Z",
            "destination": ["kunde@kunde.example"],
            "tags": {
                "dunlin_communication": [COMMUNICATION],
                "dunlin_creditor": [LIVE.creditor_id],
                "dunlin_mode": ["live"],
            },
        },
        **facts,
    }


def bounce(kind: str, subtype: str = "General") -> dict[str, Any]:
    return body(
        bounce={
            "bounceType": kind,
            "bounceSubType": subtype,
            "bouncedRecipients": [
                {"emailAddress": "Kunde <kunde@kunde.example>", "diagnosticCode": "smtp; 550 no"}
            ],
            "timestamp": "2026-03-01T08:00:02+01:00",
        }
    )


def test_a_hard_bounce_says_whose_address_is_dead_and_which_message_found_out():
    assert parse(bounce("Permanent")) == EmailEvent(
        kind=EmailEventKind.BOUNCED,
        permanent=True,
        recipients=("kunde@kunde.example",),
        provider_id="0100-abc",
        at=datetime(2026, 3, 1, 7, 0, 2, tzinfo=UTC),
        tenant=LIVE,
        communication_id=COMMUNICATION,
        reason="Permanent General smtp; 550 no",
    )


@pytest.mark.parametrize(
    ("kind", "subtype", "permanent"),
    [
        ("Permanent", "NoEmail", True),
        ("Permanent", "Suppressed", True),
        ("Permanent", "OnAccountSuppressionList", True),
        ("Permanent", "UnsubscribedRecipient", True),
        ("Transient", "General", False),
        ("Transient", "MailboxFull", False),
        ("Transient", "MessageTooLarge", False),
        ("Transient", "ContentRejected", False),
        ("Transient", "AttachmentRejected", False),
        ("Undetermined", "Undetermined", False),
    ],
)
def test_only_permanent_bounces_condemn_the_address(kind: str, subtype: str, *, permanent: bool):
    event = parse(bounce(kind, subtype))
    assert (event.kind, event.permanent) == (EmailEventKind.BOUNCED, permanent)


def test_moving_a_message_out_of_the_spam_folder_is_no_complaint():
    recipients = [{"emailAddress": "kunde@kunde.example"}]
    for feedback, kind in (("abuse", "complained"), ("not-spam", "other")):
        details = {"complainedRecipients": recipients, "complaintFeedbackType": feedback}
        assert parse(body("Complaint", complaint=details)).kind == EmailEventKind(kind)


def test_the_older_notifications_know_us_by_headers():
    old = body("Bounce", bounce=bounce("Permanent")["bounce"])
    old["notificationType"] = old.pop("eventType")
    del old["mail"]["tags"]
    old["mail"]["headers"] = [
        {"name": "x-dunlin-communication", "value": COMMUNICATION},
        {"name": "X-Dunlin-Tenant", "value": TEST.key},
    ]
    event = parse(old)
    assert (event.tenant, event.communication_id) == (TEST, COMMUNICATION)


def test_mail_that_is_not_ours_names_nobody():
    strange = body("Delivery")
    strange["mail"]["tags"]["dunlin_communication"] = ["../../etc"]
    assert (parse(strange).tenant, parse(strange).communication_id) == (None, None)
    del strange["mail"]["tags"]
    assert (parse(strange).tenant, parse(strange).communication_id) == (None, None)


@pytest.mark.parametrize("time", ["yesterday", "9999-12-31T23:00:00-14:00", 7])
def test_without_a_time_the_receipt_counts(time: Any):
    untimed = body("Delivery", delivery={"recipients": ["kunde@kunde.example"]})
    untimed["mail"]["timestamp"] = time
    assert parse(untimed).at == NOW


@pytest.mark.parametrize(
    "message",
    [
        "Successfully validated SNS topic for Amazon SES event publishing.",
        '{"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "hello"}',
    ],
)
def test_the_greeting_of_a_new_subscription_says_nothing(message: str):
    assert parse_email_event(message, NOW) is None


@pytest.mark.parametrize(
    "message",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"eventType": 1}',
        '{"eventType": "Bounce"}',
        "[" * 100_000,
        '{"eventType": "Bounce", "mail": []}',
        '{"eventType": "Bounce", "mail": {"messageId": 1}}',
    ],
)
def test_what_is_no_notification_is_invalid(message: str):
    with pytest.raises(InvalidError):
        parse_email_event(message, NOW)


@given(path=st.lists(st.integers(0, 20), min_size=1, max_size=5), replacement=junk)
def test_a_mangled_notification_is_read_or_invalid(path: list[int], replacement: Any):
    mangled = bounce("Permanent")
    mangle(mangled, path, replacement)
    try:
        event = parse_email_event(json.dumps(mangled), NOW)
    except InvalidError:
        return
    assert event is None or event.at.utcoffset() is not None


@pytest.mark.realdata
@pytest.mark.skipif(not DATA.exists(), reason="../shared/data is absent")
@pytest.mark.parametrize("path", sorted(DATA.glob("[as]*/*.json")), ids=lambda path: path.stem)
def test_every_published_payload_is_read(path: Path):
    content = json.loads(path.read_text())
    message = content["Message"] if "Message" in content else json.dumps(content)
    says = content.get("eventType") or content.get("notificationType")
    if not isinstance(content.get("mail"), dict) or says is None:
        if message.startswith("Successfully validated"):
            assert parse_email_event(message, NOW) is None
            return
        with pytest.raises(InvalidError):
            parse_email_event(message, NOW)
        return
    event = parse(content)
    assert event.kind is KINDS.get(says, EmailEventKind.OTHER)
    assert event.provider_id == content["mail"]["messageId"]
    named = [
        each.get("emailAddress", each) if isinstance(each, dict) else each
        for key in ("bounce", "complaint", "delivery", "deliveryDelay")
        for name in ("bouncedRecipients", "complainedRecipients", "recipients", "delayedRecipients")
        for each in content.get(key, {}).get(name, [])
    ]
    assert list(event.recipients) == (named or content["mail"]["destination"])
    assert event.permanent is (content.get("bounce", {}).get("bounceType") == "Permanent")
    assert (event.tenant, event.communication_id) == (None, None)
