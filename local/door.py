"""A fixed address before API Gateway, whose own addresses hold an id that deployments change."""

import aiohttp
from aiohttp import web

from local.mail.intake import CLIENT, MAILROOM
from local.mail.mailroom import Mailroom

_HOP_BY_HOP = {
    "connection",
    "content-encoding",
    "content-length",
    "host",
    "keep-alive",
    "transfer-encoding",
    "upgrade",
}
_LARGEST_BODY = 20 * 1024 * 1024


def build(room: Mailroom, client: aiohttp.ClientSession) -> web.Application:
    """The door as a web application; it leads to the setting `upstream`."""
    app = web.Application(client_max_size=_LARGEST_BODY)
    app[MAILROOM], app[CLIENT] = room, client
    app.router.add_route("*", "/{rest:.*}", _pass_through)
    return app


async def _pass_through(request: web.Request) -> web.Response:
    upstream: str | None = request.app[MAILROOM].settings["upstream"]
    if upstream is None:
        return web.Response(status=503, text="Dunlin is not deployed yet.\n")
    headers = _kept(request.headers)
    headers["X-Forwarded-Host"] = request.host
    headers["X-Forwarded-Proto"] = "http"
    async with request.app[CLIENT].request(
        request.method,
        upstream + str(request.rel_url),
        headers=headers,
        # Neither an empty body nor a type that nobody sent may appear on the way.
        data=await request.read() or None,
        skip_auto_headers=("Content-Type", "User-Agent"),
        allow_redirects=False,
    ) as answer:
        body = await answer.read()
        return web.Response(status=answer.status, headers=_kept(answer.headers), body=body)


def _kept(headers: "aiohttp.typedefs.LooseHeaders") -> dict[str, str]:
    return {k: v for k, v in dict(headers).items() if k.lower() not in _HOP_BY_HOP}
