"""Which function calls which ports, and what each call needs in AWS.

A call belongs to the function whose use case is outermost on the stack: a follow-up that finds a
payment applies it itself. `NEEDED` says what the adapter behind a port does; the contract suite
and the meter hold the adapters, so this is the one place where rights are told in our words.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import replace
from types import FrameType
from typing import Any

from chalicelib.ports.all import Ports
from chalicelib.ports.transactions import moves

Right = tuple[str, str]
"""An action, and the logical name of what it is done to."""

ANYTHING = "anything"
"""What has no name of its own: an account, a telephone."""
TABLE, LIST, DUE = "Ledger", "Ledger/index/list", "Ledger/index/due"
PRIVACY, SEGMENTS = "privacy work", "segment work"
"""What the action worker does beside following up."""
FUNCTIONS = {
    "sweep": "sweep",
    "sweep_shard": "sweep_shard",
    "advance_clock": "advance_clock",
    "settle_communication": "receive_email_event",
    "receive_sms": "receive_sms",
    "choose_mails": "api",
    "project_changes": "project_changes",
    "owe_to_endpoints": "project_changes",
    "publish_event": "publish_event",
    "apply_provider_payment": "api",
    "catch_up_payments": "catch_up_payments",
    "nightly": "nightly",
    "ask_for_customers": "check_invariants",
    "check_customer": "check_invariants",
    "compare_balance": "check_invariants",
    "compare_payment": "check_invariants",
    "look_after": "check_invariants",
    "do_privacy_work": PRIVACY,
    "do_segment_work": SEGMENTS,
}
WORKERS = {
    "email": "send_email",
    "sms": "send_sms",
    "letter": "post_letter",
    "action": "run_action",
}
PORTS = (
    "ledger", "due", "configuration", "queues", "email", "sms", "sending", "links",
    "payments", "payment_marks", "fingerprints", "endpoints", "webhooks", "signing",
    "documents", "letters", "worklist",
)  # fmt: skip
ALL_PORTS = (*PORTS, "throttle")
IDEMPOTENCY = {
    (f"dynamodb:{each}", TABLE) for each in ("GetItem", "PutItem", "UpdateItem", "DeleteItem")
}
"""What Powertools does with the answers of POSTs, beside the ports."""

GET = (("dynamodb:GetItem", TABLE),)
GET_MANY = (("dynamodb:BatchGetItem", TABLE),)
QUERY = (("dynamodb:Query", TABLE),)
PUT = (("dynamodb:PutItem", TABLE),)
PAGE = (*QUERY, *GET_MANY, ("dynamodb:Query", LIST))
UPDATE = (("dynamodb:UpdateItem", TABLE),)
LINKS = (("secretsmanager:GetSecretValue", "LinkSecret"),)
REFUSED = (("secretsmanager:GetSecretValue", "RefusedAddressSecret"),)
STRIPE = (("secretsmanager:GetSecretValue", "stripe"),)
DERIVED = (("secretsmanager:GetSecretValue", "WebhookSecret"),)
BATCH = (("dynamodb:BatchWriteItem", TABLE),)
LISTED = (("s3:ListBucket", "Documents"),)
DELETE = (("dynamodb:DeleteItem", TABLE),)
NOTHING_IN_AWS = ("endpoints.forget", "webhooks.refusal", "webhooks.deliver", "sending.refused")
LISTS = (
    *("customers", "invoices", "cases", "promises", "payment_plans", "communications"),
    *("tasks", "disputes", "services", "events"),
)
NEEDED: dict[str, tuple[Right, ...]] = {
    **{
        f"ledger.{name}": GET
        for name in (
            "customer",
            "invoice",
            "payment",
            "credit_note",
            "charge",
            "promise",
            "payment_plan",
            "communication",
            "task",
            "dispute",
            "service",
            "event",
            "test_clock",
            "reference",
        )
    },
    **{f"ledger.{name}": GET_MANY for name in ("case", "cases", "invoices", "told")},
    **{
        f"ledger.{name}": QUERY
        for name in (
            "file",
            "whole_file",
            "filed",
            "payments_of",
            "credit_notes_of",
            "charges_of",
            "tasks_of",
            "due_cases",
            "sharing",
        )
    },
    **{f"ledger.{name}_page": PAGE for name in LISTS},
    **dict.fromkeys(NOTHING_IN_AWS, ()),
    **dict.fromkeys(("endpoints.all", "endpoints.known", "payment_marks.all"), QUERY),
    "endpoints.deliveries_page": QUERY,
    "ledger.append": PUT,
    "ledger.record_events": BATCH,
    "endpoints.find": GET,
    "endpoints.save": PUT,
    "endpoints.remove": (*PUT, *DELETE),
    "endpoints.owe": BATCH,
    "endpoints.begin_anew": PUT,
    "endpoints.delivery": GET,
    "endpoints.note": PUT,
    "endpoints.settle": DELETE,
    "documents.put": (("s3:PutObject", "letters"),),
    "documents.link": (("s3:GetObject", "letters"), *LISTED),
    "documents.remove": (*LISTED, ("s3:DeleteObject", "letters"), ("s3:DeleteObject", "outbox")),
    "letters.send": (("s3:PutObject", "outbox"), ("secretsmanager:GetSecretValue", "lob")),
    "worklist.places": QUERY,
    "worklist.exchange": (*BATCH, *DELETE),
    "worklist.page": (*GET, *GET_MANY, ("dynamodb:Query", LIST)),
    "signing.newest_key": DERIVED,
    "signing.secret": DERIVED,
    **dict.fromkeys(("due.page", "due.deliveries"), (("dynamodb:Query", DUE),)),
    "due.mark": GET,
    "due.move_mark": PUT,
    "payment_marks.begin": PUT,
    "payment_marks.certain_until": GET,
    "payment_marks.get": GET,
    "payment_marks.move": PUT,
    "configuration.creditor": GET,
    "configuration.creditors": QUERY,
    "configuration.api_key": GET,
    "configuration.note_use": UPDATE,
    "configuration.add_sequence": PUT,
    "configuration.segments": QUERY,
    "configuration.segment": GET,
    "configuration.save_segment": PUT,
    "configuration.drop_segment": (*PUT, ("dynamodb:DeleteItem", TABLE)),
    "configuration.own_words": QUERY,
    "configuration.own_template": GET,
    "configuration.own_templates": QUERY,
    "configuration.save_own_template": PUT,
    "configuration.drop_own_template": (*PUT, ("dynamodb:DeleteItem", TABLE)),
    "configuration.sequences_page": QUERY,
    "throttle.admit": UPDATE,
    "email.send": (("ses:SendEmail", "identity"),),
    "sms.send": (("sns:Publish", ANYTHING),),
    "sms.refusal": (("sns:CheckIfPhoneNumberIsOptedOut", ANYTHING),),
    "links.pay_url": LINKS,
    "links.read": LINKS,
    "payments.events_since": STRIPE,
    "fingerprints.of": REFUSED,
    "payments.look": STRIPE,
    "payments.start_checkout": STRIPE,
    "payments.read_event": STRIPE,
    "payments.movements": STRIPE,
    "payments.standing": STRIPE,
}


def needed(port: str, arguments: tuple[Any, ...]) -> tuple[Right, ...]:
    """Return what a call needs. Raises KeyError for one that nobody has thought about."""
    match port:
        case "queues.put":
            return (("sqs:SendMessage", f"{arguments[0].title()}Queue"),)
        case "queues.is_empty":
            return (("sqs:GetQueueAttributes", f"{arguments[0].title()}Queue"),)
        case "sending.turn" | "sending.quota":
            return (("ses:GetAccount", ANYTHING),) if arguments[0] == "email" else ()
        case "configuration.sequence":
            return GET if len(arguments) > 2 else QUERY
        case "ledger.events_page" | "ledger.cases_page" if any(
            str(each).startswith("cus_") for each in arguments
        ):
            return QUERY  # a timeline is in the customer's own partition
        case "ledger.commit":
            deletes = any(moves(write) for write in arguments[0]) or len(arguments) > 2
            return (*GET, *PUT, *((("dynamodb:DeleteItem", TABLE),) if deletes else ()))
        case _:
            return NEEDED[port]


class Calls:
    """What was called, by function; or all of it by one, where a test calls nothing else."""

    def __init__(self, only: str | None = None) -> None:
        self._only = only
        self.by_function: defaultdict[str, set[Right]] = defaultdict(set)

    def recorded(self, ports: Ports) -> Ports:
        """Return the ports with a recorder before each."""
        watched = ALL_PORTS if self._only else PORTS
        return replace(ports, **{each: _Port(self, each, getattr(ports, each)) for each in watched})

    def note(self, port: str, arguments: tuple[Any, ...]) -> None:
        """Note a call of the function that is running; those of a test itself count for nobody."""
        if function := self._only or _running(sys._getframe(2)):
            self.by_function[function] |= set(needed(port, arguments))


class _Port:
    def __init__(self, calls: Calls, name: str, target: object) -> None:
        self._calls, self._name, self._target = calls, name, target

    def __getattr__(self, method: str) -> Any:
        call = getattr(self._target, method)

        def point(*arguments: object, **named: object) -> Any:
            self._calls.note(f"{self._name}.{method}", (*arguments, *named.values()))
            return call(*arguments, **named)

        return point


def _running(frame: FrameType | None) -> str | None:
    """Return the function whose use case is outermost on the stack."""
    found = None
    while frame is not None:
        name = frame.f_code.co_name
        if name in FUNCTIONS and "/services/" in frame.f_code.co_filename:
            found = FUNCTIONS[name]
        elif name in {"follow_up", "work_off"} and "/services/" in frame.f_code.co_filename:
            worker = WORKERS.get(frame.f_locals["channel"])  # a test clock is no channel's
            found = worker if worker and found not in {PRIVACY, SEGMENTS} else found
        frame = frame.f_back
    return found
