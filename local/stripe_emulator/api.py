"""The `/v1` routes: each parses, checks its parameters and makes one call."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from local.stripe_emulator import after, forms, listing, sessions
from local.stripe_emulator.errors import no_such
from local.stripe_emulator.keys import ACCOUNT, REQUEST, STORE, URL_BASE
from local.stripe_emulator.store import Json, Store

_ONLY_EXPAND: dict[str, forms.Spec] = {"expand": [forms.text]}

routes = web.RouteTableDef()


@routes.post("/v1/checkout/sessions")
async def create_session(request: web.Request) -> web.Response:
    """Make an open session with its hosted page."""
    params = await _params(request, sessions.CREATE)
    session = sessions.create(
        request.app[STORE], request[ACCOUNT], params, url_base=request.app[URL_BASE]
    )
    return _answer(request, session, params)


@routes.get("/v1/checkout/sessions/{id}")
async def retrieve_session(request: web.Request) -> web.Response:
    """One session."""
    params = await _params(request, _ONLY_EXPAND)
    return _answer(request, _session(request), params)


@routes.get("/v1/checkout/sessions/{id}/line_items")
async def list_lines(request: web.Request) -> web.Response:
    """What a session asks money for."""
    params = await _params(request, listing.PAGING)
    lines = request.app[STORE].private("checkout.session", _session(request)["id"])["lines"]
    return web.json_response(listing.page(lines, params, url=request.path))


@routes.post("/v1/checkout/sessions/{id}/expire")
async def expire_session(request: web.Request) -> web.Response:
    """Close an open session."""
    params = await _params(request, _ONLY_EXPAND)
    return _answer(request, sessions.expire(request.app[STORE], _session(request)), params)


@routes.post("/v1/refunds")
async def create_refund(request: web.Request) -> web.Response:
    """Refund a charge, wholly or in part."""
    params = await _params(request, after.REFUND)
    refund = after.refund(request.app[STORE], request[ACCOUNT], params, request=request[REQUEST])
    return _answer(request, refund, params)


def _retrieve(kind: str) -> Callable[[web.Request], Any]:
    async def retrieve(request: web.Request) -> web.Response:
        params = await _params(request, _ONLY_EXPAND)
        identifier = request.match_info["id"]
        value = request.app[STORE].get(kind, identifier, account=request[ACCOUNT])
        if value is None:
            raise no_such(kind, identifier)
        return _answer(request, value, params)

    return retrieve


def _list(kind: str, *filters: str) -> Callable[[web.Request], Any]:
    spec: dict[str, forms.Spec] = {**listing.PAGING, **dict.fromkeys(filters, forms.text)}
    if kind == "event":
        spec |= {"types": [forms.text], "delivery_success": forms.flag}

    async def list_(request: web.Request) -> web.Response:
        tree = forms.parse_form(request.query.items())
        within = listing.created_within(tree)
        params = forms.checked(tree, spec)
        rows = (
            row
            for row in request.app[STORE].newest_first(kind, account=request[ACCOUNT])
            if within(row)
            and all(row[name] == params[name] for name in filters if name in params)
            and (kind != "event" or _event_matches(request.app[STORE], row, params))
        )
        page = listing.page(rows, params, url=request.path)
        return _answer(request, page, params)

    return list_


for _kind, _path, _filters in (
    ("checkout.session", "checkout/sessions", ("payment_intent", "status")),
    ("payment_intent", "payment_intents", ()),
    ("charge", "charges", ("payment_intent",)),
    ("refund", "refunds", ("charge", "payment_intent")),
    ("dispute", "disputes", ("charge", "payment_intent")),
    ("balance_transaction", "balance_transactions", ("source", "type", "currency")),
    ("event", "events", ("type",)),
):
    routes.get(f"/v1/{_path}")(_list(_kind, *_filters))
    if _kind != "checkout.session":
        routes.get(f"/v1/{_path}/{{id}}")(_retrieve(_kind))


def _event_matches(store: Store, event: Json, params: Json) -> bool:
    if "types" in params and event["type"] not in params["types"]:
        return False
    if "delivery_success" in params:
        states = [d["state"] for d in store.deliveries.values() if d["event"] == event["id"]]
        delivered = bool(states) and all(state == "delivered" for state in states)
        return delivered is params["delivery_success"]
    return True


async def _params(request: web.Request, spec: dict[str, forms.Spec]) -> Json:
    pairs: list[tuple[str, str]] = list(request.query.items())
    if request.method == "POST":
        pairs += [(key, str(value)) for key, value in (await request.post()).items()]
    return forms.checked(forms.parse_form(pairs), spec)


def _session(request: web.Request) -> Json:
    return sessions.found(request.app[STORE], request.match_info["id"], account=request[ACCOUNT])


def _answer(request: web.Request, value: Json, params: Json) -> web.Response:
    paths = params.get("expand", [])
    return web.json_response(
        listing.expanded(request.app[STORE], request[ACCOUNT], value, paths) if paths else value
    )
