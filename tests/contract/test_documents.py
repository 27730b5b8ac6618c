"""Documents, in memory and in S3: kept under the communication's id, and gone when asked for."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import boto3
import pytest

from chalicelib.domain import ids
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.gateways.aws import client
from chalicelib.gateways.documents import S3Documents
from chalicelib.gateways.outbox import OutboxPrinter
from chalicelib.ports.letters import Documents, DocumentsUnavailableError
from tests.builders import LIVE, TEST, customer_id, utc
from tests.builders.letters import a_letter
from tests.fakes.letters import FakeDocuments
from tests.fakes.world import FakeClock

BUCKET = "dunlin-test-documents"
NOW = utc("2026-03-02 09:00")
PDF = b"%PDF-1.7"


@pytest.fixture(scope="module")
def bucket(aws: None) -> str:
    where = {"LocationConstraint": "eu-central-1"}
    boto3.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    return BUCKET


@pytest.fixture(params=["fake", "s3"])
def documents(request: pytest.FixtureRequest, bucket: str) -> Documents:
    if request.param == "fake":
        return FakeDocuments()
    s3 = boto3.resource("s3").Bucket(bucket)
    s3.objects.all().delete()
    return S3Documents(client("s3"), bucket)


def letter_of(customer: str, at: str = "2026-03-02 09:00") -> str:
    """Return the id of a communication with a customer at a moment."""
    return ids.child_id(ids.COMMUNICATION, customer_id(customer), ids.part(utc(at), 7))


def test_what_is_kept_can_be_opened_for_a_while(documents: Documents):
    documents.put(LIVE, letter_of("one"), PDF)
    documents.put(LIVE, letter_of("one"), PDF)
    link = documents.link(LIVE, letter_of("one"), NOW)
    assert link is not None
    assert link.expires_at == NOW + timedelta(minutes=5)
    assert urlsplit(link.url).path.endswith(f"/{LIVE.key}/{letter_of('one')}.pdf")


@pytest.mark.parametrize("tenant", [TEST, Tenant("cr_other", Mode.LIVE)])
def test_nobody_opens_what_isnt_theirs(documents: Documents, tenant: Tenant):
    documents.put(LIVE, letter_of("one"), PDF)
    assert documents.link(tenant, letter_of("one"), NOW) is None
    assert documents.link(LIVE, letter_of("two"), NOW) is None


def test_a_customers_letters_go_and_nobody_elses(documents: Documents):
    kept = [(LIVE, letter_of("two")), (TEST, letter_of("one"))]
    gone = [(LIVE, letter_of("one")), (LIVE, letter_of("one", "2027-01-01"))]
    for tenant, letter in [*kept, *gone]:
        documents.put(tenant, letter, PDF)
    documents.remove(LIVE, customer_id("one"))
    documents.remove(LIVE, customer_id("one"))
    assert all(documents.link(*each, NOW) for each in kept)
    assert not any(documents.link(*each, NOW) for each in gone)


def test_letters_of_before_a_moment_go(documents: Documents):
    old, new = letter_of("one", "2026-02-28"), letter_of("one", "2026-03-01")
    for letter in (old, new):
        documents.put(LIVE, letter, PDF)
    documents.remove(LIVE, customer_id("one"), before=utc("2026-03-01"))
    assert documents.link(LIVE, old, NOW) is None
    assert documents.link(LIVE, new, NOW) is not None


def test_a_link_is_signed(bucket: str):
    documents = S3Documents(client("s3"), bucket)
    documents.put(LIVE, letter_of("one"), PDF)
    link = documents.link(LIVE, letter_of("one"), NOW)
    assert link
    assert "Signature=" in link.url
    assert "Expires=" in link.url


def test_what_waits_to_be_picked_up_goes_too(bucket: str):
    letter = a_letter(communication_id=letter_of("one"))
    OutboxPrinter(client("s3"), bucket, FakeClock()).send(letter, FakeClock().now() + timedelta(2))
    S3Documents(client("s3"), bucket).remove(LIVE, customer_id("one"))
    found = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix="outbox/")
    assert found["KeyCount"] == 0


def test_a_bucket_that_isnt_there_is_told(aws: None):
    missing = S3Documents(client("s3"), "dunlin-no-such-bucket")
    with pytest.raises(DocumentsUnavailableError, match="NoSuchBucket"):
        missing.put(LIVE, letter_of("one"), PDF)
    with pytest.raises(DocumentsUnavailableError, match="NoSuchBucket"):
        missing.remove(LIVE, customer_id("one"))


def test_files_of_one_document_are_kept_side_by_side_and_go_together(documents: Documents):
    documents.put(LIVE, letter_of("one"), PDF)
    documents.put(LIVE, letter_of("one"), b"a;b", ending="csv")
    links = [documents.link(LIVE, letter_of("one"), NOW, ending=each) for each in ("pdf", "csv")]
    assert [urlsplit(link.url).path[-4:] for link in links if link] == [".pdf", ".csv"]
    documents.remove(LIVE, customer_id("one"))
    assert documents.link(LIVE, letter_of("one"), NOW, ending="csv") is None
