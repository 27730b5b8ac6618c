"""Logs, metrics and traces, without personal data.

A log line holds ids and codes. Keys outside the allow-list are withheld, and whatever looks like
an address, a phone number, a key or a link's token is masked in the finished line, wherever it
came from (an exception's text included).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from chalicelib.ports.logs import NAME

SERVICE = NAME
NAMESPACE = "Dunlin"

STANDARD_KEYS = frozenset({
    "level", "location", "message", "timestamp", "service", "cold_start", "function_name",
    "function_request_id", "correlation_id", "xray_trace_id", "exception", "exception_name",
    "stack_trace",
})  # fmt: skip
OWN_KEYS = frozenset({
    "case", "channel", "clock", "code", "communication", "count", "creditor", "customer",
    "endpoint", "event", "event_type", "invoice", "key", "message_id", "method", "partition",
    "payment", "provider_id", "queue", "reason", "record", "route", "rule", "status", "task",
    "tenant",
})  # fmt: skip
WITHHELD = "[withheld]"

PERSONAL = (
    (
        re.compile(r"\b(dk_(?:live|test)|sk_(?:live|test)|rk_(?:live|test)|whsec)_[\w+/=-]+"),
        r"\1_[key]",
    ),
    (re.compile(r"(/pay/)[^/\s\"?\\]+"), r"\1[token]"),
    (re.compile(r"[^\s\"'<>@\\(),:;\[\]]+@[^\s\"'<>@\\(),:;\[\]]+"), "[e-mail]"),
    (re.compile(r"(?<!\w)\+[1-9][\d \-]{5,17}\d"), "[phone]"),
)
"""What must not stand in a log, and what stands there instead."""

Event = Any
"""An event or request as Chalice hands it to middleware; the two have no common class."""


class FunctionFailedError(Exception):
    """What Lambda hears of a failure: the name of its error.

    Lambda's runtime writes an exception into the log as it is, and into the attributes of a dead
    letter; neither passes through the formatter.
    """


def mask(text: str) -> str:
    """Replace everything personal or secret that can be recognised by its shape."""
    for pattern, instead in PERSONAL:
        text = pattern.sub(instead, text)
    return text


class ImpersonalFormatter(LambdaPowertoolsFormatter):
    """Writes a log line as JSON after withholding unknown keys and masking the rest."""

    def serialize(self, log: Mapping[str, Any]) -> str:
        allowed = STANDARD_KEYS | OWN_KEYS
        known = {key: value if key in allowed else WITHHELD for key, value in log.items()}
        return str(super().serialize(_masked(known)))


@cache
def logger() -> Logger:
    """Return the logger. Chalice logs to the same one, since the app has the service's name."""
    return Logger(service=SERVICE, logger_formatter=ImpersonalFormatter())


@cache
def metrics() -> Metrics:
    """Return the metrics, which leave with the invocation's log."""
    return Metrics(namespace=NAMESPACE, service=SERVICE)


@cache
def trace() -> None:
    """Let X-Ray see every call to AWS from here on. Needs Lambda's active tracing."""

    from aws_lambda_powertools import Tracer

    Tracer(service=SERVICE, auto_patch=False).patch(("botocore",))


def count(name: str, value: int = 1) -> None:
    """Add to a metric, e.g. `count("HandedOver", 12)`."""
    metrics().add_metric(name=name, unit=MetricUnit.Count, value=value)


def count_for_alarm(name: str, **dimensions: str) -> None:
    """Count one in a metric that has exactly these dimensions, as an alarm has to name them all."""
    gauge(name, 1, **dimensions)


def gauge(name: str, value: float, **dimensions: str) -> None:
    """Say how high something stands, at once, with exactly the dimensions that alarms name."""
    with single_metric(
        name=name,
        unit=MetricUnit.Count,
        value=value,
        namespace=NAMESPACE,
        default_dimensions=dimensions,
    ):
        pass  # it leaves with the invocation's log at once


def observe(event: Event, proceed: Callable[[Event], Any]) -> Any:  # noqa: ANN401 - Chalice's middleware passes any answer on
    """Give every line of an invocation its request and correlation ids; send metrics at its end.

    The correlation id is API Gateway's request id, or the invocation's own for other events.
    Raises FunctionFailedError for whatever a function raises, after having logged it; an error of
    a request is answered and logged by the route.
    """
    context = getattr(event, "lambda_context", None) or event.context
    request_id = getattr(context, "aws_request_id", None)
    gateway = getattr(event, "context", None)
    correlation_id = gateway.get("requestId") if isinstance(gateway, dict) else None
    logger().clear_state()
    logger().append_keys(
        function_name=getattr(context, "function_name", None), function_request_id=request_id
    )
    logger().set_correlation_id(correlation_id or request_id)
    try:
        return proceed(event)
    except Exception as error:
        if isinstance(gateway, dict):
            raise
        logger().exception("function failed")
        raise FunctionFailedError(type(error).__name__) from None
    finally:
        if metrics().metric_set:
            metrics().flush_metrics()


def _masked(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {mask(str(key)): _masked(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return mask(str(value))
