"""Where Powertools keeps first answers, in memory: as strict about conditions as its table."""

from __future__ import annotations

from aws_lambda_powertools.utilities.idempotency import BasePersistenceLayer
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyItemAlreadyExistsError,
    IdempotencyItemNotFoundError,
)
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord


class InMemoryAnswers:
    """All partitions. Give it to `idempotency.use`."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], DataRecord] = {}

    def __call__(self, partition: str) -> BasePersistenceLayer:
        return _Partition(self.records, partition)


class _Partition(BasePersistenceLayer):
    def __init__(self, records: dict[tuple[str, str], DataRecord], partition: str) -> None:
        self._records = records
        self._partition = partition
        super().__init__()

    def _get_record(self, idempotency_key: str) -> DataRecord:
        try:
            return self._records[self._partition, idempotency_key]
        except KeyError:
            raise IdempotencyItemNotFoundError from None

    def _put_record(self, data_record: DataRecord) -> None:
        key = (self._partition, data_record.idempotency_key)
        known = self._records.get(key)
        if known and not known.is_expired:
            self._validate_payload(data_payload=data_record, stored_data_record=known)
            raise IdempotencyItemAlreadyExistsError(old_data_record=known)
        self._records[key] = data_record

    def _update_record(self, data_record: DataRecord) -> None:
        self._records[self._partition, data_record.idempotency_key] = data_record

    def _delete_record(self, data_record: DataRecord) -> None:
        self._records.pop((self._partition, data_record.idempotency_key), None)
