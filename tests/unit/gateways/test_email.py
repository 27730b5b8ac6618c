"""E-mail: what SES is asked for, and what each of its answers means."""

import re
from datetime import timedelta
from email import message_from_string
from email.policy import default

import botocore.exceptions as lost
import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import ids
from chalicelib.domain.notice import EmailContent
from chalicelib.gateways import email
from chalicelib.gateways.aws import THROTTLED, sending_client
from chalicelib.gateways.email import SesEmailGateway, UnwritableError, mailbox
from chalicelib.ports.messages import Delivery, EmailMessage, Handover
from tests.builders import TEST, record_id
from tests.fakes.aws import Answer, Wire, json_answer, json_error
from tests.fakes.world import FakeClock

CONTENT = EmailContent("Rechnung R-1 ist fällig ⏰", "Hallo", "<p>Hallo</p>")
ACCEPTED = json_answer({"MessageId": "0100-abc"})


def message(**facts: object) -> EmailMessage:
    values: dict[str, object] = {
        "tenant": TEST,
        "communication_id": record_id(ids.COMMUNICATION, "one"),
        "sender_name": "Nordlicht Energie GmbH",
        "sender_email": "rechnung@nordlicht.example",
        "reply_to": "buchhaltung@nordlicht.example",
        "to": "kunde@kunde.example",
        "to_name": "Müller & Söhne",
        "content": CONTENT,
        **facts,
    }
    return EmailMessage(**values)  # type: ignore[arg-type]


def send(*answers: Answer, **facts: object) -> tuple[Handover, Wire]:
    client = sending_client("sesv2")
    wire = Wire(client, list(answers))
    clock = FakeClock()
    gateway = SesEmailGateway(client, clock, configuration_set="dunlin-test")
    return gateway.send(message(**facts), clock.now() + timedelta(seconds=2)), wire


def test_an_accepted_message_has_the_providers_id():
    handover, wire = send(ACCEPTED)
    assert handover == Handover(Delivery.ACCEPTED, provider_id="0100-abc")
    request = wire.json
    assert request["FromEmailAddress"] == "Nordlicht Energie GmbH <rechnung@nordlicht.example>"
    assert request["ReplyToAddresses"] == ["buchhaltung@nordlicht.example"]
    assert request["ConfigurationSetName"] == "dunlin-test"
    simple = request["Content"]["Simple"]
    assert simple["Subject"] == {"Data": CONTENT.subject, "Charset": "UTF-8"}
    assert simple["Body"]["Text"]["Data"] == "Hallo"
    headers = {header["Name"]: header["Value"] for header in simple["Headers"]}
    assert headers == {
        "Auto-Submitted": "auto-generated",
        "X-Dunlin-Communication": record_id(ids.COMMUNICATION, "one"),
        "X-Dunlin-Tenant": TEST.key,
    }


def test_tags_name_the_communication_within_what_ses_allows():
    _, wire = send(ACCEPTED)
    tags = {tag["Name"]: tag["Value"] for tag in wire.json["EmailTags"]}
    assert tags == {
        "dunlin_communication": record_id(ids.COMMUNICATION, "one"),
        "dunlin_creditor": TEST.creditor_id,
        "dunlin_mode": "test",
    }
    assert all(
        re.fullmatch(r"[A-Za-z0-9_-]{1,256}", text) for pair in tags.items() for text in pair
    )


def test_names_are_encoded_and_domains_are_ascii():
    _, wire = send(ACCEPTED, to="x@exämple.com", to_name="Zoë “Z” <Ltd>")
    (to,) = wire.json["Destination"]["ToAddresses"]
    assert to.isascii()
    parsed = message_from_string(f"To: {to}\n\n", policy=default)["To"].addresses[0]
    assert (parsed.display_name, parsed.addr_spec) == ("Zoë “Z” <Ltd>", "x@xn--exmple-cua.com")


@pytest.mark.parametrize(
    "facts",
    [
        {"sender_name": "Evil\r\nBcc: all@example.com"},
        {"to_name": "Evil\nBcc: all@example.com"},
        {"to_name": "Null\x00"},
        {"to_name": "Line\u2028Separator"},
        {"content": EmailContent("Hi\nBcc: all@example.com", "", "")},
        {"reply_to": "nobody\n@nordlicht.example"},
        {"sender_email": "no address"},
    ],
)
def test_what_would_break_a_header_is_refused_and_never_leaves(facts: dict[str, object]):
    handover, wire = send(ACCEPTED, **facts)
    assert handover == Handover(Delivery.REFUSED, reason="malformed")
    assert wire.requests == []


