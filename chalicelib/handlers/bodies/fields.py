"""The types of fields. Each accepts exactly what its schema in the API reference says.

Text is one line unless it says otherwise: no control characters, since names and numbers end up
in mail headers. Amounts are integers; 5.0, "5" and true are not.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from chalicelib.domain.ids import ALPHABET, PART
from chalicelib.domain.money import MAX_AMOUNT, Currency, UnknownCurrencyError, currency
from chalicelib.handlers.bodies.sizes import bounded

_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
LINE = rf"^[^{_CONTROL}]*[^\s{_CONTROL}][^{_CONTROL}]*$"
TEXT = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"
URL = r"^https?://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?(/[!-~]*)?$"
TIME_OF_DAY = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
SEQUENCE_ID = r"^seq_[0-9A-Za-z_]{1,40}$"
SEGMENT_ID = f"^seg_[{ALPHABET}]{{{PART}}}$"
KEY = r"^[A-Za-z0-9]([A-Za-z0-9 ._-]*[A-Za-z0-9])?$"
SOURCE = r"^[a-z][a-z0-9_]{0,39}$"
POSITION = r"^[A-Za-z0-9_=-]{4,120}$"
_BODY = f"[{ALPHABET}]{{{PART}}}"
CUSTOMER_ID = f"^cus_{_BODY}$"
CLOCK_ID = f"^clock_{_BODY}$"
ENDPOINT_ID = f"^we_{_BODY}$"
_TWO_PARTS = f"_[{ALPHABET}]{{{2 * PART}}}$"
_CHILDREN = ("in", "case", "pay", "cn", "chg", "prm", "plan", "cm", "evt", "task", "dis", "svc")
CHILD_IDS = {prefix: f"^{prefix}{_TWO_PARTS}" for prefix in _CHILDREN}

PATTERNS = {
    LINE: "must be one line of text that isn't blank, without control characters",
    TEXT: "must be text without control characters other than tabs and line breaks",
    URL: "must be an http or https address",
    TIME_OF_DAY: "must be a time of day, 00:00 to 23:59",
    SEQUENCE_ID: "must be a sequence's id (seq_…)",
    SEGMENT_ID: "must be a segment's id (seg_…)",
    KEY: "must be letters, digits, and between them spaces, dots, hyphens and underscores",
    SOURCE: "must be a code of lower-case letters, digits and underscores",
    POSITION: "must be the `next` of an export",
    CUSTOMER_ID: "must be a customer's id (cus_…)",
    CLOCK_ID: "must be a test clock's id (clock_…)",
    ENDPOINT_ID: "must be a webhook endpoint's id (we_…)",
    **{
        pattern: f"must be an id of this list ({prefix}_…)" for prefix, pattern in CHILD_IDS.items()
    },
}
"""What is said where a text doesn't match its pattern."""

EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
LONGEST_LOCAL_PART = 64
"""Characters before the `@` of an e-mail address (RFC 5321, section 4.5.3.1.1)."""

_PHONE = re.compile(r"\+[0-9][0-9 ()./-]*")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def _day(value: Any) -> date:  # noqa: ANN401 - any JSON value
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            found = date.fromisoformat(value)
        except ValueError:
            raise ValueError("is a date that doesn't exist") from None
        if EARLIEST <= found <= LATEST:
            return found
        raise ValueError(f"must be between {EARLIEST} and {LATEST}")
    raise ValueError("must be a date, YYYY-MM-DD")


def _instant(value: Any) -> datetime:  # noqa: ANN401 - any JSON value
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            found = datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValueError("is a moment that doesn't exist") from None
        if EARLIEST <= found.date() <= LATEST:
            return found
        raise ValueError(f"must be between {EARLIEST} and {LATEST}")
    raise ValueError("must be a moment with its offset, like 2026-03-02T09:00:00Z")


def _time(value: Any) -> time:  # noqa: ANN401 - any JSON value
    if isinstance(value, str) and re.fullmatch(TIME_OF_DAY, value):
        return time.fromisoformat(value)
    raise ValueError(PATTERNS[TIME_OF_DAY])


def _currency(value: Any) -> Currency:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        try:
            return currency(value)
        except UnknownCurrencyError:
            pass
    raise ValueError("must be the ISO 4217 code of a currency with minor units, like eur")


def _country(value: str) -> str:
    from chalicelib.handlers.bodies.places import countries

    if value not in countries():
        raise ValueError("must be an ISO 3166-1 alpha-2 country code, like DE")
    return value


def _timezone(value: str) -> str:
    from chalicelib.handlers.bodies.places import timezones

    if value not in timezones():
        raise ValueError("must be an IANA timezone, like Europe/Berlin")
    return value


def _locale(value: str) -> str:
    from chalicelib.rendering.locales import supported

    if not supported(value):
        raise ValueError("must be a locale (BCP 47) known to CLDR, like de-DE")
    return value.replace("_", "-")


