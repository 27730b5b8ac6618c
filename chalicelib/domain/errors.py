"""Errors that callers can act on. Each carries a code; the HTTP status is mapped in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: a JSON pointer (RFC 6901) into the request, and a sentence."""

    pointer: str
    detail: str


class DunlinError(Exception):
    """The base of all coded errors. `detail` is shown to the caller and holds no secret."""

    code: ClassVar[str] = "error"

    def __init__(self, detail: str, *, fields: tuple[FieldError, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = fields


class InvalidError(DunlinError):
    """The request is wrong in the named fields."""

    code = "invalid_request"


class NotFoundError(DunlinError):
    """There is no such record for this caller."""

    code = "not_found"


class ConflictError(DunlinError):
    """The record's state, or another record, forbids it."""

    code = "conflict"


class NumberTakenError(ConflictError):
    """Another invoice with other content has the number."""

    code = "invoice_number_taken"


class ExternalIdTakenError(ConflictError):
    """Another customer has the external id."""

    code = "external_id_taken"


class InvoiceNotOpenError(ConflictError):
    """The invoice is paid, void or written off."""

    code = "invoice_not_open"


class InvoiceHasPaymentsError(ConflictError):
    """An invoice that was partly paid can't be voided; credit the rest instead."""

    code = "invoice_has_payments"


class AmountTooLargeError(ConflictError):
    """The amount exceeds what is owed."""

    code = "amount_exceeds_remaining"


class InvoiceDisputedError(ConflictError):
    """The invoice is disputed, so nothing is charged on it."""

    code = "invoice_disputed"


class NotOverdueError(ConflictError):
    """The invoice isn't overdue yet."""

    code = "not_overdue"


class RateUnknownError(ConflictError):
    """The statutory rate isn't known for a day, or for a country."""

    code = "rate_unknown"


class CompensationUnknownError(ConflictError):
    """The law names no compensation in the invoice's currency."""

    code = "compensation_unknown"


class NotForConsumersError(ConflictError):
    """The law gives it between businesses only."""

    code = "not_for_consumers"


class NothingToChargeError(ConflictError):
    """It comes to nothing: nothing was owed, or it is charged already."""

    code = "nothing_to_charge"


class PromiseAlreadyOpenError(ConflictError):
    """Another promise about one of the invoices still stands."""

    code = "promise_already_open"


class PromiseNotOpenError(ConflictError):
    """The promise was kept, broken or called off."""

    code = "promise_not_open"


class CaseNotOpenError(ConflictError):
    """The case is closed."""

    code = "case_not_open"


class DisputeAlreadyOpenError(ConflictError):
    """The invoice has a dispute that is open."""

    code = "dispute_already_open"


class DisputeNotOpenError(ConflictError):
    """The dispute has ended, or its invoice is settled."""

    code = "dispute_not_open"


class NothingPaidError(ConflictError):
    """A deduction is what a payment left unpaid, and there was none."""

    code = "nothing_paid"


class CaseInFlightError(ConflictError):
    """A message about the case is on its way; what became of it is known within the hour."""

    code = "case_in_flight"


class TaskTakenError(ConflictError):
    """Somebody else does the task."""

    code = "task_taken"


class TaskDoneError(ConflictError):
    """The task is done."""

    code = "task_done"


class TooManySegmentsError(ConflictError):
    """The creditor has as many segments as one may have."""

    code = "too_many_segments"


class CustomerHasOpenInvoicesError(ConflictError):
    """The customer still owes something."""

    code = "customer_has_open_invoices"


class CustomerHasMoneyInFlightError(ConflictError):
    """Money of the customer is on its way, in dispute, or theirs to have back."""

    code = "customer_has_money_in_flight"


class CustomerErasedError(ConflictError):
    """The customer was erased."""

    code = "customer_erased"


class TooManyEndpointsError(ConflictError):
    """The creditor has as many webhook endpoints as one may have."""

    code = "too_many_webhook_endpoints"


class SecretReplacedError(ConflictError):
    """The secret that the request made was replaced since, so it can't be shown again."""

    code = "secret_replaced"


class ClockBusyError(ConflictError):
    """The test clock is advancing."""

    code = "test_clock_advancing"


class StaleRecordError(ConflictError):
    """Somebody else changed a record in between, time and again."""

    code = "concurrent_change"


class IdempotencyKeyReusedError(ConflictError):
    """The Idempotency-Key came before with another request."""

    code = "idempotency_key_reused"


class ForgedError(DunlinError):
    """A signature doesn't fit."""

    code = "signature_invalid"


class PaymentUnavailableError(DunlinError):
    """The payment provider can't be reached or refuses; nothing was charged."""

    code = "payment_unavailable"


class LinkInvalidError(NotFoundError):
    """The token of a link isn't one that Dunlin signed."""

    code = "link_invalid"


class LinkExpiredError(NotFoundError):
    """The link was signed by Dunlin, but is too old."""

    code = "link_expired"
