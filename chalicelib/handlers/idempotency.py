"""The same Idempotency-Key and the same request get the first answer again, for a day.

Powertools keeps the answer in the table: one item per key, written twice (in progress, done) and
removed where nothing came of it. Only what may be tried again isn't kept as an answer.

An answer can be lost after its record was written. So what mustn't be made twice carries a mark
of its request (`mark_of`), by which the second attempt finds the record of the first. The same
request is, for both, the same method, path and JSON body.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chalice.app import Request

from chalicelib import bootstrap
from chalicelib.domain import ids
from chalicelib.domain.errors import (
    DunlinError,
    FieldError,
    IdempotencyKeyReusedError,
    InvalidError,
)
from chalicelib.domain.tenant import Tenant
from chalicelib.gateways.aws import client
from chalicelib.handlers.answers import Answer
from chalicelib.handlers.problems import RETRY_AFTER, path_of, problem
from chalicelib.handlers.refusals import RequestInProgressError
from chalicelib.services.once import Mark

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.idempotency import BasePersistenceLayer

HEADER = "Idempotency-Key"
KEPT_SECONDS = 24 * 60 * 60
FUNCTION_TIMEOUT_MILLIS = 30_000
"""After this long nobody can still be working on a request (API Gateway gives up after 29 s)."""

MOST_KEPT = 380 * 1024
"""Characters of an answer that surely fit into an item (DynamoDB's limit is 400 KB). Only batches
of invoices with many lines are longer, and a repeated batch finds its invoices by their numbers."""

_KEY = re.compile(r"[!-~]{1,255}")

_dynamodb = client("dynamodb")

MakeStore = Callable[[str], "BasePersistenceLayer"]
_replacement: list[MakeStore] = []


def use(make: MakeStore | None) -> None:
    """Let `make` return the store of a partition, or return to the table with None."""
    _replacement[:] = [make] if make else []


def key_in(request: Request) -> str | None:
    """Return the request's key. Raises InvalidError for what can't be one."""
    key: str | None = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        fault = FieldError(f"/{HEADER}", "must be 1 to 255 visible ASCII characters")
        raise InvalidError("The header is wrong.", fields=(fault,))
    return key


def mark_of(tenant: Tenant, request: Request) -> Mark | None:
    """Return the mark of a request whose body is valid, None without a key. Raises InvalidError."""
    key = key_in(request)
    if key is None:
        return None
    asked = json.dumps(_asked(request), sort_keys=True)
    return Mark(ids.steady(tenant.key, key), ids.steady(asked))


def once(tenant: Tenant, key: str, request: Request, act: Callable[[], Answer]) -> Answer:
    """Act, or return the answer of the first request with the key.

    Raises IdempotencyKeyReusedError for another request, RequestInProgressError while the first
    is being worked on, and whatever `act` raises that may be tried again. An answer that is too
    large for an item of the table isn't kept.
    """
    from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig
    from aws_lambda_powertools.utilities.idempotency.base import IdempotencyHandler
    from aws_lambda_powertools.utilities.idempotency.exceptions import (
        IdempotencyAlreadyInProgressError,
        IdempotencyValidationError,
    )

    path = path_of(request)

    def work() -> dict[str, Any]:
        try:
            answer = act()
        except DunlinError as error:
            if type(error) in RETRY_AFTER or isinstance(error, IdempotencyKeyReusedError):
                raise  # the key stays free for the request that it is for
            refusal = problem(error, path)
            answer = Answer(refusal["status"], dict(refusal))
        return _kept(answer)

    digest = hashlib.sha256(key.encode()).hexdigest()
    handler = IdempotencyHandler(
        function=work,
        function_payload={"key": key, "asked": _asked(request)},
        config=IdempotencyConfig(
            event_key_jmespath="key",
            payload_validation_jmespath="asked",
            expires_after_seconds=KEPT_SECONDS,
            hash_function="sha256",
            lambda_context=_Deadline(),  # type: ignore[arg-type] # only the time left is asked of it
        ),
        persistence_store=_store(f"{tenant.key}#IDEMPOTENCY#{digest}"),
        key_prefix="REQUEST",
        function_args=(),
        function_kwargs={},
    )
    try:
        return _answer(handler.handle())
    except _TooLargeToKeepError as done:
        return done.answer
    except IdempotencyValidationError:
        raise IdempotencyKeyReusedError(
            "This Idempotency-Key came before with another request; use a new one."
        ) from None
    except IdempotencyAlreadyInProgressError:
        raise RequestInProgressError("The first request with this key isn't done yet.") from None


class _TooLargeToKeepError(Exception):
    """The request is done, but its answer doesn't fit into an item; so the key is forgotten."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def _kept(answer: Answer) -> dict[str, Any]:
    """Return an answer as it is kept: compressed, since every kilobyte is a write unit."""
    packed = base64.b64encode(zlib.compress(json.dumps(answer.body).encode())).decode()
    if len(packed) > MOST_KEPT:
        raise _TooLargeToKeepError(answer)
    return {"status": answer.status, "body": packed}


def _answer(kept: dict[str, Any]) -> Answer:
    body = json.loads(zlib.decompress(base64.b64decode(kept["body"])))
    return Answer(int(kept["status"]), body)


class _Deadline:
    """Says how long a request may take, where Powertools asks the Lambda context."""

    def get_remaining_time_in_millis(self) -> int:
        return FUNCTION_TIMEOUT_MILLIS


def _asked(request: Request) -> dict[str, Any]:
    body = json.loads(request.raw_body) if request.raw_body else None
    return {"method": request.method, "path": path_of(request), "body": body}


def _store(partition: str) -> BasePersistenceLayer:
    if _replacement:
        return _replacement[0](partition)
    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

    return DynamoDBPersistenceLayer(
        table_name=bootstrap.settings().table,
        key_attr="pk",
        sort_key_attr="sk",
        static_pk_value=partition,
        expiry_attr="expires_at",
        boto3_client=_dynamodb(),
    )
