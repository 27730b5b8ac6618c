"""What SES would tell about a message, in the shape of its event publishing through SNS.

Addresses of SES's mailbox simulator (`bounce@simulator.amazonses.com`, also with `+label`) get what
AWS documents for them; any other address is delivered to.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parseaddr

from local.mail.message import Json, Message

SUBJECT = "Amazon SES Email Event Notification"

_ACCOUNT, _REGION = "000000000000", "us-east-1"
_SIMULATOR = "simulator.amazonses.com"
# SES finds this harmless test text of virus scanners and rejects the message.
_TEST_VIRUS = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def of(message: Message, *, now: datetime) -> list[Json]:
    """The events in their order: Send first, then per recipient what became of it."""
    mail = _mail(message)
    events: list[Json] = [{"eventType": "Send", "mail": mail, "send": {}}]
    if _TEST_VIRUS in message.text or _TEST_VIRUS in message.html:
        reject = {"reason": "Bad content"}
        return [*events, {"eventType": "Reject", "mail": mail, "reject": reject}]
    for address in message.recipients:
        mailbox = _simulated(address)
        if mailbox == "bounce":
            events.append(_bounce(mail, address, message, now=now))
        elif mailbox == "suppressionlist":
            events.append(_suppressed(mail, address, message, now=now))
        else:
            # An out-of-office answer (`ooto`) goes to the Return-Path; it is no event.
            events.append(_delivery(mail, address, now=now))
            if mailbox == "complaint":
                events.append(_complaint(mail, address, message, now=now))
    return events


def matching_type(event: Json) -> str:
    """An event's name as an event destination lists it: "Send" is `send`."""
    name: str = event["eventType"]
    return name[0].lower() + name[1:].replace(" ", "")


def _simulated(address: str) -> str | None:
    mailbox, _, domain = address.lower().rpartition("@")
    return mailbox.split("+", maxsplit=1)[0] if domain == _SIMULATOR else None


def _mail(message: Message) -> Json:
    sent = datetime.fromtimestamp(message.at, UTC)
    address = parseaddr(message.sender)[1]
    common: Json = {
        "from": [message.sender],
        "to": message.to,
        "messageId": message.id,
        "subject": message.subject,
    }
    if message.reply_to:
        common["replyTo"] = message.reply_to
    tags = {
        "ses:operation": ["SendEmail"],
        "ses:configuration-set": [message.configuration_set or ""],
        "ses:source-ip": ["127.0.0.1"],
        "ses:from-domain": [address.rpartition("@")[2]],
        "ses:caller-identity": ["dunlin"],
        **{name: [value] for name, value in message.tags.items()},
    }
    return {
        "timestamp": _instant(sent),
        "source": message.sender,
        "sourceArn": f"arn:aws:ses:{_REGION}:{_ACCOUNT}:identity/{address}",
        "sendingAccountId": _ACCOUNT,
        "messageId": message.id,
        "destination": message.recipients,
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in message.headers],
        "commonHeaders": common,
        "tags": tags,
    }


def _delivery(mail: Json, address: str, *, now: datetime) -> Json:
    return {
        "eventType": "Delivery",
        "mail": mail,
        "delivery": {
            "timestamp": _instant(now),
            "processingTimeMillis": 350,
            "recipients": [address],
            "smtpResponse": "250 2.6.0 Message received",
            "reportingMTA": "a8-50.smtp-out.amazonses.com",
        },
    }


def _bounce(mail: Json, address: str, message: Message, *, now: datetime) -> Json:
    recipient = {
        "emailAddress": address,
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": "smtp; 550 5.1.1 user unknown",
    }
    return _bounced(mail, "General", [recipient], message, now=now)


def _suppressed(mail: Json, address: str, message: Message, *, now: datetime) -> Json:
    recipient = {
        "emailAddress": address,
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": "Amazon SES has suppressed sending to this address because it has a "
        "recent history of bouncing as an invalid address.",
    }
    return _bounced(mail, "Suppressed", [recipient], message, now=now)


def _bounced(
    mail: Json, subtype: str, recipients: Sequence[Json], message: Message, *, now: datetime
) -> Json:
    return {
        "eventType": "Bounce",
        "bounce": {
            "feedbackId": f"{message.id}-bounce",
            "bounceType": "Permanent",
            "bounceSubType": subtype,
            "bouncedRecipients": list(recipients),
            "timestamp": _instant(now),
            "reportingMTA": "dsn; a8-50.smtp-out.amazonses.com",
        },
        "mail": mail,
    }


def _complaint(mail: Json, address: str, message: Message, *, now: datetime) -> Json:
    return {
        "eventType": "Complaint",
        "complaint": {
            "feedbackId": f"{message.id}-complaint",
            "complaintSubType": None,
            "complainedRecipients": [{"emailAddress": address}],
            "timestamp": _instant(now),
            "userAgent": "Amazon SES Mailbox Simulator",
            "complaintFeedbackType": "abuse",
            "arrivalDate": _instant(now),
        },
        "mail": mail,
    }


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