@pytest.mark.parametrize(
    "to", ["nobody", "a b@c.de", "jürgen@example.com", "x@", "@x.de", "", "a@b\n.de"]
)
def test_an_address_to_which_ses_cannot_send_is_invalid(to: str):
    handover, wire = send(ACCEPTED, to=to)
    assert handover == Handover(Delivery.REFUSED, reason="invalid")
    assert wire.requests == []


def test_every_modelled_error_of_send_email_is_classified():
    model = botocore.session.get_session().get_service_model("sesv2")
    modelled = {shape.name for shape in model.operation_model("SendEmail").error_shapes}
    groups = (email.CONFIGURATION_CODES, email.QUOTA_CODES, email.MESSAGE_CODES, THROTTLED)
    assert frozenset().union(*groups[:-1]) <= modelled <= frozenset().union(*groups)
    assert all(sum(code in group for group in groups) == 1 for code in modelled)


@pytest.mark.parametrize(
    ("answer", "delivery", "reason"),
    [
        (json_error(400, "MessageRejected", "Content has a virus"), "refused", "rejected"),
        (
            json_error(400, "MessageRejected", "Email address is not verified: x@y.z"),
            "not_now",
            "configuration: MessageRejected",
        ),
        (json_error(400, "BadRequestException", "Missing final '@domain'"), "refused", "invalid"),
        (
            json_error(400, "BadRequestException", "Local address contains control"),
            "refused",
            "invalid",
        ),
        (
            json_error(400, "BadRequestException", "Duplicate header"),
            "not_now",
            "configuration: BadRequestException",
        ),
        (json_error(400, "LimitExceededException"), "not_now", "quota"),
        (
            json_error(400, "SendingPausedException"),
            "not_now",
            "configuration: SendingPausedException",
        ),
        (json_error(404, "NotFoundException"), "not_now", "configuration: NotFoundException"),
        (
            json_error(403, "AccessDeniedException"),
            "not_now",
            "configuration: AccessDeniedException",
        ),
        (
            json_error(403, "ExpiredTokenException"),
            "not_now",
            "configuration: ExpiredTokenException",
        ),
        (json_error(500, "InternalFailure"), "unknown", "failure inside AWS: InternalFailure"),
        (
            json_error(503, "ServiceUnavailable"),
            "unknown",
            "failure inside AWS: ServiceUnavailable",
        ),
        (lost.ConnectTimeoutError(endpoint_url="x"), "not_now", "no connection"),
        (lost.EndpointConnectionError(endpoint_url="x"), "not_now", "no connection"),
        (lost.ReadTimeoutError(endpoint_url="x"), "unknown", "no answer: ReadTimeoutError"),
        (
            lost.ConnectionClosedError(endpoint_url="x"),
            "unknown",
            "no answer: ConnectionClosedError",
        ),
        (lost.SSLError(endpoint_url="x", error="eof"), "unknown", "no answer: SSLError"),
        (lost.NoCredentialsError(), "not_now", "configuration: NoCredentialsError"),
    ],
)
def test_what_an_answer_means_and_that_nothing_is_repeated(
    answer: Answer, delivery: str, reason: str
):
    handover, wire = send(answer)
    assert handover == Handover(Delivery(delivery), reason=reason)
    assert len(wire.requests) == 1


def test_not_even_throttling_is_repeated_at_once():
    handover, wire = send(json_error(429, "TooManyRequestsException"), ACCEPTED)
    assert handover == Handover(Delivery.NOT_NOW, reason="throttled")
    assert len(wire.requests) == 1


@given(name=st.text(max_size=200))
def test_any_name_becomes_one_mailbox_or_is_refused(name: str):
    try:
        written = mailbox(name, "x@example.com")
    except UnwritableError:
        return
    assert written.isascii()
    assert not re.search(r"[\x00-\x1f\x7f]", written)
    parsed = message_from_string(f"To: {written}\n\n", policy=default)["To"].addresses
    assert [each.addr_spec for each in parsed] == ["x@example.com"]
    words = [word for word in written.split() if word.startswith("=?")]
    assert all(len(word) <= 75 for word in words)


def test_a_reminder_can_be_unsubscribed_from_with_one_click():
    """RFC 8058, section 3.1: both headers, and an address that takes a POST."""
    _, wire = send(ACCEPTED, unsubscribe_url="https://pay.test/pay/token/emails")
    headers = {each["Name"]: each["Value"] for each in wire.json["Content"]["Simple"]["Headers"]}
    assert headers["List-Unsubscribe"] == "<https://pay.test/pay/token/emails>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_legal_notice_cannot():
    _, wire = send(ACCEPTED)
    names = {each["Name"] for each in wire.json["Content"]["Simple"]["Headers"]}
    assert not any(name.startswith("List-") for name in names)
