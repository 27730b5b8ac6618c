"""Which fields of which records the rules for stored records judge, and which are free."""

from __future__ import annotations

from chalicelib.domain.case import Case
from chalicelib.domain.charge import Charge
from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.customer import Customer
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.promise import Promise

EVERY = ["id", "tenant", "change"]
JUDGED = {
    Customer: ["balance", "credit", "credit_payments"],
    Case: [
        "customer_id",
        "number",
        "currency",
        "amount",
        "charges",
        "remaining",
        "issue_date",
        "due_date",
        "sequence",
        "status",
        "closed_reason",
    ],
    Invoice: [
        "customer_id",
        "number",
        "currency",
        "amount",
        "issue_date",
        "due_date",
        "sequence",
        "status",
        "charges",
        "paid",
        "credited",
        "written_off",
    ],
    Payment: ["customer_id", "status", "allocations"],
    CreditNote: ["invoice_id", "currency", "amount"],
    Charge: ["invoice_id", "currency", "amount", "waives"],
    Promise: ["customer_id"],
    Communication: ["customer_id"],
    Task: ["customer_id", "case_id", "status"],
    Dispute: ["customer_id", "invoice_id", "status", "credited"],
}
"""Fields whose every corruption is found, in whatever record."""

IN_PARTS = {
    Customer: ["created_at", "test_clock"],
    Case: [
        "created_at",
        "claim",
        "due_at",
        "open_tasks",
        "pauses",
        "reopened_at",
        "results",
        "test_clock",
    ],
    Invoice: ["created_at", "settled_at"],
    Payment: [
        "amount",
        "created_at",
        "currency",
        "disputed",
        "held",
        "open_disputes",
        "provider_events",
        "provider_reference",
        "refunded",
    ],
    CreditNote: ["created_at"],
    Charge: ["basis", "created_at", "kind"],
    Promise: ["covered", "created_at", "ended_at", "kept", "status", "until"],
    Communication: ["amounts", "created_at", "parts", "sent_at", "status", "to"],
    Task: ["created_at", "done_at", "step"],
    Dispute: [
        "amount",
        "created_at",
        "credit_note",
        "deadline",
        "ended_at",
        "outcome",
        "task",
        "warned",
    ],
}
"""Fields of which some values can't be right; FOUND_BY has those."""

FREE = {
    Customer: [
        "name",
        "country",
        "locale",
        "timezone",
        "external_id",
        "email",
        "phone",
        "address",
        "metadata",
        "suppressed",
        "last_contact_at",
        "visited_at",
        "checkouts",
        "request",
        "version",
        "address",
        "consents",
        "exported_at",
        "contacts",
        "contact_hours",
        "erasure",
        "kind",
        "broken_promises",
        "address",
    ],
    Case: ["channel", "closed_version", "confirmations", "version"],
    Invoice: ["lines", "pdf_url", "metadata", "version"],
    Payment: [
        "method",
        "paid_at",
        "named",
        "reference",
        "provider_at",
        "refunded_at",
        "disputed_at",
        "closed_disputes",
        "communication",
        "request",
        "version",
    ],
    CreditNote: ["reason", "number", "request", "version"],
    Charge: ["reason", "request", "version"],
    Promise: [
        "currency",
        "dates",
        "source",
        "grace_days",
        "received",
        "ended_by",
        "taken_by",
        "note",
        "request",
        "version",
    ],
    Communication: [
        "channel",
        "template",
        "locale",
        "subject",
        "direction",
        "reason",
        "provider_id",
        "about",
        "version",
    ],
    Task: ["do", "reason", "outcome", "note", "assignee", "version"],
    Dispute: [
        "currency",
        "reason",
        "source",
        "kind",
        "words",
        "assignee",
        "at_deadline",
        "note",
        "held_on",
        "request",
        "version",
    ],
}
"""Fields of which any value may be right, or that nothing else stored speaks of."""
