"""AWS clients: made when first used, and strict where a repeated call would repeat an effect.

boto3 repeats a call whose answer was lost. A message would then be sent twice, so the clients
that send make one attempt only; what AWS throttled, which it certainly hasn't done, goes back to
its queue for a while (services/work_off.py).
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

CONNECT_SECONDS = 0.5
"""How long connecting may take, and the TLS handshake after it once more."""
ANSWER_SECONDS = 15.0

Client = Callable[[], Any]
"""Gives a boto3 client, the same one each time."""


def client(service: str, **config: object) -> Client:
    """Return what makes a client once it is needed, with botocore's own retries."""
    return cache(partial(_make, service, config))


def sending_client(service: str, *, answer_seconds: float = ANSWER_SECONDS) -> Client:
    """Return what makes a client for calls that must not happen twice."""
    config: dict[str, object] = {
        "connect_timeout": CONNECT_SECONDS,
        "read_timeout": answer_seconds,
        "retries": {"total_max_attempts": 1, "mode": "standard"},
    }
    return cache(partial(_make, service, config))


def _make(service: str, config: Mapping[str, object]) -> Any:  # noqa: ANN401 - boto3 builds its clients at run time
    import boto3
    from botocore.config import Config

    return boto3.client(service, config=Config(**config))
