"""Attempts to pay an open session, by card at once or by bank debit that settles later.

The order of events is Stripe's usual one. Nobody may rely on it; deliveries don't keep it.
"""

from local.stripe_emulator import cards, shapes, shapes_after
from local.stripe_emulator.announce import announce
from local.stripe_emulator.errors import Refused
from local.stripe_emulator.sessions import DEBITS
from local.stripe_emulator.store import Json, Store, new_id


def pay_by_card(store: Store, session: Json, *, number: str, name: str, email: str) -> Json:
    """Charge the card. Raises Refused (card_error) when it is declined; the session stays open."""
    number = number.replace(" ", "")
    brand = (
        "visa"
        if number in cards.DECLINES or number == cards.DISPUTED
        else cards.ACCEPTED.get(number)
    )
    if brand is None:
        raise Refused(
            "Your card was declined. Your request was in test mode, but used a non test card. "
            "For a list of valid test cards, visit: https://stripe.com/docs/testing.",
            status=402,
            type_="card_error",
            code="card_declined",
        )
    intent = _intent_of(store, _open(session))
    method = cards.method("card", name=name, email=email, details=cards.card(brand, number))
    if (decline := cards.DECLINES.get(number)) is not None:
        charge = _attempt(store, intent, status="failed", method=method)
        _fail(store, intent, charge, decline)
        raise Refused(decline.message, status=402, type_="card_error", code=decline.code)
    charge = _attempt(store, intent, status="succeeded", method=method)
    _succeed(store, intent, charge)
    _complete(store, session, paid=True, name=name, email=email)
    return charge


def pay_by_debit(store: Store, session: Json, *, name: str, email: str) -> Json:
    """Start a bank debit: the session completes unpaid, and the money comes or fails later."""
    kind = DEBITS.get(_open(session)["currency"])
    if kind is None or kind not in session["payment_method_types"]:
        raise Refused(f"No bank debit is offered in {session['currency']}.")
    intent = _intent_of(store, session)
    details = {"country": "DE", "fingerprint": new_id("", 16), "last4": "3000", "mandate": None}
    method = cards.method(kind, name=name, email=email, details=details)
    charge = _attempt(store, intent, status="pending", method=method)
    intent["status"] = "processing"
    _book(store, charge, "payment")
    announce(store, "charge.pending", charge)
    announce(store, "payment_intent.processing", intent)
    _complete(store, session, paid=False, name=name, email=email)
    return charge


def settle_debit(store: Store, intent: Json, *, succeeds: bool) -> None:
    """Decide a processing debit."""
    if intent["status"] != "processing":
        raise Refused(f"This PaymentIntent's status is {intent['status']}, not processing.")
    charge = store.get("charge", intent["latest_charge"])
    session = next(
        one
        for one in store.newest_first("checkout.session")
        if one["payment_intent"] == intent["id"]
    )
    if charge is None:
        raise Refused("The debit has no charge.")
    if succeeds:
        charge.update(status="succeeded", paid=True, outcome=cards.outcome(succeeded=True))
        _succeed(store, intent, charge)
        session["payment_status"] = "paid"
        announce(store, "checkout.session.async_payment_succeeded", session)
    else:
        charge.update(status="failed", captured=False, amount_captured=0)
        back = _book(store, charge, "payment_failure_refund")
        charge.update(failure_balance_transaction=back["id"])
        _fail(store, intent, charge, cards.FAILED_DEBIT)
        announce(store, "checkout.session.async_payment_failed", session)


def _open(session: Json) -> Json:
    if session["status"] != "open":
        raise Refused(f"This Checkout Session is {session['status']}.")
    return session


def _intent_of(store: Store, session: Json) -> Json:
    if session["payment_intent"] is not None:
        existing = store.get("payment_intent", session["payment_intent"])
        if existing is not None:
            return existing
    account = store.account("checkout.session", session["id"])
    data = store.private("checkout.session", session["id"])["payment_intent_data"]
    intent = shapes.payment_intent(session, data, created=store.now())
    store.put(account, intent)
    session["payment_intent"] = intent["id"]
    announce(store, "payment_intent.created", intent)
    return intent


def _attempt(store: Store, intent: Json, *, status: str, method: Json) -> Json:
    account = store.account("payment_intent", intent["id"])
    outcome = None if status == "pending" else cards.outcome(succeeded=status == "succeeded")
    charge = shapes.charge(
        intent, created=store.now(), status=status, method=method, outcome=outcome
    )
    intent["latest_charge"], intent["payment_method"] = charge["id"], method["id"]
    return store.put(account, charge)


def _succeed(store: Store, intent: Json, charge: Json) -> None:
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        last_payment_error=None,
    )
    announce(store, "charge.succeeded", charge)
    announce(store, "payment_intent.succeeded", intent)
    if charge["balance_transaction"] is None:
        _book(store, charge, "charge")
        announce(store, "charge.updated", charge, previous={"balance_transaction": None})


def _book(store: Store, charge: Json, kind: str) -> Json:
    """Move a charge's money onto the balance, as pending too, or off it again."""
    comes = kind != "payment_failure_refund"
    fee = charge["amount"] * 15 // 1000 + 25
    moved = shapes_after.balance_transaction(
        kind=kind,
        source=charge["id"],
        amount=charge["amount"] if comes else -charge["amount"],
        fee=fee if comes else 0,
        currency=charge["currency"],
        created=store.now(),
    )
    if comes:
        charge["balance_transaction"] = moved["id"]
    return store.put(store.account("charge", charge["id"]), moved)


def _fail(store: Store, intent: Json, charge: Json, decline: cards.Decline) -> None:
    charge.update(
        failure_code=decline.code,
        failure_message=decline.message,
        outcome=cards.outcome(succeeded=False, reason=decline.decline_code),
    )
    kind = charge["payment_method_details"]["type"]
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        last_payment_error={
            "charge": charge["id"],
            "code": decline.code,
            "decline_code": decline.decline_code,
            "doc_url": f"https://stripe.com/docs/error-codes/{decline.code.replace('_', '-')}",
            "message": decline.message,
            "payment_method": {
                "id": charge["payment_method"],
                "object": "payment_method",
                "billing_details": charge["billing_details"],
                "type": kind,
                kind: charge["payment_method_details"][kind],
            },
            "type": "card_error" if kind == "card" else "invalid_request_error",
        },
    )
    announce(store, "charge.failed", charge)
    announce(store, "payment_intent.payment_failed", intent)


def _complete(store: Store, session: Json, *, paid: bool, name: str, email: str) -> None:
    session.update(
        status="complete",
        payment_status="paid" if paid else "unpaid",
        url=None,
        customer_details={
            "address": None,
            "business_name": None,
            "email": email or session["customer_email"],
            "individual_name": None,
            "name": name or None,
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    )
    announce(store, "checkout.session.completed", session)
