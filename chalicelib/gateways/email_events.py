"""What SES says later of an e-mail: its notifications through SNS, in both of their shapes.

Event publishing (`eventType`, with tags) and the older feedback notifications (`notificationType`,
with headers at best) say the same things. Only a permanent bounce or a complaint means that the
address must not be used again; transient and undetermined bounces (a full mailbox, an absence
notice, a rejected content) concern this one message. From the SES developer guide.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any, cast

from chalicelib.domain import ids
from chalicelib.domain.errors import InvalidError
from chalicelib.domain.tenant import Mode, Tenant, tenant_of
from chalicelib.gateways.email import (
    COMMUNICATION_HEADER,
    COMMUNICATION_TAG,
    CREDITOR_TAG,
    MODE_TAG,
    TENANT_HEADER,
)
from chalicelib.ports.messages import EmailEvent, EmailEventKind

_KINDS = {
    "Send": EmailEventKind.SENT,
    "Delivery": EmailEventKind.DELIVERED,
    "Bounce": EmailEventKind.BOUNCED,
    "Complaint": EmailEventKind.COMPLAINED,
    "Reject": EmailEventKind.REJECTED,
    "DeliveryDelay": EmailEventKind.DELAYED,
}
_DETAILS = {
    "Send": "send",
    "Delivery": "delivery",
    "Bounce": "bounce",
    "Complaint": "complaint",
    "Reject": "reject",
    "DeliveryDelay": "deliveryDelay",
}
_RECIPIENTS = ("bouncedRecipients", "complainedRecipients", "delayedRecipients", "recipients")
_GREETING = "Successfully validated SNS topic"
REASON_LENGTH = 300

Json = dict[str, Any]


def parse_email_event(message: str, received_at: datetime) -> EmailEvent | None:
    """Read the message of an SNS notification; None for the greeting after a subscription.

    `received_at` (UTC) stands in where SES names no time. Raises InvalidError.
    """
    if message.startswith(_GREETING):
        return None
    try:
        body = json.loads(message)
    except (ValueError, RecursionError):
        raise InvalidError("the notification is no JSON") from None
    if not isinstance(body, dict):
        raise InvalidError("the notification is no object")
    name = body.get("eventType") or body.get("notificationType")
    if name == "AmazonSnsSubscriptionSucceeded":
        return None
    if not isinstance(name, str):
        raise InvalidError("the notification doesn't say what happened")
    mail = body.get("mail")
    if not isinstance(mail, dict) or not isinstance(mail.get("messageId"), str):
        raise InvalidError("the notification names no e-mail")
    return _event(name, mail, _object(body.get(_DETAILS.get(name, ""))), received_at)


def _event(name: str, mail: Json, details: Json, received_at: datetime) -> EmailEvent:
    kind = _KINDS.get(name, EmailEventKind.OTHER)
    if details.get("complaintFeedbackType") == "not-spam":
        # The recipient took the message out of the spam folder: the opposite of a complaint.
        kind = EmailEventKind.OTHER
    tenant, communication_id = _identity(mail)
    moments = (_moment(details.get("timestamp")), _moment(mail.get("timestamp")), received_at)
    return EmailEvent(
        kind=kind,
        permanent=kind is EmailEventKind.BOUNCED and details.get("bounceType") == "Permanent",
        recipients=_recipients(details, mail),
        provider_id=mail["messageId"],
        at=next(moment for moment in moments if moment),
        tenant=tenant,
        communication_id=communication_id,
        reason=_reason(details),
    )


def _identity(mail: Json) -> tuple[Tenant | None, str | None]:
    """Return whose e-mail it is, and which, as its tags or else its headers say."""
    tags, headers = _object(mail.get("tags")), _headers(mail.get("headers"))
    creditor_id, mode = _first(tags.get(CREDITOR_TAG)), _first(tags.get(MODE_TAG))
    tenant = Tenant(creditor_id, Mode(mode)) if creditor_id and mode in set(Mode) else None
    if tenant is None and (key := headers.get(TENANT_HEADER.lower())):
        tenant = tenant_of(key)
    wanted = _first(tags.get(COMMUNICATION_TAG)) or headers.get(COMMUNICATION_HEADER.lower())
    if tenant is None or not wanted:
        return None, None
    try:
        ids.parse(ids.COMMUNICATION, wanted)
    except ValueError:
        return None, None
    return tenant, wanted


def _recipients(details: Json, mail: Json) -> tuple[str, ...]:
    listed = next((details[name] for name in _RECIPIENTS if name in details), None)
    if not isinstance(listed, list):
        listed = mail.get("destination")
    return tuple(
        address
        for each in (listed if isinstance(listed, list) else [])
        if _object(each).get("action") != "delayed" or "delayType" in details
        if (address := _address(_object(each).get("emailAddress", each)))
    )


def _address(written: object) -> str | None:
    if not isinstance(written, str):
        return None
    return parseaddr(written)[1] or written.strip() or None


def _reason(details: Json) -> str | None:
    """Return why, as SES and the receiving server put it."""
    diagnostics = (
        _object(each).get("diagnosticCode")
        for name in _RECIPIENTS
        if isinstance(details.get(name), list)
        for each in details[name]
    )
    parts = (
        *(details.get(name) for name in ("bounceType", "bounceSubType", "delayType")),
        *(details.get(name) for name in ("complaintFeedbackType", "complaintSubType", "reason")),
        next((text for text in diagnostics if text), None),
    )
    text = " ".join(part for part in parts if isinstance(part, str) and part)
    return text[:REASON_LENGTH] or None


def _headers(listed: object) -> dict[str, str]:
    return {
        header["name"].lower(): header["value"]
        for header in (listed if isinstance(listed, list) else [])
        if isinstance(header, dict)
        and isinstance(header.get("name"), str)
        and isinstance(header.get("value"), str)
    }


def _moment(written: object) -> datetime | None:
    if not isinstance(written, str):
        return None
    try:
        moment = datetime.fromisoformat(written)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _first(values: object) -> str | None:
    return values[0] if isinstance(values, list) and values and isinstance(values[0], str) else None


def _object(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}
