"""Every refusal is a problem document (RFC 9457), and the one table that gives it a status."""

from __future__ import annotations

from typing import Annotated, NotRequired

from chalice.app import Request, Response
from pydantic import WithJsonSchema
from typing_extensions import TypedDict

from chalicelib.domain import approval, errors, plan_errors
from chalicelib.domain.errors import DunlinError
from chalicelib.handlers import refusals
from chalicelib.handlers.answers import GUARDS, PROBLEM
from chalicelib.observability import logger
from chalicelib.services.pay_page import ChoiceError

TYPE_PREFIX = "urn:dunlin:problem:"

STATUS: dict[type[DunlinError], int] = {
    refusals.MalformedError: 400,
    errors.ForgedError: 400,
    refusals.UnauthenticatedError: 401,
    refusals.ForbiddenError: 403,
    errors.NotFoundError: 404,
    errors.LinkInvalidError: 404,
    errors.LinkExpiredError: 410,
    refusals.MethodNotAllowedError: 405,
    errors.ConflictError: 409,
    errors.NumberTakenError: 409,
    errors.ExternalIdTakenError: 409,
    errors.InvoiceNotOpenError: 409,
    errors.InvoiceHasPaymentsError: 409,
    errors.DisputeAlreadyOpenError: 409,
    errors.DisputeNotOpenError: 409,
    errors.NothingPaidError: 409,
    errors.AmountTooLargeError: 409,
    errors.InvoiceDisputedError: 409,
    errors.NotOverdueError: 409,
    errors.RateUnknownError: 409,
    errors.CompensationUnknownError: 409,
    errors.NotForConsumersError: 409,
    errors.NothingToChargeError: 409,
    errors.PromiseAlreadyOpenError: 409,
    errors.PromiseNotOpenError: 409,
    plan_errors.PlanAlreadyActiveError: 409,
    plan_errors.PlanNotActiveError: 409,
    plan_errors.PlanAmountsDifferError: 409,
    plan_errors.CaseHandedOverError: 409,
    errors.CaseNotOpenError: 409,
    errors.CaseInFlightError: 409,
    errors.TooManySegmentsError: 409,
    errors.TaskTakenError: 409,
    errors.TaskDoneError: 409,
    approval.ApprovalOverError: 409,
    approval.NotTheApproverError: 409,
    errors.CustomerHasOpenInvoicesError: 409,
    errors.CustomerHasMoneyInFlightError: 409,
    errors.CustomerErasedError: 409,
    errors.TooManyEndpointsError: 409,
    errors.SecretReplacedError: 409,
    errors.ClockBusyError: 409,
    errors.StaleRecordError: 409,
    errors.IdempotencyKeyReusedError: 409,
    refusals.RequestInProgressError: 409,
    refusals.BodyTooLargeError: 413,
    refusals.UnsupportedMediaTypeError: 415,
    errors.InvalidError: 422,
    refusals.TooManyRequestsError: 429,
    ChoiceError: 422,
    refusals.InternalError: 500,
    errors.PaymentUnavailableError: 503,
}
"""The HTTP status of every coded error; a test says that none is missing."""

RETRY_AFTER: dict[type[DunlinError], int] = {
    errors.StaleRecordError: 1,
    errors.ClockBusyError: 5,
    errors.CaseInFlightError: 60,
    refusals.RequestInProgressError: 1,
    errors.PaymentUnavailableError: 30,
}
"""Seconds after which the same request may well succeed."""


CODES = sorted({each.code for each in STATUS})
"""Every code that a problem document can have."""


class FieldProblem(TypedDict):
    """What is wrong with one field; `pointer` is a JSON pointer (RFC 6901) into the request."""

    pointer: str
    detail: str


class Problem(TypedDict):
    """A problem document (RFC 9457). `code` is stable and meant for programs."""

    type: str
    title: str
    status: int
    detail: str
    code: Annotated[str, WithJsonSchema({"type": "string", "enum": CODES})]
    instance: str
    errors: NotRequired[list[FieldProblem]]


def problem(error: DunlinError, path: str) -> Problem:
    """Describe an error to the caller of `path`."""
    document = Problem(
        type=f"{TYPE_PREFIX}{error.code}",
        title=(type(error).__doc__ or error.code).splitlines()[0],
        status=STATUS[type(error)],
        detail=error.detail,
        code=error.code,
        instance=path,
    )
    if error.fields:
        document["errors"] = [
            FieldProblem(pointer=field.pointer, detail=field.detail) for field in error.fields
        ]
    return document


def refuse(error: DunlinError, path: str) -> Response:
    """Answer with a problem document, and leave one line without a stack trace in the log."""
    document = problem(error, path)
    logger().info("request refused", extra={"code": error.code, "status": document["status"]})
    return Response(body=document, status_code=document["status"], headers=headers_of(error))


def headers_of(error: DunlinError) -> dict[str, str | list[str]]:
    """Return the headers that go with an error."""
    headers: dict[str, str | list[str]] = {"Content-Type": PROBLEM, **GUARDS}
    if type(error) in RETRY_AFTER:
        headers["Retry-After"] = str(RETRY_AFTER[type(error)])
    if isinstance(error, refusals.TooManyRequestsError):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, refusals.UnauthenticatedError):
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def path_of(request: Request) -> str:
    """Return the path that was asked for, without stage and query."""
    path: str = request.path
    for name, value in (request.uri_params or {}).items():
        path = path.replace(f"{{{name}}}", value)
    return path
