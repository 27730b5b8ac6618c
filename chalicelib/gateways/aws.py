"""AWS clients: made when first used, and strict where a repeated call would repeat an effect.

boto3 repeats a call whose answer was lost. A message would then be sent twice, so the clients
that send repeat nothing but what AWS throttled, which it certainly hasn't done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

THROTTLED = frozenset(
    {
        "KMSThrottling",
        "KMSThrottlingException",
        "RequestThrottled",
        "RequestThrottledException",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Codes of AWS that say: nothing was done, you call too fast."""

CONNECT_SECONDS = 0.7
ANSWER_SECONDS = 15.0
THROTTLE_PAUSES = (0.15, 0.3)
"""How long to wait before each repetition of a throttled call, in seconds. With the time to
connect they stay well under the two seconds in which a claimed message must leave."""

Client = Callable[[], Any]
"""Gives a boto3 client, the same one each time."""


def client(service: str, **config: object) -> Client:
    """Return what makes a client once it is needed, with botocore's own retries."""
    return cache(partial(_make, service, config))


def sending_client(
    service: str, operation: str, *, answer_seconds: float = ANSWER_SECONDS
) -> Client:
    """Return what makes a client for an operation that must not happen twice."""
    config: dict[str, object] = {
        "connect_timeout": CONNECT_SECONDS,
        "read_timeout": answer_seconds,
        "retries": {"total_max_attempts": 1, "mode": "standard"},
    }
    return cache(partial(_make, service, config, once=operation))


def _make(service: str, config: Mapping[str, object], *, once: str | None = None) -> Any:  # noqa: ANN401 - boto3 builds its clients at run time
    import boto3
    from botocore.config import Config

    made = boto3.client(service, config=Config(**config))
    if once:
        name = made.meta.service_model.service_id.hyphenize()
        made.meta.events.register(f"needs-retry.{name}.{once}", _after_throttling)
    return made


def _after_throttling(
    *, attempts: int, response: tuple[Any, Mapping[str, Any]] | None = None, **_: object
) -> float | None:
    """Tell botocore how long to wait before it repeats a throttled call (None: don't)."""
    code = response[1].get("Error", {}).get("Code") if response else None
    if code in THROTTLED and attempts <= len(THROTTLE_PAUSES):
        return THROTTLE_PAUSES[attempts - 1]
    return None
