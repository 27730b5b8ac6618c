"""An export of the table in S3, as DynamoDB writes it.

    <prefix>/AWSDynamoDB/<id>/manifest-summary.json     when, how many, in which format
                              manifest-files.json       a line per data file: its key, its count
                              data/<name>.json.gz       a line per item: {"Item": {...}}

Source of the format: *DynamoDB table export output format*, Amazon DynamoDB Developer Guide. Counts
are held against what was read, so that a file which is missing or cut short is noticed.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from chalicelib.domain.errors import InvalidError, NotFoundError
from chalicelib.gateways.aws import Client

FORMAT = "DYNAMODB_JSON"
FULL = "FULL_EXPORT"
SUMMARY = "manifest-summary.json"

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of an export, and how many items it holds."""

    key: str
    items: int


@dataclass(frozen=True, slots=True)
class Export:
    """An export: `exported_at` is the instant (UTC) at which the table stood as it says."""

    s3: Client
    bucket: str
    arn: str
    exported_at: datetime
    items: int
    files: tuple[DataFile, ...]

    def read(self, file: DataFile) -> Iterator[Raw]:
        """Yield the items of a file. Raises InvalidError where it doesn't hold what it should."""
        found = 0
        with gzip.open(_open(self.s3, self.bucket, file.key)) as lines:
            for line in lines:
                found += 1
                yield json.loads(line)["Item"]
        if found != file.items:
            raise InvalidError(f"{file.key} holds {found} items instead of {file.items}.")


def find_export(s3: Client, location: str) -> Export:
    """Return the export at `s3://bucket/prefix/AWSDynamoDB/<id>`.

    Raises NotFoundError, and InvalidError for one that isn't whole or in another format.
    """
    parts = urlsplit(location)
    if parts.scheme != "s3" or not parts.netloc:
        raise InvalidError("An export is at s3://<bucket>/<prefix>/AWSDynamoDB/<id>.")
    folder = parts.path.strip("/").removesuffix(SUMMARY).strip("/")
    summary = json.load(_open(s3, parts.netloc, f"{folder}/{SUMMARY}"))
    if summary["outputFormat"] != FORMAT or summary.get("exportType", FULL) != FULL:
        raise InvalidError(f"Only a full export in the format {FORMAT} can be restored.")
    listed = _open(s3, parts.netloc, f"{folder}/manifest-files.json").read().splitlines()
    files = tuple(_data_file(folder, json.loads(line)) for line in listed)
    if sum(file.items for file in files) != summary["itemCount"]:
        raise InvalidError("The export's files don't hold as many items as its summary says.")
    return Export(
        s3=s3,
        bucket=parts.netloc,
        arn=summary["exportArn"],
        exported_at=datetime.fromisoformat(summary["exportTime"]).astimezone(UTC),
        items=summary["itemCount"],
        files=files,
    )


def _data_file(folder: str, entry: Raw) -> DataFile:
    """Return where a file is: beside the manifest, also where the export was copied elsewhere."""
    name = entry["dataFileS3Key"].rpartition("/")[2]
    return DataFile(f"{folder}/data/{name}", entry["itemCount"])


def _open(s3: Client, bucket: str, key: str) -> Any:  # noqa: ANN401 - botocore's streams have no type
    asked = s3()
    try:
        return asked.get_object(Bucket=bucket, Key=key)["Body"]
    except (asked.exceptions.NoSuchKey, asked.exceptions.NoSuchBucket):
        raise NotFoundError(f"There is no s3://{bucket}/{key}.") from None
