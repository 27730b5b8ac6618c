"""Environments: the least in which Dunlin starts, and one that pretends to have AWS."""

from __future__ import annotations

import pytest

from chalicelib.settings import QUEUES

COMPLETE = {
    "DUNLIN_STAGE": "prod",
    "DUNLIN_TABLE": "dunlin-prod-ledger",
    "DUNLIN_SES_CONFIGURATION_SET": "dunlin-prod",
    "DUNLIN_SECRETS_PREFIX": "dunlin/prod/",
    "DUNLIN_DOCUMENTS_BUCKET": "dunlin-prod-documents",
    **{
        f"DUNLIN_{queue.upper()}_QUEUE_URL": f"https://sqs.eu-west-1.amazonaws.com/1/{queue}"
        for queue in QUEUES
    },
}


def pretend_aws(environment: pytest.MonkeyPatch) -> None:
    """Give boto3 a region and credentials of nobody, whatever the machine's environment says."""
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        environment.delenv(name, raising=False)
    environment.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    environment.setenv("AWS_ACCESS_KEY_ID", "testing")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
