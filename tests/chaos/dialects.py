"""What a call is named, and how each service says that it is busy or broken, in its own shape."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs

from aiohttp import web

_TARGETS = {"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs", "secretsmanager": "secrets"}
_ID = re.compile(r"/(?:[a-z]{2,4}_[A-Za-z0-9_]+|[A-Za-z0-9_.~-]{40,})")
_BUSY = {
    "dynamodb": (400, "com.amazonaws.dynamodb.v20120810#ThrottlingException"),
    "sqs": (400, "com.amazonaws.sqs#RequestThrottled"),
    "secrets": (400, "ThrottlingException"),
    "ses": (429, "TooManyRequestsException"),
}
_BROKEN = {
    "dynamodb": "com.amazonaws.dynamodb.v20120810#InternalServerError",
    "secrets": "InternalServiceError",
}
_SNS = (
    '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>{kind}</Type>'
    "<Code>{code}</Code><Message>injected</Message></Error><RequestId>0</RequestId></ErrorResponse>"
)


def name_of(gate: str, request: web.Request, body: bytes) -> str:
    """Return `<service>.<operation>`, without what differs from call to call."""
    if gate not in {"aws", "sending", "events"}:
        return f"{gate}.{request.method} {_ID.sub('/ID', request.path)}"
    if target := request.headers.get("X-Amz-Target"):
        service, _, operation = target.partition(".")
        return f"{_TARGETS.get(service, service.lower())}.{operation}"
    if request.path == "/v2/email/outbound-emails":
        return "ses.SendEmail"
    action = parse_qs(body.decode(errors="replace")).get("Action", [request.path])[0]
    return f"sns.{action}"


def busy(call: str) -> web.Response:
    """Return how the service says: nothing was done, you call too fast."""
    service = call.partition(".")[0]
    if service == "sns":
        return _xml(400, "Throttling", "Sender")
    if service in _BUSY:
        return _json(*_BUSY[service])
    if service == "stripe":
        return _stripe(429, "rate_limit", "invalid_request_error")
    return web.json_response({"message": "Too Many Requests"}, status=429)


def broken(call: str) -> web.Response:
    """Return how the service says: something went wrong inside, and nobody knows what was done."""
    service = call.partition(".")[0]
    if service == "sns":
        return _xml(500, "InternalError", "Receiver")
    if service == "stripe":
        return _stripe(500, None, "api_error")
    if service in _BROKEN or service in _BUSY:
        return _json(500, _BROKEN.get(service, "InternalFailure"))
    return web.json_response({"message": "Internal Server Error"}, status=502)


def _json(status: int, code: str) -> web.Response:
    return web.Response(
        status=status,
        text=json.dumps({"__type": code, "message": "injected"}),
        content_type="application/x-amz-json-1.0",
        headers={"x-amzn-ErrorType": code.rpartition("#")[2]},
    )


def _xml(status: int, code: str, kind: str) -> web.Response:
    text = _SNS.format(code=code, kind=kind)
    return web.Response(status=status, text=text, content_type="text/xml")


def _stripe(status: int, code: str | None, kind: str) -> web.Response:
    error = {"message": "injected", "type": kind, **({"code": code} if code else {})}
    return web.json_response({"error": error}, status=status)
