"""What may happen to a collected charge: refunds and disputes, with their balance transactions."""

from local.stripe_emulator import forms, shapes_after
from local.stripe_emulator.announce import announce
from local.stripe_emulator.errors import Refused, missing, no_such
from local.stripe_emulator.store import Json, Store

REFUND: dict[str, forms.Spec] = {
    "amount": forms.whole,
    "charge": forms.text,
    "expand": [forms.text],
    "metadata": forms.metadata,
    "payment_intent": forms.text,
    "reason": forms.one_of("duplicate", "fraudulent", "requested_by_customer"),
}
_DISPUTE_FEE = 2000


def refund(store: Store, account: str, params: Json, *, request: Json | None = None) -> Json:
    """Give back all that is left, or `amount`. Raises Refused where that isn't there."""
    charge = _charge_to_refund(store, account, params)
    left = charge["amount"] - charge["amount_refunded"]
    amount = params.get("amount", left)
    if left == 0:
        raise Refused(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if charge["disputed"]:
        raise Refused(f"Charge {charge['id']} has been charged back.", code="charge_disputed")
    if amount == 0:
        raise Refused("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise Refused(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            param="amount",
        )
    made = shapes_after.refund(
        charge,
        amount=amount,
        created=store.now(),
        reason=params.get("reason"),
        metadata=params.get("metadata", {}),
    )
    store.put(account, made)
    by_card = charge["payment_method_details"]["type"] == "card"
    kind = "refund" if by_card else "payment_refund"
    made["balance_transaction"] = _move(store, account, kind, made, amount=-amount)["id"]
    previous = {"amount_refunded": charge["amount_refunded"]}
    charge["amount_refunded"] += amount
    if charge["amount_refunded"] == charge["amount"]:
        charge["refunded"] = True
        previous["refunded"] = False
    announce(store, "refund.created", made, request=request)
    announce(store, "charge.refunded", charge, previous=previous, request=request)
    return made


def open_dispute(
    store: Store, charge: Json, *, amount: int | None = None, reason: str = "fraudulent"
) -> Json:
    """The customer's bank claims the money back; it leaves the balance until it is decided."""
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise Refused("Only a succeeded charge that is not disputed yet can be disputed.")
    account = store.account("charge", charge["id"])
    left = charge["amount"] - charge["amount_refunded"]
    dispute = shapes_after.dispute(
        charge, amount=left if amount is None else amount, created=store.now(), reason=reason
    )
    store.put(account, dispute)
    taken = _move(
        store, account, "adjustment", dispute, amount=-dispute["amount"], fee=_DISPUTE_FEE
    )
    dispute["balance_transactions"].append(taken)
    charge["disputed"] = True
    announce(store, "charge.dispute.created", dispute)
    announce(store, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_dispute(store: Store, dispute: Json, *, won: bool) -> Json:
    """Decide a dispute; a won one brings the money back."""
    if dispute["status"] in {"won", "lost"}:
        raise Refused(f"This dispute is already closed: {dispute['status']}.")
    previous = {"status": dispute["status"]}
    dispute["status"] = "won" if won else "lost"
    if won:
        account = store.account("dispute", dispute["id"])
        back = _move(store, account, "adjustment", dispute, amount=dispute["amount"])
        dispute["balance_transactions"].append(back)
        announce(store, "charge.dispute.funds_reinstated", dispute)
    announce(store, "charge.dispute.closed", dispute, previous=previous)
    return dispute


def _charge_to_refund(store: Store, account: str, params: Json) -> Json:
    identifier = params.get("charge")
    if "payment_intent" in params:
        intent = store.get("payment_intent", params["payment_intent"], account=account)
        if intent is None:
            raise no_such(
                "payment_intent", params["payment_intent"], param="payment_intent", status=400
            )
        if intent["status"] != "succeeded":
            raise Refused(
                "This PaymentIntent does not have a successful charge to refund.",
                code="payment_intent_unexpected_state",
                param="payment_intent",
            )
        identifier = intent["latest_charge"]
    if identifier is None:
        raise missing("charge")
    charge = store.get("charge", identifier, account=account)
    if charge is None:
        raise no_such("charge", identifier, param="charge", status=400)
    if charge["status"] != "succeeded":
        raise Refused("This charge did not succeed, so it can't be refunded.", param="charge")
    return charge


def _move(
    store: Store, account: str, kind: str, source: Json, *, amount: int, fee: int = 0
) -> Json:
    moved = shapes_after.balance_transaction(
        kind=kind,
        source=source["id"],
        amount=amount,
        fee=fee,
        currency=source["currency"],
        created=store.now(),
    )
    return store.put(account, moved)
