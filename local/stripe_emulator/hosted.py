"""The hosted page of a Checkout Session: what a customer sees, and what paying there does."""

from aiohttp import web

from local.stripe_emulator import after, cards, collect, rendering, sessions
from local.stripe_emulator.errors import Refused
from local.stripe_emulator.keys import STORE
from local.stripe_emulator.store import Json

routes = web.RouteTableDef()


@routes.get("/checkout/{id}")
async def show(request: web.Request) -> web.Response:
    """The form of an open session; a closed one says what became of it."""
    return _page(request, _session(request))


@routes.post("/checkout/{id}/pay")
async def pay(request: web.Request) -> web.StreamResponse:
    """Pay, then go where the creditor asked; a declined card comes back to the form."""
    session = _session(request)
    if session["status"] != "open":
        return _page(request, session)
    form = await request.post()
    name, email = str(form.get("name", "")), str(form.get("email", ""))
    store = request.app[STORE]
    try:
        if form.get("method") == "debit":
            collect.pay_by_debit(store, session, name=name, email=email)
        else:
            number = str(form.get("number", "")).replace(" ", "")
            charge = collect.pay_by_card(store, session, number=number, name=name, email=email)
            if number == cards.DISPUTED:
                after.open_dispute(store, charge)
    except Refused as refusal:
        return _page(request, session, error=refusal.message, status=402)
    raise web.HTTPSeeOther(_back(session))


def _session(request: web.Request) -> Json:
    session = request.app[STORE].get("checkout.session", request.match_info["id"])
    if session is None:
        raise web.HTTPNotFound(text="There is no such Checkout Session.")
    return session


def _page(
    request: web.Request, session: Json, *, error: str | None = None, status: int = 200
) -> web.Response:
    if session["status"] != "open":
        return rendering.page("closed.html", session=session, back=_back(session))
    locale, currency = session["locale"], session["currency"]
    debit = sessions.DEBITS.get(currency)
    lines = [
        {
            "description": line["description"],
            "quantity": line["quantity"],
            "amount": rendering.readable(line["amount_total"], currency, locale=locale),
        }
        for line in request.app[STORE].private("checkout.session", session["id"])["lines"]
    ]
    return rendering.page(
        "checkout.html",
        status=status,
        session=session,
        lines=lines,
        total=rendering.readable(session["amount_total"], currency, locale=locale),
        debit=debit if debit in session["payment_method_types"] else None,
        error=error,
    )


def _back(session: Json) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])
