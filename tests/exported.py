"""Writes a table's items as DynamoDB exports them: no emulator writes such files.

The format is that of *DynamoDB table export output format*, Amazon DynamoDB Developer Guide.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

BUCKET = "exports"
FOLDER = "dunlin/AWSDynamoDB/01234567890123-a1b2c3d4"
ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/ledger/export/01234567890123-a1b2c3d4"
LOCATION = f"s3://{BUCKET}/{FOLDER}"
FILES = 3


def items_of(dynamodb: Any, table: str) -> list[dict[str, Any]]:
    """Return all items of a table."""
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return [item for page in pages for item in page["Items"]]


def write_export(
    s3: Any, items: Iterable[dict[str, Any]], *, at: datetime | None = None, **summary: Any
) -> str:
    """Write an export into a bucket of its own, and return where it is."""
    every = list(items)
    parts = [every[number::FILES] for number in range(FILES)]
    moment = (at or datetime.now(UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if BUCKET not in {each["Name"] for each in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
    files = {f"data/part{number}.json.gz": _lines(part) for number, part in enumerate(parts)}
    for (name, content), part in zip(files.items(), parts, strict=True):
        s3.put_object(Bucket=BUCKET, Key=f"{FOLDER}/{name}", Body=gzip.compress(content))
        assert content.count(b"\n") == len(part)
    listed = [
        {"itemCount": len(part), "md5Checksum": "", "etag": "", "dataFileS3Key": f"{FOLDER}/{name}"}
        for name, part in zip(files, parts, strict=True)
    ]
    head = {
        "version": "2023-08-01",
        "exportArn": ARN,
        "exportTime": moment,
        "s3Bucket": BUCKET,
        "s3Prefix": "dunlin",
        "manifestFilesS3Key": f"{FOLDER}/manifest-files.json",
        "itemCount": len(every),
        "outputFormat": "DYNAMODB_JSON",
        "exportType": "FULL_EXPORT",
        **summary,
    }
    _put(s3, "manifest-summary.json", json.dumps(head).encode())
    _put(s3, "manifest-files.json", b"".join(_json_lines(listed)))
    return LOCATION


def _lines(items: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(_json_lines({"Item": item} for item in items))


def _json_lines(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for row in rows:
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _put(s3: Any, name: str, content: bytes) -> None:
    s3.put_object(Bucket=BUCKET, Key=f"{FOLDER}/{name}", Body=content)
