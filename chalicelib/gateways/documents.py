"""Letters in S3, under their communication's id, which has the customer's within and its moment.

    letters/<tenant>/cm_<customer><moment…>.pdf       what was sent, as long as messages are kept
    letters/<tenant>/cm_<customer><day…>.pdf, .csv    what was handed over of a case
    outbox/<tenant>/cm_<customer><moment…>.pdf, .json what waits to be picked up

So a customer's letters share a prefix, and those of before a moment sort before it: neither needs a
list of its own. The bucket is private and encrypted; who may see a letter gets an address for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain import ids
from chalicelib.domain.tenant import Tenant
from chalicelib.gateways.aws import Client
from chalicelib.ports.letters import DocumentLink, DocumentsUnavailableError

LETTERS, OUTBOX = "letters", "outbox"
TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}
OPENS_FOR = timedelta(minutes=5)
"""How long an address opens a letter: long enough to be followed, too short to be passed on."""
_AT_ONCE = 1000
"""How many objects S3 deletes in one call."""
_MISSING = ("404", "NoSuchKey", "NotFound")


class S3Documents:
    """The Documents port. `client` gives the `s3` client."""

    def __init__(self, client: Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, tenant: Tenant, document_id: str, content: bytes, *, ending: str = "pdf") -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        key = _key(LETTERS, tenant, document_id, ending)
        try:
            self._client().put_object(
                Bucket=self._bucket, Key=key, Body=content, ContentType=TYPES[ending]
            )
        except (ClientError, BotoCoreError) as error:
            raise DocumentsUnavailableError(_code(error)) from error

    def link(
        self, tenant: Tenant, document_id: str, now: datetime, *, ending: str = "pdf"
    ) -> DocumentLink | None:
        from botocore.exceptions import ClientError

        where = {"Bucket": self._bucket, "Key": _key(LETTERS, tenant, document_id, ending)}
        try:
            self._client().head_object(**where)
        except ClientError as error:
            if _code(error) in _MISSING:
                return None
            raise
        name = f'inline; filename="{document_id}.{ending}"'
        url = self._client().generate_presigned_url(
            "get_object",
            Params={**where, "ResponseContentDisposition": name},
            ExpiresIn=int(OPENS_FOR.total_seconds()),
        )
        return DocumentLink(url, now + OPENS_FOR)

    def remove(self, tenant: Tenant, customer_id: str, before: datetime | None = None) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            for folder in (OUTBOX, LETTERS):
                keys = list(self._keys(folder, tenant, customer_id, before))
                for start in range(0, len(keys), _AT_ONCE):
                    self._delete(keys[start : start + _AT_ONCE])
        except (ClientError, BotoCoreError) as error:
            raise DocumentsUnavailableError(_code(error)) from error

    def _keys(
        self, folder: str, tenant: Tenant, customer_id: str, before: datetime | None
    ) -> Iterator[str]:
        prefix = _prefix(folder, tenant, customer_id)
        end = prefix + ids.part(before, 0) if before else None
        pages = self._client().get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
            for found in page.get("Contents", ()):
                if end is None or found["Key"] < end:
                    yield found["Key"]

    def _delete(self, keys: list[str]) -> None:
        names = [{"Key": key} for key in keys]
        answer = self._client().delete_objects(
            Bucket=self._bucket, Delete={"Objects": names, "Quiet": True}
        )
        if answer.get("Errors"):
            raise DocumentsUnavailableError(str(answer["Errors"][0].get("Code")))


def outbox_key(tenant: Tenant, communication_id: str, ending: str) -> str:
    """Return where a letter waits to be picked up."""
    return _key(OUTBOX, tenant, communication_id, ending)


def _key(folder: str, tenant: Tenant, communication_id: str, ending: str = "pdf") -> str:
    return f"{folder}/{tenant.key}/{communication_id}.{ending}"


def _prefix(folder: str, tenant: Tenant, customer_id: str) -> str:
    _, _, own = customer_id.partition("_")
    return f"{folder}/{tenant.key}/{ids.COMMUNICATION}_{own}"


def _code(error: Any) -> str:  # noqa: ANN401 - botocore's errors have no common type
    response = getattr(error, "response", None)
    return str(response["Error"]["Code"]) if response else type(error).__name__
