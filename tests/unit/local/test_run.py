"""`.local/stack.json`: what other programs may rely on, and nothing that isn't there."""

import json
from pathlib import Path

from local.creditor import Credentials
from local.deploy import Deployment
from local.layout import Layout
from local.run import write_contract
from local.stack import Stack

KEYS = {
    "api_url", "portal_url", "console_url", "api_key", "sandbox_api_key", "creditor_id",
    "aws_endpoint_url", "region", "stripe_api_base", "stripe_webhook_secret", "table_name",
    "queues", "functions", "mail_url",
}  # fmt: skip


def test_every_key_is_there_and_no_address_leads_nowhere(tmp_path: Path):
    layout = Layout(tmp_path, 1, 2, 3, 4, 5)
    credentials = Credentials("cr_1", "dk_live_1", "dk_test_1", "seq_1")
    outputs = {"TableName": "t", "QueueEmail": "http://127.0.0.1:1/q", "FunctionSweep": "f"}
    write_contract(Stack(layout), credentials, Deployment(outputs, {}))
    contract = json.loads(layout.contract.read_text())

    assert contract.keys() >= KEYS
    assert contract["console_url"] is None
    assert contract["portal_url"] == contract["api_url"] == "http://127.0.0.1:4"
    assert (contract["queues"], contract["functions"]) == (
        {"email": "http://127.0.0.1:1/q"},
        {"sweep": "f"},
    )
