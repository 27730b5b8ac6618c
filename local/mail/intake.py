"""Stands where boto3's SES v2 and SNS clients send: takes mail and SMS, passes the rest through.

A sent e-mail goes on to MiniStack too, so that it can be read there; its MessageId is MiniStack's.
Bad tags and headers are refused as SES refuses them. Faults can be ordered for tests.
"""

import json
import re
import time
import uuid
from typing import TypeAlias
from xml.sax.saxutils import escape

import aiohttp
from aiohttp import web

from local.mail.announcer import Announcer
from local.mail.mailroom import Mailroom
from local.mail.message import Json, Message, from_publish, from_send_email

MAILROOM = web.AppKey("mailroom", Mailroom)
ANNOUNCER = web.AppKey("announcer", Announcer)
CLIENT = web.AppKey("client", aiohttp.ClientSession)
AWS_URL = web.AppKey("aws_url", str)

_Fault: TypeAlias = str | None
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
_HEADER_NAME, _HEADER_VALUE = re.compile(r"[!-9;-@A-~]{1,126}"), re.compile(r"[ -~]{1,995}")
_NOT_PASSED_ON = {"host", "content-length", "transfer-encoding", "content-encoding", "connection"}
_SNS_NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"
_LARGEST_MESSAGE = 40 * 1024 * 1024

routes = web.RouteTableDef()


@routes.post("/v2/email/outbound-emails")
async def send_email(request: web.Request) -> web.StreamResponse:
    """SES v2 SendEmail."""
    sent: Json = await request.json()
    room = request.app[MAILROOM]
    fault = room.next_fault()
    if fault == "throttle":
        return _ses_error("TooManyRequestsException", "Maximum sending rate exceeded.", 429)
    if fault == "unavailable":
        return _ses_error("ServiceUnavailable", "Try again later.", 503)
    if fault == "reject":
        return _ses_error("MessageRejected", "Email address is not verified.", 400)
    if (problem := _problem(sent)) is not None:
        return _ses_error("BadRequestException", problem, 400)
    named, known = sent.get("ConfigurationSetName"), room.settings["event_destinations"]
    if named is not None and named not in known:
        return _ses_error("NotFoundException", f"Configuration set <{named}> does not exist.", 404)
    status, answer = await _pass_on(request)
    if status != 200:  # noqa: PLR2004 -- HTTP's OK
        return answer
    identifier = json.loads(answer.text or "{}")["MessageId"]
    message = from_send_email(sent, identifier=identifier, at=time.time())
    _take(request, message)
    return _unless_lost(request, answer, fault)


@routes.post("/")
async def sns(request: web.Request) -> web.StreamResponse:
    """SNS's query protocol: what concerns phone numbers is answered here."""
    form = {name: str(value) for name, value in (await request.post()).items()}
    room, action = request.app[MAILROOM], form.get("Action")
    opted_out: list[str] = room.settings["opted_out"]
    if action == "Publish" and "PhoneNumber" in form:
        return _publish_sms(request, form)
    if action == "CheckIfPhoneNumberIsOptedOut":
        answer = str(form.get("phoneNumber") in opted_out).lower()
        return _sns_answer(action, f"<isOptedOut>{answer}</isOptedOut>")
    if action == "ListPhoneNumbersOptedOut":
        members = "".join(f"<member>{escape(one)}</member>" for one in opted_out)
        return _sns_answer(action, f"<phoneNumbers>{members}</phoneNumbers>")
    if action == "OptInPhoneNumber":
        room.configure({"opted_out": [n for n in opted_out if n != form.get("phoneNumber")]})
        return _sns_answer(action, "")
    _, passed = await _pass_on(request)
    return passed


@routes.route("*", "/{rest:.*}")
async def anything_else(request: web.Request) -> web.StreamResponse:
    """All other calls are MiniStack's."""
    _, answer = await _pass_on(request)
    return answer


