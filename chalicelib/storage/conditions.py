"""What it means that a write lost its condition, in DynamoDB's words and in ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pynamodb.exceptions import DeleteError, PutError, TransactWriteError, UpdateError

LOST = {"ConditionalCheckFailedException", "TransactionConflictException"}
LOST_IN_TRANSACTION = {"ConditionalCheckFailed", "TransactionConflict"}


class ConditionFailedError(Exception):
    """A condition didn't hold, or another transaction had the item; nothing was written.

    `failed` are the positions of the writes concerned.
    """

    def __init__(self, failed: frozenset[int]) -> None:
        super().__init__(f"writes {sorted(failed)} lost")
        self.failed = failed


@contextmanager
def lost_is_told() -> Iterator[None]:
    """Raise ConditionFailedError for a single write that lost."""
    try:
        yield
    except (DeleteError, PutError, UpdateError) as error:
        if error.cause_response_code in LOST:
            raise ConditionFailedError(frozenset({0})) from error
        raise


def positions_failed(error: TransactWriteError, puts: int, deletes: int) -> frozenset[int]:
    """Return the positions in `puts + deletes`; the reasons come deletes first."""
    return frozenset(
        (position - deletes) % (puts + deletes)
        for position, reason in enumerate(error.cancellation_reasons)
        if reason and reason.code in LOST_IN_TRANSACTION
    )
