"""`/_emulator`: what happens at a bank or in Stripe's dashboard, done by hand or by a test.

POST answers JSON, or goes back to the page when a browser's form sent it.
"""

from aiohttp import web

from local.stripe_emulator import after, announce, collect, forms, rendering
from local.stripe_emulator.errors import no_such
from local.stripe_emulator.keys import STORE
from local.stripe_emulator.store import Json

_SETTINGS: dict[str, forms.Spec] = {
    # on: delivered; hold: kept back until on again; off: no delivery is ever made (endpoint gone).
    "webhooks": forms.one_of("on", "hold", "off"),
    "api": forms.one_of("on", "down"),
    "webhook_url": forms.text,
    "webhook_secret": forms.text,
}
_SHOWN = 200

routes = web.RouteTableDef()


@routes.get("/_emulator")
async def overview(request: web.Request) -> web.Response:
    """The latest charges, with what may be done to each."""
    store = request.app[STORE]
    charges = list(store.newest_first("charge"))[:_SHOWN]
    disputes = {d["charge"]: d for d in store.newest_first("dispute")}
    rows = [_row(charge, disputes.get(charge["id"])) for charge in charges]
    waiting = sum(1 for one in store.deliveries.values() if one["state"] == "pending")
    settings = {"webhook_url": None, **store.settings}
    return rendering.page("control.html", rows=rows, settings=settings, waiting=waiting)


@routes.get("/_emulator/health")
async def health(request: web.Request) -> web.Response:
    """Answers as soon as the emulator takes requests."""
    return web.json_response({"status": "ok", "time": request.app[STORE].now()})


@routes.get("/_emulator/deliveries")
async def deliveries(request: web.Request) -> web.Response:
    """Every delivery with its attempts, newest first; `?state=pending` narrows it."""
    state = request.query.get("state")
    rows = [
        one
        for one in reversed(request.app[STORE].deliveries.values())
        if state in {None, one["state"]}
    ]
    return web.json_response({"data": rows})


@routes.get("/_emulator/settings")
async def show_settings(request: web.Request) -> web.Response:
    """Where webhooks go and whether anything is out of order; the secret isn't shown."""
    shown = {k: v for k, v in request.app[STORE].settings.items() if k != "webhook_secret"}
    return web.json_response(shown)


@routes.post("/_emulator/settings")
async def change_settings(request: web.Request) -> web.StreamResponse:
    """Make outages and end them, or point the webhook elsewhere."""
    tree = forms.parse_form([(k, str(v)) for k, v in (await request.post()).items()])
    store = request.app[STORE]
    store.settings.update(forms.checked(tree, _SETTINGS))
    store.changed = True
    return await show_settings(request)


@routes.post("/_emulator/events/{id}/resend")
async def resend(request: web.Request) -> web.StreamResponse:
    """Deliver an event once more, as Stripe may at any time."""
    event = _object(request, "event")
    return _done(request, announce.enqueue(request.app[STORE], event))


@routes.post("/_emulator/payment_intents/{id}/settle")
async def settle(request: web.Request) -> web.StreamResponse:
    """The debit's money arrives."""
    intent = _object(request, "payment_intent")
    collect.settle_debit(request.app[STORE], intent, succeeds=True)
    return _done(request, intent)


@routes.post("/_emulator/payment_intents/{id}/fail")
async def fail(request: web.Request) -> web.StreamResponse:
    """The debit comes back unpaid."""
    intent = _object(request, "payment_intent")
    collect.settle_debit(request.app[STORE], intent, succeeds=False)
    return _done(request, intent)


@routes.post("/_emulator/charges/{id}/refund")
async def refund(request: web.Request) -> web.StreamResponse:
    """Refund what is left, or `amount`, as from the dashboard."""
    charge, store = _object(request, "charge"), request.app[STORE]
    params: Json = {"charge": charge["id"], **(await _amount(request))}
    return _done(request, after.refund(store, store.account("charge", charge["id"]), params))


@routes.post("/_emulator/charges/{id}/dispute")
async def dispute(request: web.Request) -> web.StreamResponse:
    """The customer disputes the charge at their bank; `amount` for a part of it."""
    given = await _amount(request)
    opened = after.open_dispute(
        request.app[STORE], _object(request, "charge"), amount=given.get("amount")
    )
    return _done(request, opened)


@routes.post("/_emulator/disputes/{id}/{verdict:won|lost}")
async def close_dispute(request: web.Request) -> web.StreamResponse:
    """The bank decides."""
    won = request.match_info["verdict"] == "won"
    closed = after.close_dispute(request.app[STORE], _object(request, "dispute"), won=won)
    return _done(request, closed)


def _row(charge: Json, dispute: Json | None) -> Json:
    path, actions = f"/_emulator/charges/{charge['id']}", []
    if charge["status"] == "pending":
        intent = f"/_emulator/payment_intents/{charge['payment_intent']}"
        actions = [("Settle", f"{intent}/settle"), ("Fail", f"{intent}/fail")]
    elif dispute is not None and dispute["status"] == "needs_response":
        decide = f"/_emulator/disputes/{dispute['id']}"
        actions = [("Dispute won", f"{decide}/won"), ("Dispute lost", f"{decide}/lost")]
    elif charge["status"] == "succeeded" and not charge["refunded"] and dispute is None:
        actions = [("Refund", f"{path}/refund"), ("Dispute", f"{path}/dispute")]
    readable = rendering.readable(charge["amount"], charge["currency"])
    back = charge["amount_refunded"]
    refunded = rendering.readable(back, charge["currency"]) if back else ""
    return {"charge": charge, "amount": readable, "refunded": refunded, "actions": actions}


async def _amount(request: web.Request) -> Json:
    given = (await request.post()).get("amount")
    return {} if given is None else {"amount": forms.whole("amount", str(given))}


def _object(request: web.Request, kind: str) -> Json:
    identifier = request.match_info["id"]
    value = request.app[STORE].get(kind, identifier)
    if value is None:
        raise no_such(kind, identifier)
    return value


def _done(request: web.Request, value: Json) -> web.StreamResponse:
    if "text/html" in request.headers.get("Accept", ""):
        raise web.HTTPSeeOther("/_emulator")
    return web.json_response(value)
