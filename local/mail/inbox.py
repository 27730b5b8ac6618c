"""The inbox: pages for people, `/api/messages` for tests and scripts.

A message's HTML is shown in a sandboxed frame without scripts; its links open in a new tab.
"""

import re
from datetime import UTC, datetime
from email import policy
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from local.mail.announcer import Announcer
from local.mail.intake import ANNOUNCER, MAILROOM
from local.mail.mailroom import FAULTS, Mailroom
from local.mail.message import Message

_ON_A_PAGE = 100
_DIGITS = 9
_MOST = 1000
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data: http: https:"
)

routes = web.RouteTableDef()


@routes.get("/")
async def show_inbox(request: web.Request) -> web.Response:
    """The latest messages, or those to one address."""
    to, start = request.query.get("to", ""), int(request.query.get("start", "0"))
    found = list(request.app[MAILROOM].newest_first(to=to or None))
    rows = [
        {
            "id": message.id,
            "kind": message.kind,
            "when": _readable(message.at),
            "to": message.to,
            "title": message.subject or message.text[:80],
            "events": message.events,
        }
        for message in found[start : start + _ON_A_PAGE]
    ]
    more = len(found) > start + _ON_A_PAGE
    older = "/?" + urlencode({"to": to, "start": start + _ON_A_PAGE}) if more else None
    return _page("inbox.html", messages=rows, to=to, older=older)


@routes.get("/messages/{id}")
async def show_message(request: web.Request) -> web.Response:
    """One message with its headers."""
    message = _found(request)
    return _page(
        "message.html",
        message=message,
        when=_readable(message.at),
        text=_with_links(message.text),
    )


@routes.get("/messages/{id}/html")
async def show_html(request: web.Request) -> web.Response:
    """The message's HTML alone, for the frame."""
    return web.Response(
        text='<base target="_blank">' + _found(request).html,
        content_type="text/html",
        charset="utf-8",
        headers={"Content-Security-Policy": _FRAME_POLICY, "X-Content-Type-Options": "nosniff"},
    )


@routes.get("/api/messages")
async def list_messages(request: web.Request) -> web.Response:
    """Newest first; `to` (part of an address), `kind` and `limit` narrow the list."""
    room, query = request.app[MAILROOM], request.query
    asked = query.get("limit", str(_ON_A_PAGE))
    if not (asked.isascii() and asked.isdigit() and len(asked) <= _DIGITS):
        raise web.HTTPBadRequest(text="limit must be a number\n")
    limit = min(int(asked), _MOST)
    found = list(room.newest_first(to=query.get("to"), kind=query.get("kind")))
    return web.json_response(
        {"data": [_legible(one) for one in found[:limit]], "total": len(found)}
    )


@routes.get("/api/messages/{id}")
async def get_message(request: web.Request) -> web.Response:
    """One message."""
    return web.json_response(_legible(_found(request)))


@routes.get("/api/health")
async def health(request: web.Request) -> web.Response:
    """Answers as soon as mail is taken; `waiting` messages are still to be told of."""
    return web.json_response({"status": "ok", "waiting": request.app[ANNOUNCER].waiting})


@routes.post("/api/settings")
async def configure(request: web.Request) -> web.Response:
    """Where events go, the address of the API, numbers that opted out."""
    changes: dict[str, Any] = await request.json()
    room = request.app[MAILROOM]
    if unknown := changes.keys() - room.settings.keys():
        raise web.HTTPBadRequest(text=f"Unknown settings: {', '.join(sorted(unknown))}")
    room.configure(changes)
    return web.json_response(room.settings)


@routes.post("/api/faults")
async def order_faults(request: web.Request) -> web.Response:
    """`{"fault": "throttle", "times": 2}`: the next sends go wrong that way."""
    asked: dict[str, Any] = await request.json()
    if asked.get("fault") not in FAULTS:
        raise web.HTTPBadRequest(text=f"A fault is one of {', '.join(FAULTS)}")
    request.app[MAILROOM].faults += [asked["fault"]] * int(asked.get("times", 1))
    return web.json_response({"faults": request.app[MAILROOM].faults})


def build(room: Mailroom, announcer: Announcer) -> web.Application:
    """The inbox as a web application."""
    app = web.Application()
    app[MAILROOM], app[ANNOUNCER] = room, announcer
    app.add_routes(routes)
    return app


def _found(request: web.Request) -> Message:
    message = request.app[MAILROOM].get(request.match_info["id"])
    if message is None:
        raise web.HTTPNotFound(text="There is no such message.")
    return message


def _legible(message: Message) -> dict[str, Any]:
    """A message for programs, its addresses with the names as people read them."""
    content = message.to_json()
    for name in ("to", "cc", "bcc", "reply_to"):
        content[name] = [_decoded(address) for address in content[name]]
    return {**content, "sender": _decoded(message.sender)}


def _readable(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _with_links(text: str) -> Markup:
    """The text, escaped, its web addresses made into links."""
    parts, end = [], 0
    for match in _LINK.finditer(text):
        address = escape(match.group())
        parts.append(escape(text[end : match.start()]))
        parts.append(Markup('<a href="{0}" target="_blank" rel="noopener">{0}</a>').format(address))
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def _decoded(address: str) -> str:
    """An address as people read it. Parsed as free text (RFC 2047), which accepts anything."""
    return str(policy.default.header_factory("Subject", address))


def _page(name: str, **values: object) -> web.Response:
    html = _environment().get_template(name).render(**values)
    return web.Response(text=html, content_type="text/html")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "pages"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
    )
    environment.filters["decoded"] = _decoded
    return environment
