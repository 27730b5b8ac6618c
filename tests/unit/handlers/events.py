"""Events in the shapes in which Lambda hands them to functions, and what the answers say."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from tests.world import World

CONTEXT = SimpleNamespace(aws_request_id="req-1", function_name="dunlin-test-function")


def sqs(*bodies: Any, tries: int = 1) -> dict[str, Any]:
    """Return an event of SQS: texts as they are, everything else as JSON."""
    return {
        "Records": [
            {
                "messageId": f"m-{number}",
                "receiptHandle": "handle",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {"ApproximateReceiveCount": str(tries)},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-central-1:1:email",
                "awsRegion": "eu-central-1",
            }
            for number, body in enumerate(bodies, start=1)
        ]
    }


def sns(message: dict[str, Any]) -> dict[str, Any]:
    notification = {"Message": json.dumps(message), "Subject": None, "MessageAttributes": {}}
    return {"Records": [{"EventSource": "aws:sns", "Sns": notification}]}


def minute() -> dict[str, Any]:
    names = ("version", "account", "region", "source", "time", "id", "detail-type")
    return {**dict.fromkeys(names, ""), "detail": {}, "resources": []}


def came_back(answer: dict[str, Any]) -> list[str]:
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def drained(world: World, queue: str) -> dict[str, Any]:
    return sqs(*world.queues.drain(queue))
