"""`make run`: the whole of Dunlin on one machine, until interrupted; a restart loses nothing."""

import contextlib
import json
import os
import signal
import sys
import time
from datetime import UTC, date, datetime, timedelta
from types import FrameType

from local import package
from local.api import Api, Refused
from local.creditor import Credentials, ensure_creditor, ensure_secrets
from local.deploy import Deployment, DeploymentFailed, deploy
from local.layout import REGION, STAGE, Layout
from local.processes import NotReady
from local.progress import Progress
from local.sample import load
from local.stack import Stack
from local.warm import warm
from manage.packaging import PackagingFailed

_STEPS = (
    ("Starting the services", 3.0),
    ("Packaging the app", 14.0),
    ("Deploying it", 5.0),
    ("Setting the creditor up", 12.0),
)
_WATCH_SECONDS = 1.0
_SAMPLE = "  (the sample is in test mode: its key is sandbox_api_key there)\n"
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):  # noqa: N818 -- reads as what happened
    """Ctrl-C, a polite request to end, or the end of the terminal."""


def main(layout: Layout) -> int:
    """Start, tell, load, wait. Returns the exit code."""
    heed_signals()
    stack = Stack(layout)
    try:
        stack.claim()
    except NotReady as problem:
        print(problem, file=sys.stderr)
        return 1
    try:
        layout.contract.unlink(missing_ok=True)
        credentials, deployment = bring_up(stack)
        write_contract(stack, credentials, deployment)
        print(_greeting(layout, credentials), flush=True)
        if _wants_sample():
            # After the greeting: nobody has to wait for the sample to post an invoice.
            api = Api(layout.api_url, credentials.sandbox_api_key)
            load.load(api, layout.home / "sample.json", last_day=datetime.now(UTC).date())
        return _watch(stack)
    except Interrupted:
        return 0
    except (NotReady, Refused, PackagingFailed, DeploymentFailed) as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        # Neither a second Ctrl-C nor a lost terminal may keep MiniStack from writing its state.
        for one in _ENDINGS:
            signal.signal(one, signal.SIG_IGN)
        with contextlib.suppress(OSError):
            print("Stopping…", file=sys.stderr)
        layout.contract.unlink(missing_ok=True)
        stack.stop()


def heed_signals() -> None:
    """From now on whatever asks us to end raises Interrupted."""
    for one in _ENDINGS:
        # Whoever runs us under nohup wants us to outlive the terminal.
        if one is not signal.SIGHUP or signal.getsignal(one) is not signal.SIG_IGN:
            signal.signal(one, _interrupt)


def bring_up(stack: Stack) -> tuple[Credentials, Deployment]:
    """Everything but the sample: processes, package, deployment, creditor."""
    progress = Progress(_STEPS)
    layout = stack.layout
    try:
        with progress.step("Starting the services"):
            stack.start()
        with progress.step("Packaging the app"):
            packed = package.build()
        with progress.step("Deploying it"):
            deployment = deploy(stack, packed, parameters=parameters_of(layout))
            ensure_secrets(stack)
        with progress.step("Setting the creditor up"):
            credentials = ensure_creditor(stack, deployment.outputs["FunctionApi"])
            warm(layout, deployment.with_prefix("Function"))
    finally:
        progress.close()
    return credentials, deployment


def write_contract(stack: Stack, credentials: Credentials, deployment: Deployment) -> None:
    """Say in `.local/stack.json` where everything is."""
    layout = stack.layout
    content = {
        "api_url": layout.api_url,
        "portal_url": layout.api_url,
        "console_url": None,  # promised by the contract; there is no console yet
        "api_key": credentials.api_key,
        "sandbox_api_key": credentials.sandbox_api_key,
        "creditor_id": credentials.creditor_id,
        "aws_endpoint_url": layout.aws_url,
        "region": REGION,
        "stripe_api_base": layout.stripe_url,
        "stripe_webhook_secret": stack.webhook_secret,
        "table_name": deployment.outputs["TableName"],
        "queues": deployment.with_prefix("Queue"),
        "functions": deployment.with_prefix("Function"),
        "mail_url": layout.mail_url,
        "sequence_at_once": credentials.at_once,
    }
    beside = layout.contract.with_suffix(".new")
    beside.write_text(json.dumps(content, indent=2) + "\n")
    beside.replace(layout.contract)


def parameters_of(layout: Layout) -> dict[str, str]:
    """What the stage is given when it is deployed here."""
    return {
        "Stage": STAGE,
        "PortalUrl": layout.api_url,
        "StripeApiBase": layout.stripe_url,
        "TestModeDelivery": "send",
        "SendingLimits": "none",
        "TableProtection": "off",
        "WebhookTargets": "loopback",
    }


def _watch(stack: Stack) -> int:
    while not (dead := stack.ended()):
        time.sleep(_WATCH_SECONDS)
    logs = ", ".join(str(stack.layout.log(name)) for name in dead)
    print(f"Ended without being told to: {', '.join(dead)}. See {logs}", file=sys.stderr)
    return 1


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise Interrupted


def _wants_sample() -> bool:
    return os.environ.get("DUNLIN_SAMPLE", "1") != "0"


def _greeting(layout: Layout, credentials: Credentials) -> str:
    today = datetime.now(UTC).date()
    return f"""
Dunlin is up.

  Inbox (mail and SMS)   {layout.mail_url}
  API                    {layout.api_url}/v1/openapi.json
  Payments (Stripe)      {layout.stripe_url}/_emulator
  Everything else        {layout.contract}
{_SAMPLE if _wants_sample() else ""}
Post an invoice that was due the day before yesterday; within 90 seconds its reminder is in the
inbox, with a link to pay:

{_curl(layout, credentials, today)}

Ctrl-C stops everything; the next run finds it again.
"""


def _curl(layout: Layout, credentials: Credentials, today: date) -> str:
    invoice = {
        "number": f"A-{datetime.now(UTC):%H%M%S}",
        "customer": {
            "external_id": "C-1",
            "name": "Bäckerei Sonnenschein GmbH",
            "email": "rechnung@sonnenschein.example.com",
            "country": "DE",
            "locale": "de-DE",
            "timezone": "Europe/Berlin",
        },
        "currency": "eur",
        "amount": 119000,
        "issue_date": (today - timedelta(days=16)).isoformat(),
        "due_date": (today - timedelta(days=2)).isoformat(),
        "sequence": credentials.at_once,
    }
    return (
        f"curl -s {layout.api_url}/v1/invoices \\\n"
        f"  -H 'Authorization: Bearer {credentials.api_key}' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d '{json.dumps(invoice, ensure_ascii=False)}'"
    )


if __name__ == "__main__":
    sys.exit(main(Layout.from_environment()))
