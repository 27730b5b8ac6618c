"""The AWS adapters against moto, and where a fake stands in for one, the fake too.

What is asserted of both is what services rely on; what is asserted of the adapter alone is how it
speaks to AWS.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.domain import ids
from chalicelib.domain.notice import EmailContent
from chalicelib.domain.tenant import Mode
from chalicelib.gateways.aws import client, sending_client
from chalicelib.gateways.email import SesEmailGateway
from chalicelib.gateways.queues import SqsQueues
from chalicelib.gateways.secrets import (
    KEPT_AT_MOST,
    KEPT_FOR,
    SecretStore,
    SecretUnreadableError,
)
from chalicelib.gateways.sms import SnsSmsGateway
from chalicelib.ports.messages import (
    Delivery,
    EmailGateway,
    EmailMessage,
    Handover,
    SmsGateway,
    SmsMessage,
)
from chalicelib.ports.world import Queues
from tests.builders import LIVE, record_id
from tests.environment import pretend_aws
from tests.fakes.messages import FakeEmailGateway, FakeSmsGateway
from tests.fakes.world import FakeClock, FakeQueues

COMMUNICATION = record_id(ids.COMMUNICATION, "one")
CLOCK = FakeClock()
DEADLINE = CLOCK.now() + timedelta(seconds=2)
STOPPED = "+4915112345699"
"""Moto takes numbers that end with 99 for opted out."""


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    pretend_aws(monkeypatch)
    with mock_aws():
        yield


def email_to(to: str) -> EmailMessage:
    return EmailMessage(
        tenant=LIVE,
        communication_id=COMMUNICATION,
        sender_name="Nordlicht Energie",
        sender_email="rechnung@nordlicht.example",
        reply_to="buchhaltung@nordlicht.example",
        to=to,
        to_name="Müller",
        content=EmailContent("Fällig", "Text", "<p>Text</p>"),
    )


def sms_to(to: str) -> SmsMessage:
    return SmsMessage(LIVE, COMMUNICATION, "Nordlicht", to, "Bitte zahlen")


@pytest.fixture(params=["fake", "ses"])
def email(request: pytest.FixtureRequest) -> EmailGateway:
    if request.param == "fake":
        return FakeEmailGateway(CLOCK)
    boto3.client("ses").verify_email_identity(EmailAddress="rechnung@nordlicht.example")
    return SesEmailGateway(sending_client("sesv2"), CLOCK, configuration_set="dunlin-test")


@pytest.fixture(params=["fake", "sns"])
def sms(request: pytest.FixtureRequest) -> SmsGateway:
    if request.param == "fake":
        fake = FakeSmsGateway(CLOCK)
        fake.opt_out(STOPPED)
        return fake
    checking = sending_client("sns", answer_seconds=0.7)
    return SnsSmsGateway(sending_client("sns"), checking, CLOCK)


def test_each_email_has_a_provider_id_of_its_own(email: EmailGateway):
    first, second = (email.send(email_to(f"{name}@kunde.example"), DEADLINE) for name in "ab")
    assert (first.delivery, second.delivery) == (Delivery.ACCEPTED, Delivery.ACCEPTED)
    assert first.provider_id
    assert first.provider_id != second.provider_id
    assert first.reason is None


def test_each_sms_has_a_provider_id_of_its_own(sms: SmsGateway):
    first, second = (sms.send(sms_to(f"+491511234567{digit}"), DEADLINE) for digit in (1, 2))
    assert (first.delivery, second.delivery) == (Delivery.ACCEPTED, Delivery.ACCEPTED)
    assert first.provider_id
    assert first.provider_id != second.provider_id


def test_whoever_opted_out_of_sms_is_refused(sms: SmsGateway):
    assert sms.refusal(STOPPED) == Handover(Delivery.REFUSED, reason="opted_out")
    assert sms.refusal("+4915112345671") is None


def test_nothing_is_handed_over_that_might_leave_after_the_deadline(
    email: EmailGateway, sms: SmsGateway
):
    late = CLOCK.now() + timedelta(seconds=0.9)  # connecting might take longer
    too_late = Handover(Delivery.NOT_NOW, reason="too_late")
    assert email.send(email_to("a@kunde.example"), late) == too_late
    assert sms.send(sms_to("+4915112345671"), late) == too_late


def test_an_unverified_sender_is_ours_to_put_right():
    gateway = SesEmailGateway(sending_client("sesv2"), CLOCK)
    handover = gateway.send(email_to("a@kunde.example"), DEADLINE)
    assert handover == Handover(Delivery.NOT_NOW, reason="configuration: MessageRejected")


@dataclass
class QueueCase:
    """Queues, and a way to take out what waits in one."""

    queues: Queues
    fake: FakeQueues | None = None

    def drain(self, queue: str) -> list[dict[str, str]]:
        if self.fake:
            return self.fake.drain(queue)
        taken: list[dict[str, str]] = []
        sqs = boto3.client("sqs")
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            taken += [json.loads(message["Body"]) for message in batch]
            for message in batch:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return taken


@pytest.fixture(params=["fake", "sqs"])
def queue_case(request: pytest.FixtureRequest) -> QueueCase:
    if request.param == "fake":
        fake = FakeQueues()
        return QueueCase(fake, fake)
    sqs = boto3.client("sqs")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("email", "sms")}
    return QueueCase(SqsQueues(client("sqs"), urls))


@pytest.mark.parametrize("count", [0, 1, 10, 11, 23])
def test_all_messages_arrive_in_their_queue(queue_case: QueueCase, count: int):
    messages = [{"customer": f"cus_{n}", "name": "Zoë ⏰"} for n in range(count)]
    queue_case.queues.put("email", messages)
    assert queue_case.queues.is_empty("email") is (count == 0)
    assert queue_case.queues.is_empty("sms")
    drained = queue_case.drain("email")
    assert sorted(drained, key=lambda each: each["customer"]) == sorted(
        messages, key=lambda each: each["customer"]
    )
    assert queue_case.queues.is_empty("email")


def test_delayed_messages_keep_a_queue_from_being_empty(queue_case: QueueCase):
    queue_case.queues.put("sms", [{"a": "b"}], delay=60)
    assert not queue_case.queues.is_empty("sms")


@dataclass
class Secrets:
    """A store, its time, and AWS behind it."""

    store: SecretStore
    clock: FakeClock
    aws: Any


@pytest.fixture
def secrets() -> Secrets:
    clock = FakeClock()
    store = SecretStore(
        client("secretsmanager"),
        clock,
        link_secret="dunlin/test/links",
        stripe_prefix="dunlin/test/stripe/",
        refused_secret="dunlin/test/refused",
    )
    return Secrets(store, clock, boto3.client("secretsmanager"))


def test_link_keys_are_oldest_first_and_a_rotation_shows_within_five_minutes(secrets: Secrets):
    first, second = {"newest": "k1"}, {"newest": "k2", "older": ["k1"]}
    secrets.aws.create_secret(Name="dunlin/test/links", SecretString=json.dumps(first))
    assert secrets.store.link_keys() == ("k1",)
    secrets.aws.put_secret_value(SecretId="dunlin/test/links", SecretString=json.dumps(second))
    secrets.clock.advance(KEPT_FOR - timedelta(seconds=1))
    assert secrets.store.link_keys() == ("k1",)
    secrets.clock.advance(seconds=1)
    assert secrets.store.link_keys() == ("k1", "k2")


def test_the_key_of_refused_addresses(secrets: Secrets):
    with pytest.raises(SecretUnreadableError, match="dunlin/test/refused"):
        secrets.store.refused_address_key()
    secrets.clock.advance(KEPT_FOR)
    secrets.aws.create_secret(Name="dunlin/test/refused", SecretString='{"key": "k1"}')
    assert secrets.store.refused_address_key() == "k1"


def test_a_creditors_keys_at_stripe(secrets: Secrets):
    value = {"api_keys": {"test": "sk_test_1"}, "webhook_secrets": ["whsec_2", "whsec_1"]}
    secrets.aws.create_secret(Name="dunlin/test/stripe/cr_1", SecretString=json.dumps(value))
    keys = secrets.store.stripe_keys("cr_1")
    assert keys is not None
    assert (dict(keys.api_keys), keys.webhook_secrets) == (
        {Mode.TEST: "sk_test_1"},
        ("whsec_2", "whsec_1"),
    )
    assert secrets.store.stripe_keys("cr_2") is None


def test_only_so_many_secrets_are_kept_and_the_oldest_goes_first(secrets: Secrets):
    secrets.aws.create_secret(Name="dunlin/test/links", SecretString='{"newest": "k1"}')
    secrets.store.link_keys()
    for number in range(KEPT_AT_MOST):
        secrets.store.stripe_keys(f"cr_{number}")
    secrets.aws.put_secret_value(SecretId="dunlin/test/links", SecretString='{"newest": "k2"}')

    assert len(secrets.store._kept) == KEPT_AT_MOST
    assert secrets.store.link_keys() == ("k2",)


@pytest.mark.parametrize("text", ["", "no json", "[]", "{}", '{"newest": 1}', '{"older": ["k"]}'])
def test_a_secret_of_the_wrong_form_is_named_without_its_value(secrets: Secrets, text: str):
    if text:
        secrets.aws.create_secret(Name="dunlin/test/links", SecretString=text)
    with pytest.raises(SecretUnreadableError, match="dunlin/test/links") as error:
        secrets.store.link_keys()
    assert "no json" not in str(error.value)
