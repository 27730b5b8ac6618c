"""Bodies of what concerns a customer's personal data."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.privacy import Consent, Covers, ErasureReason
from chalicelib.handlers.bodies.base import Body, Query
from chalicelib.handlers.bodies.fields import POSITION, SOURCE, Instant

MOST_WORDS = 500


class ErasureBody(Body):
    """On which ground the customer is erased: GDPR article 17(1), (a) to (e) in that order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "consent_withdrawn"}]})

    reason: Literal[
        "no_longer_needed", "consent_withdrawn", "objection", "unlawful", "legal_obligation"
    ]

    def ground(self) -> ErasureReason:
        """Return what the use case takes."""
        return ErasureReason(self.reason)


class ConsentBody(Body):
    """What the customer said about a channel.

    `source` is a short code for where they said it, `words` how; `at` is when (left out: now).
    What they refuse is `everything` on the channel, or `reminders` only: legal notices, such as the
    final notice, still go then.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"channel": "sms", "given": False, "source": "phone"}]}
    )

    channel: Literal["email", "sms", "letter", "call"]
    given: bool
    source: Annotated[str, Field(pattern=SOURCE)]
    words: Annotated[str, Field(min_length=1, max_length=MOST_WORDS)] | None = None
    covers: Literal["everything", "reminders"] = "everything"
    at: Instant | None = None

    @field_validator("covers")
    @classmethod
    def _of_refusal(cls, value: str, info: ValidationInfo) -> str:
        if value == "reminders" and info.data.get("given"):
            raise ValueError('is about a refusal; a consent covers "everything"')
        return value

    def consent(self, now: datetime) -> Consent:
        """Return what the use case takes."""
        return Consent(self.given, self.source, self.at or now, Covers(self.covers), self.words)


class ExportQuery(Query):
    """Where an export goes on: at the `next` of the part before."""

    after: Annotated[str, Field(pattern=POSITION)] | None = None

    def position(self) -> str | None:
        """Return the position in the file. Raises InvalidError for what never was a `next`."""
        if self.after is None:
            return None
        try:
            return base64.b64decode(self.after, altchars=b"-_", validate=True).decode("ascii")
        except (binascii.Error, UnicodeDecodeError):
            fault = FieldError("/after", "must be the `next` of an export")
            raise InvalidError("The export can't go on there.", fields=(fault,)) from None


def as_next(position: str) -> str:
    """Write a position as an export's `next`."""
    return base64.urlsafe_b64encode(position.encode()).decode()
