"""A body that is accepted, for each route that needs one, by the name of its function."""

from __future__ import annotations

from typing import Any

from tests.builders.templates import EMAIL

SEGMENT = {"name": "x", "rank": 1, "sequence": "seq_default",
           "condition": {"fact": "country", "in": ["FR"]}}  # fmt: skip
WHERE = {"url": "https://billing.example.com/dunlin", "events": ["*"]}
FEE = {"kind": "fee", "amount": 1, "currency": "eur"}
BODIES: dict[str, Any] = {
    "change_customer": {"name": "Other"},
    "add_payment": {
        "amount": 1,
        "currency": "eur",
        "paid_at": "2026-01-02T08:00:00Z",
        "method": "cash",
    },
    "add_credit_note": {"amount": 1, "currency": "eur", "reason": "x"},
    "assign_dispute": {"assignee": "ana"},
    "extend_dispute": {"deadline": "2026-05-01"},
    "resolve": {"outcome": "rejected"},
    "acknowledge_service": {"number": 1},
    "charge": FEE,
    "waive": {"reason": "x"},
    "add_promise": {
        "invoices": ["in_" + "0" * 32],
        "currency": "eur",
        "dates": [{"date": "2026-02-02", "amount": 1}],
        "source": "phone",
    },
    "add_payment_plan": {
        "invoices": ["in_" + "0" * 32],
        "currency": "eur",
        "equal_instalments": {"first_date": "2026-02-02", "interval": "month", "count": 2},
    },
    "add_replan": {
        "equal_instalments": {"first_date": "2026-03-02", "interval": "week", "count": 2}
    },
    "replace_sequence": {
        "name": "x",
        "steps": [{"key": "notice_due", "offset_days": 0, "do": "email"}],
    },
    "replace_segment": SEGMENT,
    "override_customer": {"sequence": "seq_default", "reason": "x"},
    "override_invoice": {"sequence": "seq_default", "reason": "x"},
    "replace_text": {"text": EMAIL},
    "preview_text": {"text": EMAIL},
    "pause": {"reason": "x"},
    "complete": {"outcome": "done"},
    "claim": {"assignee": "x"},
    "assign_to": {"assignee": "x"},
    "approve": {"approver": "x", "role": "x"},
    "refuse": {"approver": "x", "role": "x", "reason": "x"},
    "snooze": {"until": "2036-01-02T08:00:00Z"},
    "called": {"result": "reached"},
    "erase": {"reason": "objection"},
    "add_contact": {"channel": "call", "direction": "in"},
    "add_consent": {"channel": "sms", "given": True, "source": "web_form"},
    "create_webhook_endpoint": WHERE,
    "change_endpoint": {"description": "Billing"},
    "advance_test_clock": {"frozen_time": "2026-02-02T08:00:00Z"},
}
