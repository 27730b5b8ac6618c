"""Letters into a folder that a print service picks up, by SFTP (AWS Transfer Family) or from S3.

A letter is two objects: the PDF, and after it a job ticket (JSON). Whoever picks up waits for the
ticket: what has one is complete. Both are only ever made, never replaced (`If-None-Match: *`), so a
repeated call can neither change a letter nor mix two. S3 forgets them after a month.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from chalicelib.gateways.aws import Client
from chalicelib.gateways.documents import outbox_key
from chalicelib.gateways.handing_over import hand_over
from chalicelib.ports.letters import LetterMessage
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.ports.world import Clock

TICKET_VERSION = 1
_THERE_ALREADY = "PreconditionFailed"


class OutboxPrinter:
    """A LetterGateway. `client` gives an `s3` client that repeats lost calls by itself."""

    def __init__(self, client: Client, bucket: str, clock: Clock) -> None:
        self._client = client
        self._bucket = bucket
        self._clock = clock

    def send(self, message: LetterMessage, deadline: datetime) -> Handover:
        return hand_over(
            lambda: self._lay_down(message), verdict, clock=self._clock, deadline=deadline
        )

    def _lay_down(self, message: LetterMessage) -> str:
        pdf = message.content.pdf
        self._make(message, "pdf", pdf, "application/pdf")
        self._make(message, "json", json.dumps(ticket(message)).encode(), "application/json")
        return message.communication_id

    def _make(self, message: LetterMessage, ending: str, body: bytes, kind: str) -> None:
        from botocore.exceptions import ClientError

        key = outbox_key(message.tenant, message.communication_id, ending)
        try:
            self._client().put_object(
                Bucket=self._bucket, Key=key, Body=body, ContentType=kind, IfNoneMatch="*"
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != _THERE_ALREADY:
                raise


def ticket(message: LetterMessage) -> dict[str, object]:
    """Return the job ticket: what a print service needs beside the PDF."""
    address = message.address
    return {
        "version": TICKET_VERSION,
        "job": message.communication_id,
        "creditor": message.tenant.creditor_id,
        "livemode": message.tenant.mode.value == "live",
        "file": f"{message.communication_id}.pdf",
        "sha256": hashlib.sha256(message.content.pdf).hexdigest(),
        "subject": message.content.subject,
        "recipient": {
            "name": message.name,
            "lines": list(address.lines),
            "postal_code": address.postal_code,
            "city": address.city,
            "region": address.region,
            "country": address.country,
        },
    }


def verdict(code: str, _message: str) -> Handover | None:
    """Return what an error of PutObject means; what S3 can't do now may be done later."""
    if code in {"SlowDown", "ServiceUnavailable", "ConditionalRequestConflict"}:
        return Handover(Delivery.NOT_NOW, reason="throttled")
    return None
