"""Takes a request apart: who calls, what they send, what they ask for."""

from __future__ import annotations

from typing import TypeVar

from chalice.app import Request

from chalicelib.domain.access import AccessScope, ApiKey
from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.handlers.bodies.base import Body, Nothing, Query
from chalicelib.handlers.documents import read_json
from chalicelib.handlers.refusals import (
    BodyTooLargeError,
    ForbiddenError,
    MalformedError,
    TooManyRequestsError,
    UnauthenticatedError,
    UnsupportedMediaTypeError,
)
from chalicelib.handlers.validation import validate
from chalicelib.ports.all import Ports
from chalicelib.services.authenticate import authenticate

B = TypeVar("B", bound=Body)
Q = TypeVar("Q", bound=Query)

BODY_LIMIT = 256 * 1024
BATCH_LIMIT = 1024 * 1024


def key_of(ports: Ports, request: Request, scope: AccessScope) -> ApiKey:
    """Return the caller's key, and count the request.

    Raises UnauthenticatedError, TooManyRequestsError, ForbiddenError.
    """
    key = authenticate(ports, request.headers.get("authorization"))
    if key is None:
        raise UnauthenticatedError("Send a valid API key as `Authorization: Bearer dk_…`.")
    wait = ports.throttle.admit(key, ports.clock.now())
    if wait is not None:
        raise TooManyRequestsError(
            f"This API key made too many requests; go on in {wait} seconds.", retry_after=wait
        )
    if not key.allows(scope):
        raise ForbiddenError(f"This needs an API key with the scope `{scope.value}`.")
    return key


def raw_body(request: Request, limit: int) -> bytes:
    """Return the body as it came. Raises BodyTooLargeError."""
    try:
        raw = request.raw_body
    except ValueError:  # what says that it is base64 and isn't
        raise MalformedError("The body can't be decoded.") from None
    body: bytes = raw.encode() if isinstance(raw, str) else raw
    if len(body) > limit:
        raise BodyTooLargeError(f"The body has {len(body)} bytes; {limit} are allowed.")
    return body


def read_body(request: Request, model: type[B], limit: int) -> B:
    """Return the body as a valid model.

    Raises BodyTooLargeError, UnsupportedMediaTypeError, MalformedError, InvalidError.
    """
    body = raw_body(request, limit)
    if not body and issubclass(model, Nothing):
        return model()
    if request.method == "GET":
        return model()
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise UnsupportedMediaTypeError("Send the body as `Content-Type: application/json`.")
    return validate(model, read_json(body))


def read_query(request: Request, model: type[Q]) -> Q:
    """Return the parameters of the query as a valid model. Raises InvalidError."""
    given = request.query_params
    values = {name: given.getlist(name) for name in given} if given else {}
    twice = tuple(
        FieldError(f"/{name}", "is given more than once")
        for name, texts in values.items()
        if len(texts) > 1
    )
    if twice:
        raise InvalidError("A parameter is given more than once.", fields=twice)
    return validate(model, {name: texts[0] for name, texts in values.items()})
