"""A release that fails at its work is rolled back: what waited is sent once, nothing is lost."""

from __future__ import annotations

import json
import shutil
import time
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local import package
from local.layout import STAGE, Layout
from local.run import bring_up, parameters_of
from local.stack import Stack, client
from manage import deploying
from manage.gradual import ALIAS, gradual
from manage.release import Stage, deploy_package, roll_back
from manage.releases import Releases
from tests.stack import WAITING, Running, post_invoice
from tests.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.enable_socket]

BUCKET = "releases"
BROKEN = "chalicelib/handlers/functions/follow_up.py"
COMES_BACK_AFTER = 25
"""Seconds after which a message that failed is handed out again: longer than a deployment takes."""


@dataclass(frozen=True)
class Deployed:
    """A running stage with two releases, the second of which can't send anything."""

    running: Running
    stage: Stage
    sound: Path
    broken: Path

    def release(self, folder: Path) -> str:
        """Deploy a package. MiniStack has no CodeDeploy, so aliases move on at once."""
        parameters = parameters_of(self.running.layout)
        answer = deploy_package(self.stage, folder, parameters, shape=_without_codedeploy)
        return str(answer["release"])


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    packed = package.build()
    home = tmp_path_factory.mktemp("rolled_back")
    stack = Stack(Layout.on_free_ports(home))
    try:
        running = Running(stack, *bring_up(stack))
        client(stack.layout, "s3").create_bucket(Bucket=BUCKET)
        yield Deployed(
            running,
            _stage(stack.layout),
            packed.template.parent,
            _broken(packed.template.parent, home / "broken"),
        )
    finally:
        stack.stop()


def test_what_a_broken_release_left_undone_is_done_once_by_the_one_before(deployed: Deployed):
    running = deployed.running
    first = deployed.release(deployed.sound)
    before = post_invoice(running, "ROLL-1")
    running.sweep_until_mail("roll-1@")
    second = deployed.release(deployed.broken)
    _let_messages_come_back(running)

    meanwhile = post_invoice(running, "ROLL-2")
    until(lambda: _swept_and_failed(running), "a message that the new release fails at")
    assert running.mail("roll-2@") == []
    assert roll_back(deployed.stage)["release"] == first

    until(lambda: running.mail("roll-2@"), "the message that waited")
    running.sweep()
    until(lambda: _waiting(running) == 0, "an empty queue", seconds=3 * COMES_BACK_AFTER)
    assert [len(running.mail(f"{each}@")) for each in ("roll-1", "roll-2")] == [1, 1]
    assert deployed.stage.releases.names() == [first, second]
    for invoice in (before, meanwhile):
        kept = running.api.get(f"/v1/invoices/{invoice['id']}")
        assert {**kept, "pay_url": None} == {**invoice, "pay_url": None}


def test_queues_and_stream_lead_to_an_alias(deployed: Deployed):
    functions = client(deployed.running.layout, "lambda")
    led_to = [
        each["FunctionArn"]
        for each in functions.list_event_source_mappings()["EventSourceMappings"]
    ]

    assert len(led_to) == 9
    assert all(each.endswith(f":{ALIAS}") for each in led_to)


def test_the_dashboard_has_its_stage_s_names_in_it(deployed: Deployed):
    body = client(deployed.running.layout, "cloudwatch").get_dashboard(
        DashboardName=f"dunlin-{STAGE}"
    )["DashboardBody"]

    assert json.loads(body)["widgets"]
    assert "${" not in body
    assert f"dunlin-{STAGE}-send_email" in body


def _without_codedeploy(template: dict[str, Any]) -> dict[str, Any]:
    changed = gradual(template)
    del changed["Globals"]["Function"]["DeploymentPreference"]
    return changed


def _stage(layout: Layout) -> Stage:
    stack = deploying.Stack(
        lambda: client(layout, "cloudformation"),
        f"dunlin-{STAGE}",
        wait=lambda _seconds: time.sleep(0.3),
    )
    return Stage(STAGE, Releases(lambda: client(layout, "s3"), BUCKET, STAGE), stack)


def _broken(sound: Path, folder: Path) -> Path:
    """Return a copy of a package in which every look at a customer's file fails."""
    shutil.copytree(sound, folder)
    start = "    def one(message: Message, tries: int) -> None:\n"
    with zipfile.ZipFile(folder / "deployment.zip", "a") as archive:
        source = archive.read(BROKEN).decode()
        assert start in source
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the name is there twice now, and the last one counts
            archive.writestr(BROKEN, source.replace(start, f"{start}        raise RuntimeError\n"))
    return folder


def _let_messages_come_back(running: Running) -> None:
    client(running.layout, "sqs").set_queue_attributes(
        QueueUrl=running.deployment.outputs["QueueEmail"],
        Attributes={"VisibilityTimeout": str(COMES_BACK_AFTER)},
    )


def _waiting(running: Running) -> int:
    """Return how many messages are in the queue, or at a worker."""
    found = client(running.layout, "sqs").get_queue_attributes(
        QueueUrl=running.deployment.outputs["QueueEmail"], AttributeNames=list(WAITING)
    )
    return sum(int(each) for each in found["Attributes"].values())


def _swept_and_failed(running: Running) -> bool:
    running.sweep()
    lines: list[Any] = client(running.layout, "logs").filter_log_events(
        logGroupName=f"/aws/lambda/dunlin-{STAGE}-send_email", filterPattern="RuntimeError"
    )["events"]
    return bool(lines)
