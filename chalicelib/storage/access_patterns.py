"""The table of contents of keys.py: every way in which the table is read.

docs/access-patterns.md adds what each costs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccessPattern:
    """One way in which the table is reached: what for, by which keys, and how it is read."""

    name: str
    port: str
    by: str


ACCESS_PATTERNS = (
    AccessPattern("working file", "Ledger.file", "pk, sk begins with `FILE#`; strong"),
    AccessPattern("whole file", "Ledger.whole_file", "pk; strong"),
    AccessPattern("on through a file, 500 at once", "Ledger.filed", "pk, sk beyond one; strong"),
    AccessPattern("customer by id", "Ledger.customer", "pk, sk; strong"),
    AccessPattern("invoice by id", "Ledger.invoice", "pk, sk; strong"),
    AccessPattern("two invoices by id", "Ledger.invoices", "batch of pk, sk; strong"),
    AccessPattern("case by id", "Ledger.case", "batch of its two places; strong"),
    AccessPattern("payment by id", "Ledger.payment", "pk, sk; strong"),
    AccessPattern("credit note by id", "Ledger.credit_note", "pk, sk; strong"),
    AccessPattern("charge by id", "Ledger.charge", "pk, sk; strong"),
    AccessPattern("promise by id", "Ledger.promise", "pk, sk; strong"),
    AccessPattern("payment plan by id", "Ledger.payment_plan", "pk, sk; strong"),
    AccessPattern("communication by id", "Ledger.communication", "pk, sk; strong"),
    AccessPattern("task by id", "Ledger.task", "pk, sk; strong"),
    AccessPattern("dispute by id", "Ledger.dispute", "pk, sk; strong"),
    AccessPattern("service by id", "Ledger.service", "pk, sk; strong"),
    AccessPattern("test clock by id", "Ledger.test_clock", "pk, sk; strong"),
    AccessPattern("unique value", "Ledger.reference", "pk, sk; strong"),
    AccessPattern("customers with a number", "Ledger.sharing", "pk; strong"),
    AccessPattern("ten customers", "Ledger.customers_page", "list of events, then batch"),
    AccessPattern("ten open invoices", "Ledger.invoices_page", "list, then batch"),
    AccessPattern("ten invoices", "Ledger.invoices_page", "four lists merged, then batch"),
    AccessPattern(
        "invoices of a customer", "Ledger.invoices_page", "pk, sk begins with `INVOICE#`"
    ),
    AccessPattern("ten open cases", "Ledger.cases_page", "list of invoices, then batch of cases"),
    AccessPattern("cases of a customer", "Ledger.cases_page", "pk, two prefixes of sk merged"),
    AccessPattern("payments of a customer", "Ledger.payments_of", "pk, sk begins with `PAYMENT#`"),
    AccessPattern(
        "credit notes of a customer", "Ledger.credit_notes_of", "pk, sk begins with `CREDIT_NOTE#`"
    ),
    AccessPattern(
        "charges of a customer", "Ledger.charges_of", "pk, sk begins with `CHARGE#`; strong"
    ),
    AccessPattern("tasks of a customer", "Ledger.tasks_of", "pk, sk begins with `TASK#`"),
    AccessPattern(
        "due cases of a customer", "Ledger.due_cases", "pk, sk begins with `FILE#CASE#`; strong"
    ),
    AccessPattern("ten communications", "Ledger.communications_page", "list of events, then batch"),
    AccessPattern(
        "communications of a customer", "Ledger.communications_page", "pk, sk begins with prefix"
    ),
    AccessPattern("ten open tasks", "Ledger.tasks_page", "list, then batch"),
    AccessPattern("ten tasks by value at risk", "Worklist.page", "list of a view, two batches"),
    AccessPattern("ten tasks beyond one", "Worklist.page", "pk, sk; strong; then as above"),
    AccessPattern("places of a customer's tasks", "Worklist.places", "pk; strong"),
    AccessPattern("ten open disputes", "Ledger.disputes_page", "list, then batch"),
    AccessPattern("ten services requested", "Ledger.services_page", "list, then batch"),
    AccessPattern("service of a customer", "Ledger.services_page", "pk, sk begins with `SERVICE#`"),
    AccessPattern(
        "disputes of a customer", "Ledger.disputes_page", "pk, sk begins with `DISPUTE#`"
    ),
    AccessPattern("ten broken payment plans", "Ledger.payment_plans_page", "list, then batch"),
    AccessPattern(
        "payment plans of a customer", "Ledger.payment_plans_page", "pk, sk begins with `PLAN#`"
    ),
    AccessPattern("ten broken promises", "Ledger.promises_page", "list, then batch"),
    AccessPattern(
        "promises of a customer", "Ledger.promises_page", "pk, sk begins with `PROMISE#`"
    ),
    AccessPattern("ten events", "Ledger.events_page", "three lists merged, then batch"),
    AccessPattern("ten events of a type", "Ledger.events_page", "one list or two, then batch"),
    AccessPattern(
        "a type of event, in vain", "Ledger.events_page", "the next 1,000 of one list or two"
    ),
    AccessPattern("timeline of a customer", "Ledger.events_page", "pk, sk begins with `EVENT#`"),
    AccessPattern("event by id", "Ledger.event", "pk, sk; strong"),
    AccessPattern("two events by id, in a replay", "Ledger.told", "batch of pk, sk; strong"),
    AccessPattern("mark of a shard", "DueIndex.mark", "pk, sk; strong"),
    AccessPattern("marks of payments, two", "PaymentMarks.all", "pk"),
    AccessPattern(
        "mark of payments, once a minute", "PaymentMarks.certain_until", "pk, sk; strong"
    ),
    AccessPattern("mark of payments, at a checkout", "PaymentMarks.get", "pk, sk; strong"),
    AccessPattern("creditor, once a minute", "Configuration.creditor", "pk, sk; strong"),
    AccessPattern("all creditors, once a night", "Configuration.creditors", "pk; strong"),
    AccessPattern("sequence version, once", "Configuration.sequence", "pk, sk; strong"),
    AccessPattern(
        "newest version", "Configuration.sequence", "pk, sk begins with prefix, last one"
    ),
    AccessPattern(
        "segments, where they decide",
        "Configuration.segments",
        "pk, sk begins with `SEGMENT#`; strong",
    ),
    AccessPattern("segment by id", "Configuration.segment", "pk, sk; strong"),
    AccessPattern(
        "own texts, once a minute", "Configuration.own_words", "pk, sk begins with `TEMPLATE#`"
    ),
    AccessPattern("own text by name", "Configuration.own_template", "pk, sk; strong"),
    AccessPattern(
        "all own texts",
        "Configuration.own_templates",
        "pk, sk begins with `TEMPLATE#`; strong",
    ),
    AccessPattern("API key", "Configuration.api_key", "pk, sk; strong"),
    AccessPattern(
        "API keys of a tenant",
        "Configuration.api_keys",
        "pk, sk begins with `API_KEY#`; strong",
    ),
    AccessPattern(
        "endpoints of a tenant, every ten seconds",
        "WebhookEndpoints.known",
        "pk, sk begins with `WEBHOOK_ENDPOINT#`; strong",
    ),
    AccessPattern("webhook endpoint by id", "WebhookEndpoints.find", "pk, sk; strong"),
    AccessPattern("delivery by id", "WebhookEndpoints.delivery", "pk, sk; strong"),
    AccessPattern(
        "ten deliveries", "WebhookEndpoints.deliveries_page", "pk, sk begins with `DELIVERY#`"
    ),
)
