"""SMS: the opt-out is asked first, and what each answer of SNS means."""

from datetime import timedelta

import botocore.exceptions as lost
import botocore.session
import pytest

from chalicelib.domain import ids
from chalicelib.gateways import sms
from chalicelib.gateways.aws import THROTTLED, sending_client
from chalicelib.gateways.sms import SnsSmsGateway
from chalicelib.ports.messages import Delivery, Handover, SmsMessage
from tests.builders import LIVE, record_id
from tests.fakes.aws import Answer, Wire, xml_answer, xml_error
from tests.fakes.world import FakeClock

FREE = xml_answer("CheckIfPhoneNumberIsOptedOut", "<isOptedOut>false</isOptedOut>")
STOPPED = xml_answer("CheckIfPhoneNumberIsOptedOut", "<isOptedOut>true</isOptedOut>")
ACCEPTED = xml_answer("Publish", "<MessageId>m-1</MessageId>")


def send(
    check: Answer, *answers: Answer, to: str = "+4915112345678", sender_id: str | None = "Nordlicht"
) -> tuple[Handover, Wire, Wire]:
    asking = sending_client("sns", answer_seconds=0.7)
    sending = sending_client("sns")
    asked, sent = Wire(asking, [check]), Wire(sending, list(answers) or [ACCEPTED])
    clock = FakeClock()
    gateway = SnsSmsGateway(sending, asking, clock, max_price="0.50")
    message = SmsMessage(LIVE, record_id(ids.COMMUNICATION, "one"), sender_id, to, "Bitte zahlen")
    handover = gateway.refusal(to) or gateway.send(message, clock.now() + timedelta(seconds=2))
    return handover, asked, sent


def test_a_message_is_published_after_the_opt_out_list_was_asked():
    handover, asked, sent = send(FREE)
    assert handover == Handover(Delivery.ACCEPTED, provider_id="m-1")
    assert asked.form["phoneNumber"] == "+4915112345678"
    form = sent.form
    assert (form["PhoneNumber"], form["Message"]) == ("+4915112345678", "Bitte zahlen")
    attributes = {
        form[f"MessageAttributes.entry.{n}.Name"]: form[
            f"MessageAttributes.entry.{n}.Value.StringValue"
        ]
        for n in (1, 2, 3)
    }
    assert attributes == {
        "AWS.SNS.SMS.SMSType": "Transactional",
        "AWS.SNS.SMS.MaxPrice": "0.50",
        "AWS.SNS.SMS.SenderID": "Nordlicht",
    }


def test_whoever_opted_out_gets_nothing():
    handover, _, sent = send(STOPPED)
    assert handover == Handover(Delivery.REFUSED, reason="opted_out")
    assert sent.requests == []


@pytest.mark.parametrize("to", ["0151123", "+49 151", "", "+0123456789", "+49151\n2345678"])
def test_what_is_no_number_is_refused_unasked(to: str):
    handover, asked, _ = send(FREE, to=to)
    assert handover == Handover(Delivery.REFUSED, reason="invalid")
    assert asked.requests == []


@pytest.mark.parametrize(
    ("to", "sender_id", "shown"),
    [
        ("+4915112345678", "Nordlicht", True),
        ("+14255550156", "Nordlicht", False),
        ("+4915112345678", "Nordlicht Energie", False),
        ("+4915112345678", "12345", False),
        ("+4915112345678", None, False),
    ],
)
def test_a_sender_id_is_given_where_it_can_be_shown(to: str, sender_id: str | None, *, shown: bool):
    _, _, sent = send(FREE, to=to, sender_id=sender_id)
    assert ("AWS.SNS.SMS.SenderID" in sent.form.values()) is shown


@pytest.mark.parametrize(
    "answer",
    [
        xml_error(500, "InternalError"),
        xml_error(403, "AuthorizationError"),
        lost.ReadTimeoutError(endpoint_url="x"),
        lost.ConnectTimeoutError(endpoint_url="x"),
    ],
)
def test_without_an_answer_about_the_opt_out_nothing_is_sent_now(answer: Answer):
    handover, _, sent = send(answer)
    assert handover.delivery is Delivery.NOT_NOW
    assert sent.requests == []


@pytest.mark.parametrize("operation", ["Publish", "CheckIfPhoneNumberIsOptedOut"])
def test_every_modelled_error_is_classified(operation: str):
    model = botocore.session.get_session().get_service_model("sns")
    shapes = model.operation_model(operation).error_shapes
    modelled = {shape.metadata["error"].get("code", shape.name) for shape in shapes}
    groups = (sms.CONFIGURATION_CODES, sms.MESSAGE_CODES, sms.UNKNOWN_CODES, THROTTLED)
    assert modelled <= frozenset().union(*groups)
    assert all(sum(code in group for group in groups) == 1 for code in modelled)


@pytest.mark.parametrize(
    ("answer", "delivery", "reason"),
    [
        (
            xml_error(400, "InvalidParameter", "Invalid parameter: PhoneNumber Reason: x"),
            "refused",
            "invalid",
        ),
        (
            xml_error(400, "InvalidParameter", "PhoneNumber Reason: is opted out"),
            "refused",
            "opted_out",
        ),
        (
            xml_error(400, "InvalidParameter", "Invalid parameter: Message too long"),
            "refused",
            "rejected",
        ),
        (
            xml_error(400, "ParameterValueInvalid", "Invalid SenderID"),
            "not_now",
            "configuration: ParameterValueInvalid",
        ),
        (xml_error(400, "Throttling"), "not_now", "throttled"),
        (xml_error(403, "AuthorizationError"), "not_now", "configuration: AuthorizationError"),
        (xml_error(500, "InternalError"), "unknown", "failure inside AWS: InternalError"),
        (lost.ReadTimeoutError(endpoint_url="x"), "unknown", "no answer: ReadTimeoutError"),
    ],
)
def test_what_an_answer_of_publish_means(answer: Answer, delivery: str, reason: str):
    handover, _, sent = send(FREE, answer)
    assert handover == Handover(Delivery(delivery), reason=reason)
    assert len(sent.requests) == 1
