"""Print services: the outbox on moto, and Lob on a stand-in of ours."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import boto3
import pytest

from chalicelib.domain.address import PostalAddress
from chalicelib.domain.creditor import PrintService
from chalicelib.gateways import lob
from chalicelib.gateways.aws import client
from chalicelib.gateways.lob import LobLetters
from chalicelib.gateways.outbox import OutboxPrinter
from chalicelib.gateways.print_services import PrintServices
from chalicelib.ports.letters import LetterGateway
from chalicelib.ports.messages import Delivery, Handover
from tests.builders import TEST
from tests.builders.letters import HAMBURG, a_letter
from tests.fakes.letters import FakeLetterGateway
from tests.fakes.world import FakeClock
from tests.integration.lob import Lob, lob_stand_in

CLOCK = FakeClock()
DEADLINE = CLOCK.now() + timedelta(seconds=2)
LATE = CLOCK.now() + timedelta(seconds=0.9)
BUCKET = "dunlin-test-outbox"
KEY = "test_key"


@pytest.fixture(scope="module")
def bucket(aws: None) -> str:
    where = {"LocationConstraint": "eu-central-1"}
    boto3.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    return BUCKET


@pytest.fixture
def stand_in() -> Iterator[Lob]:
    with lob_stand_in() as service:
        yield service


@pytest.fixture
def through_lob(stand_in: Lob) -> LobLetters:
    return LobLetters(lambda _: KEY, CLOCK, api_base=stand_in.url)


@pytest.fixture(params=["fake", "outbox", "lob"])
def printer(request: pytest.FixtureRequest, bucket: str, through_lob: LobLetters) -> LetterGateway:
    made: dict[str, Callable[[], LetterGateway]] = {
        "fake": lambda: FakeLetterGateway(CLOCK),
        "outbox": lambda: OutboxPrinter(client("s3"), bucket, CLOCK),
        "lob": lambda: through_lob,
    }
    return made[request.param]()


def test_a_letter_is_taken_and_has_an_id_of_the_services(printer: LetterGateway):
    first, second = (printer.send(a_letter(name), DEADLINE) for name in ("first", "second"))
    assert (first.delivery, second.delivery) == (Delivery.ACCEPTED, Delivery.ACCEPTED)
    assert first.provider_id
    assert first.provider_id != second.provider_id


def test_nothing_is_handed_over_that_might_begin_after_the_deadline(printer: LetterGateway):
    assert printer.send(a_letter("late"), LATE) == Handover(Delivery.NOT_NOW, reason="too_late")


def outbox_of(bucket: str) -> dict[str, bytes]:
    s3 = boto3.client("s3")
    found = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {
        each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in found
    }


def test_the_outbox_has_the_letter_and_its_ticket(bucket: str):
    boto3.resource("s3").Bucket(bucket).objects.all().delete()
    letter = a_letter("ticket", tenant=TEST)
    OutboxPrinter(client("s3"), bucket, CLOCK).send(letter, DEADLINE)
    job = letter.communication_id
    found = outbox_of(bucket)
    assert list(found) == [f"outbox/{TEST.key}/{job}.json", f"outbox/{TEST.key}/{job}.pdf"]
    ticket, pdf = map(found.get, found)
    assert pdf == letter.content.pdf
    assert json.loads(ticket) == {
        "version": 1,
        "job": job,
        "creditor": TEST.creditor_id,
        "livemode": False,
        "file": f"{job}.pdf",
        "sha256": sha256(letter.content.pdf).hexdigest(),
        "subject": "Zahlungserinnerung",
        "recipient": {
            "name": "Muster KG",
            "lines": ["Lange Straße 12a"],
            "postal_code": "20457",
            "city": "Hamburg",
            "region": None,
            "country": "DE",
        },
    }


def test_a_letter_handed_over_again_is_the_same_job_as_it_was(bucket: str):
    printer, letter = OutboxPrinter(client("s3"), bucket, CLOCK), a_letter("again")
    first = printer.send(letter, DEADLINE)
    before = outbox_of(bucket)
    other = replace(letter, content=replace(letter.content, pdf=b"%PDF other"))
    assert printer.send(other, DEADLINE) == first
    assert outbox_of(bucket) == before


def test_an_outbox_that_isnt_there_is_ours_to_put_right(aws: None):
    answer = OutboxPrinter(client("s3"), "no-such-outbox", CLOCK).send(a_letter(), DEADLINE)
    assert answer == Handover(Delivery.NOT_NOW, reason="configuration: NoSuchBucket")


def test_lob_is_asked_as_its_description_says(stand_in: Lob, through_lob: LobLetters):
    letter = a_letter(address=replace(HAMBURG, lines=("Hinterhaus", "2. Stock", "Weg 1")))
    through_lob.send(letter, DEADLINE)
    [(headers, body)] = stand_in.asked
    assert headers["authorization"] == f"Basic {b64encode(f'{KEY}:'.encode()).decode()}"
    assert headers["idempotency-key"] == letter.communication_id
    assert headers["lob-version"] == lob.VERSION
    assert headers["content-type"].startswith("multipart/form-data")
    for name, value in {
        "to[name]": "Muster KG",
        "to[address_line1]": "Hinterhaus",
        "to[address_line2]": "2. Stock, Weg 1",
        "to[address_city]": "Hamburg",
        "to[address_zip]": "20457",
        "to[address_country]": "DE",
        "from[name]": "Nordlicht Energie GmbH",
        "from[address_line1]": "Hafenstraße 1",
        "from[address_zip]": "10115",
        "use_type": "operational",
        "address_placement": "insert_blank_page",
        "metadata[communication]": letter.communication_id,
    }.items():
        assert f'name="{name}"\r\n\r\n{value}\r\n'.encode() in body
    assert letter.content.pdf in body


def test_a_lost_answer_is_asked_for_again_and_makes_no_second_letter(
    stand_in: Lob, through_lob: LobLetters
):
    stand_in.script = [None]
    answer = through_lob.send(a_letter(), DEADLINE)
    assert answer.delivery is Delivery.ACCEPTED
    assert len(stand_in.asked) == 2
    assert list(stand_in.letters.values()) == [answer.provider_id]


def error(status: int, code: str, message: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": {"message": message, "status_code": status, "code": code}}


@pytest.mark.parametrize(
    ("script", "handover", "asked"),
    [
        ([None] * 3, Delivery.UNKNOWN, 3),
        ([error(500, "internal_server_error", "")] * 3, Delivery.UNKNOWN, 3),
        ([None, *[error(429, "rate_limit_exceeded", "")] * 2], Delivery.UNKNOWN, 3),
        ([error(500, "internal_server_error", "")], Delivery.ACCEPTED, 2),
        ([error(409, "conflict", "in use")], Delivery.ACCEPTED, 2),
        ([error(429, "rate_limit_exceeded", "")], "throttled", 1),
        ([error(401, "unauthorized", "")], "configuration: Lob unauthorized", 1),
        ([error(422, "invalid", "to.address_zip is invalid")], "invalid", 1),
        ([error(422, "failed_deliverability_strictness", "")], "invalid", 1),
        ([error(422, "invalid", "file is too large")], "rejected", 1),
        ([error(422, "invalid", "from address_zip is invalid")], "rejected", 1),
        ([(404, {})], "rejected", 1),
    ],
)
def test_what_lob_answers_is_understood(
    stand_in: Lob, through_lob: LobLetters, script, handover, asked
):
    stand_in.script = list(script)
    answer = through_lob.send(a_letter(), DEADLINE)
    assert handover in (answer.delivery, answer.reason)
    assert len(stand_in.asked) == asked


def test_where_nobody_listens_nothing_was_taken():
    gone = LobLetters(lambda _: KEY, CLOCK, api_base="http://127.0.0.1:9")
    assert gone.send(a_letter(), DEADLINE) == Handover(Delivery.NOT_NOW, reason="no connection")


@pytest.mark.parametrize(
    ("letter", "key", "reason"),
    [
        (a_letter(), None, "configuration: no key at Lob"),
        (
            a_letter(creditor=replace(a_letter().creditor, address=("Postfach",))),
            KEY,
            "configuration: no address of the sender",
        ),
        (a_letter(address=replace(HAMBURG, lines=("x" * 65,))), KEY, "invalid"),
        (a_letter(address=PostalAddress((), "Hamburg", "DE")), KEY, "invalid"),
    ],
)
def test_what_lob_could_not_print_isnt_handed_over(letter, key, reason):
    answer = LobLetters(lambda _: key, CLOCK, api_base="http://127.0.0.1:9").send(letter, DEADLINE)
    assert answer.reason == reason


def test_each_creditors_letters_go_to_the_service_that_it_chose():
    outbox, through = FakeLetterGateway(CLOCK), FakeLetterGateway(CLOCK)
    services = PrintServices(
        {PrintService.OUTBOX: lambda: outbox, PrintService.LOB: lambda: through}
    )
    lobs = replace(a_letter().creditor, print_service=PrintService.LOB)
    services.send(a_letter("one"), DEADLINE)
    services.send(a_letter("two", creditor=lobs), DEADLINE)
    assert [len(outbox.sent), len(through.sent)] == [1, 1]