def _email(value: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(
            value, check_deliverability=False, allow_smtputf8=False, globally_deliverable=False
        )
    except EmailNotValidError:
        found = None
    if (
        found is None
        or found.ascii_email is None
        or "." not in (found.ascii_domain or "")
        or len(found.local_part) > LONGEST_LOCAL_PART
    ):
        raise ValueError("must be an e-mail address, without a name or comments")
    return found.ascii_email


def _phone(value: str) -> str:
    """Return the number as E.164. The library would read letters as a keypad's digits.

    Numbers that are free for films and tests are no valid ones, so a possible one is enough.
    """
    import phonenumbers

    try:
        found = phonenumbers.parse(value) if _PHONE.fullmatch(value) else None
    except phonenumbers.NumberParseException:
        found = None
    possible = phonenumbers.ValidationResult.IS_POSSIBLE
    if found and phonenumbers.is_possible_number_with_reason(found) == possible:
        number = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
        if _E164.fullmatch(number):
            return number
    raise ValueError("must be a phone number in international form, like +4915112345678")


def _bounded(most: int) -> Any:  # noqa: ANN401 - metadata of Annotated
    return Field(min_length=1, max_length=most, pattern=LINE)


STRIP = AfterValidator(str.strip)

Name = Annotated[str, _bounded(200), STRIP]
Number = Annotated[str, _bounded(64), STRIP]
Label = Annotated[str, _bounded(200), STRIP]
AddressLine = Annotated[str, _bounded(70), STRIP]
PostalCode = Annotated[str, _bounded(16), STRIP]
ExternalId = Annotated[str, _bounded(100), STRIP]
Note = Annotated[str, Field(max_length=5000, pattern=TEXT)]
Key = Annotated[str, Field(min_length=1, max_length=40, pattern=KEY)]
Url = Annotated[str, Field(max_length=1000, pattern=URL)]
CustomerId = Annotated[str, Field(pattern=CUSTOMER_ID)]
ClockId = Annotated[str, Field(pattern=CLOCK_ID)]
EndpointId = Annotated[str, Field(pattern=ENDPOINT_ID)]
SequenceId = Annotated[str, Field(pattern=SEQUENCE_ID)]
Tag = Annotated[str, Field(min_length=1, max_length=40, pattern=KEY)]
RiskGrade = Annotated[str, Field(min_length=1, max_length=20, pattern=KEY)]
InvoiceId = Annotated[str, Field(pattern=CHILD_IDS["in"])]
CaseId = Annotated[str, Field(pattern=CHILD_IDS["case"])]
PaymentId = Annotated[str, Field(pattern=CHILD_IDS["pay"])]
CreditNoteId = Annotated[str, Field(pattern=CHILD_IDS["cn"])]
ChargeId = Annotated[str, Field(pattern=CHILD_IDS["chg"])]
PromiseId = Annotated[str, Field(pattern=CHILD_IDS["prm"])]
PaymentPlanId = Annotated[str, Field(pattern=CHILD_IDS["plan"])]
CommunicationId = Annotated[str, Field(pattern=CHILD_IDS["cm"])]
EventId = Annotated[str, Field(pattern=CHILD_IDS["evt"])]
TaskId = Annotated[str, Field(pattern=CHILD_IDS["task"])]
DisputeId = Annotated[str, Field(pattern=CHILD_IDS["dis"])]
ServiceId = Annotated[str, Field(pattern=CHILD_IDS["svc"])]

Amount = Annotated[int, Field(gt=0, le=MAX_AMOUNT)]
SignedAmount = Annotated[int, Field(ge=-MAX_AMOUNT, le=MAX_AMOUNT)]

Day = Annotated[date, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Instant = Annotated[
    datetime, PlainValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
TimeOfDay = Annotated[
    time, PlainValidator(_time), WithJsonSchema({"type": "string", "pattern": TIME_OF_DAY})
]
CurrencyCode = Annotated[
    Currency,
    PlainValidator(_currency),
    WithJsonSchema({"type": "string", "format": "iso-4217", "minLength": 3, "maxLength": 3}),
]
Country = Annotated[
    str,
    AfterValidator(_country),
    WithJsonSchema({"type": "string", "format": "iso-3166-1-alpha-2"}),
]
Timezone = Annotated[
    str, AfterValidator(_timezone), WithJsonSchema({"type": "string", "format": "iana-timezone"})
]
Locale = Annotated[
    str, AfterValidator(_locale), WithJsonSchema({"type": "string", "format": "bcp-47"})
]
Email = Annotated[
    str,
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 254}),
]
Phone = Annotated[str, AfterValidator(_phone), WithJsonSchema({"type": "string", "format": "e164"})]
MetadataKey = Annotated[str, _bounded(40)]
MetadataValue = Annotated[str, Field(max_length=500, pattern=TEXT)]
Metadata = Annotated[
    dict[MetadataKey, MetadataValue],
    Field(max_length=50, description="At most 32 KiB as JSON in UTF-8."),
    AfterValidator(bounded),
]
