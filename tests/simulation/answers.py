"""First answers by Idempotency-Key in the weather: DynamoDB's conditions, by the simulated time.

Powertools reads the machine's clock. So the moments that it wrote are replaced by simulated ones,
and it is shown records without any: whether one has expired is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aws_lambda_powertools.utilities.idempotency import BasePersistenceLayer
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyItemAlreadyExistsError,
    IdempotencyItemNotFoundError,
)
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord

from chalicelib.handlers.idempotency import FUNCTION_TIMEOUT_MILLIS, KEPT_SECONDS
from tests.simulation.faults import InjectedError
from tests.simulation.weather import Weather

IN_PROGRESS = timedelta(milliseconds=FUNCTION_TIMEOUT_MILLIS)
KEPT = timedelta(seconds=KEPT_SECONDS)
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Stored:
    """A record, and when it counts no more."""

    record: DataRecord
    ends: datetime


class SimulatedAnswers:
    """All partitions of a life. Give it to `idempotency.use`."""

    def __init__(self, weather: Weather) -> None:
        self.weather = weather
        self.stored: dict[Key, Stored] = {}

    def __call__(self, partition: str) -> BasePersistenceLayer:
        return _Partition(self, partition)


class _Partition(BasePersistenceLayer):
    def __init__(self, answers: SimulatedAnswers, partition: str) -> None:
        self._weather, self._stored, self._partition = answers.weather, answers.stored, partition
        super().__init__()

    def _get_record(self, idempotency_key: str) -> DataRecord:
        def get() -> DataRecord:
            try:
                return self._stored[self._partition, idempotency_key].record
            except KeyError:
                raise IdempotencyItemNotFoundError from None

        found: DataRecord = self._weather.call("answers.get", get, InjectedError)
        return found

    def _put_record(self, data_record: DataRecord) -> None:
        key = (self._partition, data_record.idempotency_key)

        def put() -> None:
            known = self._stored.get(key)
            if known and self._weather.scheduler.now() < known.ends:
                self._validate_payload(data_payload=data_record, stored_data_record=known.record)
                raise IdempotencyItemAlreadyExistsError(old_data_record=known.record)
            self._store(data_record, IN_PROGRESS)

        self._weather.call("answers.put", put, InjectedError)

    def _update_record(self, data_record: DataRecord) -> None:
        self._weather.call("answers.update", lambda: self._store(data_record, KEPT), InjectedError)

    def _delete_record(self, data_record: DataRecord) -> None:
        key = (self._partition, data_record.idempotency_key)
        self._weather.call("answers.delete", lambda: self._stored.pop(key, None), InjectedError)

    def _store(self, record: DataRecord, lasting: timedelta) -> None:
        record.expiry_timestamp = record.in_progress_expiry_timestamp = None
        ends = self._weather.scheduler.now() + lasting
        self._stored[self._partition, record.idempotency_key] = Stored(record, ends)
