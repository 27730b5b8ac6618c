"""The least environment in which Dunlin starts."""

from __future__ import annotations

from chalicelib.settings import QUEUES

COMPLETE = {
    "DUNLIN_STAGE": "prod",
    "DUNLIN_TABLE": "dunlin-prod-ledger",
    "DUNLIN_SES_CONFIGURATION_SET": "dunlin-prod",
    "DUNLIN_SECRETS_PREFIX": "dunlin/prod/",
    **{
        f"DUNLIN_{queue.upper()}_QUEUE_URL": f"https://sqs.eu-west-1.amazonaws.com/1/{queue}"
        for queue in QUEUES
    },
}
