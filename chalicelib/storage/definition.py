"""The table as CreateTable takes it. Production's stands in .chalice/resources.json; a test
holds the two together."""

from __future__ import annotations

from typing import Any

from chalicelib.storage.keys import (
    DUE_AT,
    DUE_CHANNEL,
    DUE_INDEX,
    DUE_PARTITION,
    LIST_INDEX,
    LIST_PARTITION,
    LIST_SORT,
    PARTITION,
    SORT,
)


def table_definition(name: str) -> dict[str, Any]:
    """Return the parameters of CreateTable."""
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": PARTITION, "AttributeType": "S"},
            {"AttributeName": SORT, "AttributeType": "S"},
            {"AttributeName": LIST_PARTITION, "AttributeType": "S"},
            {"AttributeName": LIST_SORT, "AttributeType": "S"},
            {"AttributeName": DUE_PARTITION, "AttributeType": "S"},
            {"AttributeName": DUE_AT, "AttributeType": "N"},
        ],
        "KeySchema": _schema(PARTITION, SORT),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": LIST_INDEX,
                "KeySchema": _schema(LIST_PARTITION, LIST_SORT),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
            {
                "IndexName": DUE_INDEX,
                "KeySchema": _schema(DUE_PARTITION, DUE_AT),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": [DUE_CHANNEL]},
            },
        ],
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    }


def _schema(partition_attribute: str, sort_attribute: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition_attribute, "KeyType": "HASH"},
        {"AttributeName": sort_attribute, "KeyType": "RANGE"},
    ]
