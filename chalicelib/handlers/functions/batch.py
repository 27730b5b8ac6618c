"""Every message of a batch stands for itself: what fails goes back to its queue, the rest is done.

`TryLaterError` is the ordinary way back (a gateway that can't take it now); anything else is a
fault, logged with its trace, that ends in the dead-letter queue when it keeps happening. What came
back before comes last in its batch: one that kills its worker kills it after the others are done.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    ExceptionInfo,
    FailureResponse,
)

from chalicelib import bootstrap
from chalicelib.handlers.functions import Answer
from chalicelib.observability import count, count_for_alarm, logger
from chalicelib.services.try_later import TryLaterError

Message = Mapping[str, str]
FAILED = "MessageFailed"


def each(event: Mapping[str, Any], handle: Callable[[Message], object]) -> Answer:
    """Handle every message of an SQS event, and name those that failed."""
    return each_try(event, lambda message, _tries: handle(message))


def each_try(event: Mapping[str, Any], handle: Callable[[Message, int], object]) -> Answer:
    """Handle every message, given how often it was handed out with this time."""
    processor = _Processor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    records = sorted(event["Records"], key=_tries)
    with processor(records, lambda record: handle(_message(record), _tries(record))):
        processor.process()
    failures = processor.response()["batchItemFailures"]
    return {
        "batchItemFailures": [{"itemIdentifier": str(one["itemIdentifier"])} for one in failures]
    }


def _tries(record: Mapping[str, Any]) -> int:
    return int(record["attributes"]["ApproximateReceiveCount"])


def _message(record: Mapping[str, Any]) -> Message:
    body = json.loads(record["body"])
    if not isinstance(body, dict):
        raise TypeError("a message is a JSON object")
    return body


class _Processor(BatchProcessor):
    """Powertools' processor, saying which message failed and why."""

    def failure_handler(
        self, record: Mapping[str, Any], exception: ExceptionInfo
    ) -> FailureResponse:
        _, error, _ = exception
        facts = {"message_id": record["messageId"]}
        if isinstance(error, TryLaterError):
            count("TriedLater")
            logger().info("message goes back to its queue", extra={**facts, "reason": str(error)})
        else:
            logger().error("message failed", exc_info=error, extra=facts)
            count_for_alarm(FAILED, stage=bootstrap.settings().stage)
        return super().failure_handler(record, exception)
