"""One e-mail or SMS as it was handed over, taken apart for reading."""

import base64
import binascii
from dataclasses import asdict, dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any, Self, TypeAlias

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """`kind` is "email" or "sms"; `at` is seconds since 1970; `events` is what was told of it."""

    id: str
    kind: str
    at: float
    sender: str
    to: list[str]
    subject: str
    text: str
    html: str = ""
    cc: list[str] = field(default_factory=list)
    bcc: list[str] = field(default_factory=list)
    reply_to: list[str] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    configuration_set: str | None = None
    events: list[str] = field(default_factory=list)

    @property
    def recipients(self) -> list[str]:
        """The bare addresses, or phone numbers, that it went to."""
        if self.kind == "sms":
            return self.to
        return [address for _, address in getaddresses([*self.to, *self.cc, *self.bcc])]

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def to_json(self) -> Json:
        """For the file and for `/api/messages`."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """The way back."""
        headers = [(name, value) for name, value in content["headers"]]
        return cls(**{**content, "headers": headers})


def from_send_email(request: Json, *, identifier: str, at: float) -> Message:
    """The body of an SES v2 SendEmail request with simple or raw content."""
    content = request.get("Content", {})
    tags = {tag["Name"]: tag["Value"] for tag in request.get("EmailTags", [])}
    destination = request.get("Destination", {})
    facts: Json = {
        "id": identifier,
        "kind": "email",
        "at": at,
        "tags": tags,
        "configuration_set": request.get("ConfigurationSetName"),
        "bcc": list(destination.get("BccAddresses", [])),
    }
    if "Raw" in content:
        return _from_raw(request, content["Raw"]["Data"], facts)
    simple = content.get("Simple", {})
    body = simple.get("Body", {})
    return Message(
        **facts,
        sender=request.get("FromEmailAddress", ""),
        to=list(destination.get("ToAddresses", [])),
        cc=list(destination.get("CcAddresses", [])),
        reply_to=list(request.get("ReplyToAddresses", [])),
        subject=simple.get("Subject", {}).get("Data", ""),
        text=body.get("Text", {}).get("Data", ""),
        html=body.get("Html", {}).get("Data", ""),
        headers=_simple_headers(request, simple, identifier),
    )


def from_publish(form: dict[str, str], *, identifier: str, at: float) -> Message:
    """The form of an SNS Publish to a phone number; its attributes become tags."""
    return Message(
        id=identifier,
        kind="sms",
        at=at,
        sender=_attributes(form).get("AWS.SNS.SMS.SenderID", ""),
        to=[form["PhoneNumber"]],
        subject="",
        text=form.get("Message", ""),
        tags=_attributes(form),
    )


def message_id(identifier: str) -> str:
    """SES overwrites whatever Message-ID it was given with its own."""
    return f"<{identifier}@email.amazonses.com>"


def _from_raw(request: Json, data: str, facts: Json) -> Message:
    try:
        raw = base64.b64decode(data, validate=True)
    except binascii.Error:
        raw = data.encode()
    mime = message_from_bytes(raw, policy=policy.default)
    named = mime.get("X-SES-MESSAGE-TAGS", "")
    for pair in filter(None, (part.strip() for part in named.split(","))):
        name, _, value = pair.partition("=")
        facts["tags"].setdefault(name, value)
    destination = request.get("Destination", {})
    headers = [(k, str(v)) for k, v in mime.items() if k.lower() != "message-id"]
    return Message(
        **facts,
        sender=request.get("FromEmailAddress") or str(mime.get("From", "")),
        to=list(destination.get("ToAddresses") or _split(mime.get("To"))),
        cc=list(destination.get("CcAddresses") or _split(mime.get("Cc"))),
        reply_to=_split(mime.get("Reply-To")),
        subject=str(mime.get("Subject", "")),
        text=_part(mime, "plain"),
        html=_part(mime, "html"),
        headers=[*headers, ("Message-ID", message_id(facts["id"]))],
    )


def _part(mime: EmailMessage, kind: str) -> str:
    part = mime.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def _split(header: object) -> list[str]:
    if header is None:
        return []
    return [f"{name} <{at}>" if name else at for name, at in getaddresses([str(header)])]


def _simple_headers(request: Json, simple: Json, identifier: str) -> list[tuple[str, str]]:
    destination = request.get("Destination", {})
    standard = (
        ("From", request.get("FromEmailAddress", "")),
        ("Reply-To", ", ".join(request.get("ReplyToAddresses", []))),
        ("To", ", ".join(destination.get("ToAddresses", []))),
        ("Cc", ", ".join(destination.get("CcAddresses", []))),
        ("Subject", simple.get("Subject", {}).get("Data", "")),
        ("MIME-Version", "1.0"),
    )
    given = [(h["Name"], h["Value"]) for h in simple.get("Headers", [])]
    own = [(k, v) for k, v in given if k.lower() != "message-id"]
    present = [(name, value) for name, value in standard if value]
    return [*present, *own, ("Message-ID", message_id(identifier))]


def _attributes(form: dict[str, str]) -> dict[str, str]:
    found = {}
    number = 1
    while (name := form.get(f"MessageAttributes.entry.{number}.Name")) is not None:
        prefix = f"MessageAttributes.entry.{number}.Value"
        found[name] = form.get(f"{prefix}.StringValue", "")
        number += 1
    return found
