"""Objects that follow a charge: refunds, disputes, balance transactions, and events about all."""

from typing import Any

from local.stripe_emulator.shapes import API_VERSION
from local.stripe_emulator.store import Json, new_id

_DAY = 24 * 3600
_CATEGORIES = {
    "charge": "charge",
    "payment": "charge",
    "payment_failure_refund": "charge_failure",
    "refund": "refund",
    "payment_refund": "refund",
    "adjustment": "dispute",
}
_EVIDENCE_FIELDS = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)


def refund(charge: Json, *, amount: int, created: int, reason: str | None, metadata: Json) -> Json:
    """Money back to the card; cards settle refunds at once here."""
    kind = charge["payment_method_details"]["type"]
    return {
        "id": new_id("re_3"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "destination_details": {
            "type": kind,
            kind: {"reference": None, "reference_status": "pending", "type": "refund"}
            if kind == "card"
            else {},
        },
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def dispute(charge: Json, *, amount: int, created: int, reason: str) -> Json:
    """The customer's bank takes the money back until it is decided."""
    return {
        "id": new_id("du_1"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE_FIELDS), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": created + 9 * _DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "type": "card",
            "card": {"brand": "visa", "case_type": "chargeback", "network_reason_code": "10.4"},
        },
        "reason": reason,
        "status": "needs_response",
    }


def balance_transaction(
    *, kind: str, source: str, amount: int, fee: int, currency: str, created: int
) -> Json:
    """What a charge, refund or dispute did to the account's balance. `amount` is signed."""
    return {
        "id": new_id("txn_3"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": created + 2 * _DAY,
        "balance_type": "payments",
        "created": created,
        "currency": currency,
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [
            {
                "amount": fee,
                "application": None,
                "currency": currency,
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        ]
        if fee
        else [],
        "net": amount - fee,
        "reporting_category": _CATEGORIES[kind],
        "source": source,
        "status": "pending",
        "type": kind,
    }


def event(
    type_: str, value: Json, *, created: int, previous: Json | None, request: Json | None
) -> Json:
    """A fact about an object, with the object as it was then."""
    data: dict[str, Any] = {"object": value}
    if previous:
        data["previous_attributes"] = previous
    return {
        "id": new_id("evt_3"),
        "object": "event",
        "api_version": API_VERSION,
        "created": created,
        "data": data,
        "livemode": False,
        "pending_webhooks": 0,
        "request": request or {"id": None, "idempotency_key": None},
        "type": type_,
    }
