"""The emulator's web application: what every `/v1` request passes before its route answers it."""

import asyncio
import base64
import binascii
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from local.stripe_emulator import api, control, hosted
from local.stripe_emulator.deliveries import Retries, deliver_forever
from local.stripe_emulator.errors import Refused
from local.stripe_emulator.keys import ACCOUNT, REQUEST, RETRIES, STORE, URL_BASE
from local.stripe_emulator.sessions import expire_old
from local.stripe_emulator.shapes import API_VERSION
from local.stripe_emulator.store import Store, account_of, new_id

_SAVE_SECONDS = 0.5

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def build_app(store: Store, *, url_base: str, retries: Retries | None = None) -> web.Application:
    """All routes on one store; the background tasks start and stop with the application."""
    app = web.Application(middlewares=[_name_request, _refusals, _outage, _account, _idempotency])
    app[STORE], app[URL_BASE], app[RETRIES] = store, url_base, retries or Retries()
    app.add_routes(api.routes)
    app.add_routes(hosted.routes)
    app.add_routes(control.routes)
    app.cleanup_ctx.append(_background)
    return app


@web.middleware
async def _name_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    request[REQUEST] = {
        "id": new_id("req_", 14),
        "idempotency_key": request.headers.get("Idempotency-Key"),
    }
    response = await handler(request)
    if _is_api(request):
        response.headers["Request-Id"] = request[REQUEST]["id"]
        response.headers["Stripe-Version"] = API_VERSION
    return response


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refusal:
        return web.json_response(refusal.body(), status=refusal.status)
    except web.HTTPNotFound:
        if not _is_api(request):
            raise
        answer = Refused(
            f"Unrecognized request URL ({request.method}: {request.path}). The emulator answers "
            "what Dunlin calls, not all of Stripe.",
            status=404,
        )
        return web.json_response(answer.body(), status=answer.status)


@web.middleware
async def _outage(request: web.Request, handler: Handler) -> web.StreamResponse:
    if _is_api(request) and request.app[STORE].settings["api"] != "on":
        raise Refused("An unknown error occurred", status=500, type_="api_error")
    return await handler(request)


@web.middleware
async def _account(request: web.Request, handler: Handler) -> web.StreamResponse:
    if not _is_api(request):
        return await handler(request)
    key = _api_key(request.headers.get("Authorization", ""))
    if not key:
        raise Refused(
            "You did not provide an API key. You need to provide your API key in the Authorization "
            "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=401,
        )
    if not key.startswith(("sk_test_", "rk_test_")):
        raise Refused(f"Invalid API Key provided: {key[:8]}***{key[-4:]}", status=401)
    request[ACCOUNT] = account_of(key)
    return await handler(request)


@web.middleware
async def _idempotency(request: web.Request, handler: Handler) -> web.StreamResponse:
    key = request.headers.get("Idempotency-Key")
    if request.method != "POST" or key is None or not _is_api(request):
        return await handler(request)
    seen = request.app[STORE].idempotency
    name = f"{request[ACCOUNT]}:{key}"
    content = request.path.encode() + b"\n" + await request.read()
    fingerprint = hashlib.sha256(content).hexdigest()
    if (first := seen.get(name)) is not None:
        if first["fingerprint"] != fingerprint:
            raise Refused(
                "Keys for idempotent requests can only be used with the same parameters they were "
                f"first used with. Try using a key other than '{key}' if you meant to execute a "
                "different request.",
                type_="idempotency_error",
            )
        return web.json_response(
            first["answer"], headers={"Idempotent-Replayed": "true", "Idempotency-Key": key}
        )
    # A refusal means that nothing was done, so the key stays free, as it does at Stripe.
    response = await handler(request)
    if isinstance(response, web.Response) and response.text is not None:
        seen[name] = {
            "fingerprint": fingerprint,
            "answer": json.loads(response.text),
            "at": request.app[STORE].now(),
        }
        response.headers["Idempotency-Key"] = key
    return response


def _is_api(request: web.Request) -> bool:
    return request.path.startswith("/v1/")


def _api_key(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        with contextlib.suppress(binascii.Error, UnicodeDecodeError):
            return base64.b64decode(value).decode().split(":")[0]
    return ""


async def _background(app: web.Application) -> AsyncIterator[None]:
    tasks = [
        asyncio.create_task(deliver_forever(app[STORE], app[RETRIES])),
        asyncio.create_task(_keep_house(app[STORE])),
    ]
    yield
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task
    app[STORE].save()


async def _keep_house(store: Store) -> None:
    while True:
        expire_old(store)
        store.save()
        await asyncio.sleep(_SAVE_SECONDS)
