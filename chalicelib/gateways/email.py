"""E-mail through SES v2.

The content is handed over in parts (`Simple`) and SES writes the MIME message: it sets Date and
Message-ID itself even on a raw one (`<id@…amazonses.com>`, where id is the provider's id of the
communication), so nothing is gained by writing our own. Which communication an e-mail is stands
in a tag, which every event of SES carries, and in a header, which replies and complaints show.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from datetime import datetime
from typing import Any

from chalicelib.gateways.aws import Client
from chalicelib.gateways.handing_over import (
    INVALID,
    MALFORMED,
    REJECTED,
    USED_UP,
    hand_over,
    misconfigured,
    not_now,
    refused,
)
from chalicelib.ports.messages import EmailMessage, Handover
from chalicelib.ports.world import Clock

COMMUNICATION_TAG = "dunlin_communication"
CREDITOR_TAG = "dunlin_creditor"
MODE_TAG = "dunlin_mode"
"""Tag values may hold letters, digits, `_` and `-` only, so creditor and mode are two."""
COMMUNICATION_HEADER = "X-Dunlin-Communication"
TENANT_HEADER = "X-Dunlin-Tenant"

CONFIGURATION_CODES = frozenset(
    {"AccountSuspendedException", "MailFromDomainNotVerifiedException", "NotFoundException"}
    | {"SendingPausedException"}
)
QUOTA_CODES = frozenset({"LimitExceededException"})
MESSAGE_CODES = frozenset({"BadRequestException", "MessageRejected"})

_ABOUT_THE_ADDRESS = re.compile(
    r"illegal address|missing (final|start|end)|local address|invalid email address"
    r"|domain (starts|ends|contains|name|is)|address (contains|length|is too)",
    re.IGNORECASE,
)
_UNVERIFIED = re.compile(r"not verified|not have authority", re.IGNORECASE)
WORD_BYTES = 45
"""Sixty characters of base 64, which leaves room for `=?utf-8?b?` and `?=`."""
_SPECIALS = re.compile(r'[()<>@,:;".\[\]\\]')


class SesEmailGateway:
    """Sends e-mail through SES. `client` gives the `sesv2` client for `SendEmail`."""

    def __init__(
        self, client: Client, clock: Clock, *, configuration_set: str | None = None
    ) -> None:
        self._client = client
        self._clock = clock
        self._configuration_set = configuration_set

    def send(self, message: EmailMessage, deadline: datetime) -> Handover:
        try:
            request = self._request(message)
        except UnwritableError:
            return refused(MALFORMED)
        except AddressError:
            return refused(INVALID)
        return hand_over(
            lambda: str(self._client().send_email(**request)["MessageId"]),
            verdict,
            clock=self._clock,
            deadline=deadline,
        )

    def _request(self, message: EmailMessage) -> dict[str, Any]:
        content = message.content
        request: dict[str, Any] = {
            "FromEmailAddress": mailbox(message.sender_name, sendable(message.sender_email)),
            "Destination": {"ToAddresses": [mailbox(message.to_name, deliverable(message.to))]},
            "ReplyToAddresses": [sendable(message.reply_to)],
            "Content": {
                "Simple": {
                    "Subject": _text(one_line(content.subject)),
                    "Body": {"Text": _text(content.text), "Html": _text(content.html)},
                    "Headers": [
                        {"Name": "Auto-Submitted", "Value": "auto-generated"},
                        {"Name": COMMUNICATION_HEADER, "Value": message.communication_id},
                        {"Name": TENANT_HEADER, "Value": message.tenant.key},
                        *_unsubscribing(message.unsubscribe_url),
                    ],
                }
            },
            "EmailTags": [
                {"Name": COMMUNICATION_TAG, "Value": message.communication_id},
                {"Name": CREDITOR_TAG, "Value": message.tenant.creditor_id},
                {"Name": MODE_TAG, "Value": message.tenant.mode.value},
            ],
        }
        if self._configuration_set:
            request["ConfigurationSetName"] = self._configuration_set
        return request


def _unsubscribing(url: str | None) -> list[dict[str, str]]:
    """Return the headers by which a mail program stops reminders with one click (RFC 8058)."""
    if url is None:
        return []
    return [
        {"Name": "List-Unsubscribe", "Value": f"<{one_line(url)}>"},
        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
    ]


class UnwritableError(ValueError):
    """A text can't stand in a header."""


class AddressError(ValueError):
    """An address to which nothing can be sent."""


def verdict(code: str, message: str) -> Handover | None:
    """Return what an error of SendEmail means."""
    if code in CONFIGURATION_CODES:
        return misconfigured(code)
    if code in QUOTA_CODES:
        return not_now(USED_UP)
    if code in MESSAGE_CODES and _UNVERIFIED.search(message):
        return misconfigured(code)
    if code == "MessageRejected":
        return refused(REJECTED)
    if code == "BadRequestException":
        return refused(INVALID) if _ABOUT_THE_ADDRESS.search(message) else misconfigured(code)
    return None


def mailbox(name: str, address: str) -> str:
    """Write a name and an ASCII address as a header does (RFC 5322, names by RFC 2047).

    Raises UnwritableError for control characters: a line break would begin another header.
    """
    if not (name := one_line(name)):
        return address
    if not name.isascii():
        return f"{encoded(name)} <{address}>"
    if _SPECIALS.search(name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{name} <{address}>"


def encoded(name: str) -> str:
    """Write a text in encoded words of at most 75 characters (RFC 2047, section 2)."""
    words = [""]
    for character in name:
        if len((words[-1] + character).encode()) > WORD_BYTES:
            words.append("")
        words[-1] += character
    return " ".join(f"=?utf-8?b?{b64encode(word.encode()).decode()}?=" for word in words)


def one_line(text: str) -> str:
    """Return the text if it can stand in a header. Raises UnwritableError."""
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text):
        raise UnwritableError("control characters can't stand in a header")
    return text.strip()


def deliverable(address: str) -> str:
    """Return the address with its domain in ASCII, as SES wants it. Raises AddressError.

    SES doesn't send to mailboxes whose part before the @ isn't ASCII.
    """
    from email_validator import EmailNotValidError, validate_email

    try:
        known = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise AddressError(str(error)) from None
    if known.ascii_email is None:
        raise AddressError("the part before the @ isn't ASCII")
    return known.ascii_email


def sendable(address: str) -> str:
    """Return an address of the creditor in ASCII. Raises UnwritableError."""
    try:
        return deliverable(address)
    except AddressError as error:
        raise UnwritableError(str(error)) from None


def _text(data: str) -> dict[str, str]:
    return {"Data": data, "Charset": "UTF-8"}