def build(
    room: Mailroom, announcer: Announcer, client: aiohttp.ClientSession, *, aws: str
) -> web.Application:
    """The intake as a web application."""
    app = web.Application(client_max_size=_LARGEST_MESSAGE)
    app[MAILROOM], app[ANNOUNCER], app[CLIENT], app[AWS_URL] = room, announcer, client, aws
    app.add_routes(routes)
    return app


def _publish_sms(request: web.Request, form: dict[str, str]) -> web.StreamResponse:
    room = request.app[MAILROOM]
    fault = room.next_fault()
    if fault == "throttle":
        return _sns_error("Throttling", "Rate exceeded", 400)
    if fault == "unavailable":
        return _sns_error("ServiceUnavailable", "Try again later.", 503)
    if fault == "reject" or not re.fullmatch(r"\+[1-9]\d{6,14}", form["PhoneNumber"]):
        return _sns_error(
            "InvalidParameter",
            "Invalid parameter: PhoneNumber Reason: not valid to publish to",
            400,
        )
    message = from_publish(form, identifier=str(uuid.uuid4()), at=time.time())
    # SNS takes a message to a number that opted out, and doesn't deliver it.
    if form["PhoneNumber"] not in room.settings["opted_out"]:
        room.add(message)
    answer = _sns_answer("Publish", f"<MessageId>{message.id}</MessageId>")
    return _unless_lost(request, answer, fault)


def _take(request: web.Request, message: Message) -> None:
    request.app[MAILROOM].add(message)
    request.app[ANNOUNCER].announce(message)


def _unless_lost(request: web.Request, answer: web.Response, fault: _Fault) -> web.StreamResponse:
    """The message is taken either way; a lost answer breaks the connection before it arrives."""
    if fault == "lost_answer" and request.transport is not None:
        request.transport.abort()
    return answer


def _problem(sent: Json) -> str | None:
    if not sent.get("FromEmailAddress") and "Raw" not in sent.get("Content", {}):
        return "The From address is missing."
    for tag in sent.get("EmailTags", []):
        for part in ("Name", "Value"):
            if not _TAG.fullmatch(tag.get(part, "")):
                return f"Invalid tag {part.lower()}: {tag.get(part)!r}"
    for header in sent.get("Content", {}).get("Simple", {}).get("Headers", []):
        if not _HEADER_NAME.fullmatch(header["Name"]):
            return f"Invalid header name: {header['Name']!r}"
        if not _HEADER_VALUE.fullmatch(header["Value"]):
            return f"Invalid value of header {header['Name']}"
    return None


async def _pass_on(request: web.Request) -> tuple[int, web.Response]:
    headers = {k: v for k, v in request.headers.items() if k.lower() not in _NOT_PASSED_ON}
    url = request.app[AWS_URL] + str(request.rel_url)
    body = await request.read()
    async with request.app[CLIENT].request(
        request.method, url, headers=headers, data=body or None, allow_redirects=False
    ) as answer:
        kept = {k: v for k, v in answer.headers.items() if k.lower() not in _NOT_PASSED_ON}
        content = await answer.read()
        return answer.status, web.Response(status=answer.status, headers=kept, body=content)


def _ses_error(code: str, message: str, status: int) -> web.Response:
    return web.json_response(
        {"message": message}, status=status, headers={"x-amzn-ErrorType": code}
    )


def _sns_answer(action: str, result: str) -> web.Response:
    text = (
        f'<{action}Response xmlns="{_SNS_NAMESPACE}"><{action}Result>{result}</{action}Result>'
        f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>"
        f"</{action}Response>"
    )
    return web.Response(text=text, content_type="text/xml")


def _sns_error(code: str, message: str, status: int) -> web.Response:
    text = (
        f'<ErrorResponse xmlns="{_SNS_NAMESPACE}"><Error><Type>Sender</Type><Code>{code}</Code>'
        f"<Message>{escape(message)}</Message></Error>"
        f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
    )
    return web.Response(text=text, content_type="text/xml", status=status)
