"""Builders: a whole record from the one or two facts that a test is about.

Every builder takes the fields of the record as keywords; what isn't named has a harmless default.
Ids follow from meaning (`customer` and `number`), so that equal facts give equal records.
"""

from __future__ import annotations

from tests.builders.basics import (
    CREDITOR_ID,
    EUR,
    JPY,
    KWD,
    LIVE,
    TEST,
    USD,
    customer_id,
    day,
    eur,
    record_id,
    utc,
)
from tests.builders.cases import a_case, a_claim, a_file, a_pause, a_result, an_invoice, case_of
from tests.builders.communications import a_communication, a_task
from tests.builders.disputes import a_dispute
from tests.builders.parties import a_creditor, a_customer
from tests.builders.payments import a_charge, a_credit_note, a_payment, a_payment_plan, a_promise
from tests.builders.segments import a_draft, a_segment
from tests.builders.sequences import a_sequence, a_step, a_window, berlin, rules
from tests.builders.services import a_service
from tests.builders.templates import an_own_template

__all__ = [
    "CREDITOR_ID",
    "EUR",
    "JPY",
    "KWD",
    "LIVE",
    "TEST",
    "USD",
    "a_case",
    "a_charge",
    "a_claim",
    "a_communication",
    "a_credit_note",
    "a_creditor",
    "a_customer",
    "a_dispute",
    "a_draft",
    "a_file",
    "a_pause",
    "a_payment",
    "a_payment_plan",
    "a_promise",
    "a_result",
    "a_segment",
    "a_sequence",
    "a_service",
    "a_step",
    "a_task",
    "a_window",
    "an_invoice",
    "an_own_template",
    "berlin",
    "case_of",
    "customer_id",
    "day",
    "eur",
    "record_id",
    "rules",
    "utc",
]
