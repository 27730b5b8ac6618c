"""A stage is made, changed and rolled back by releases; a first try that fails is in nobody's way.

The template is a small one with a table: what matters here is what becomes of the stack.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from manage.command import CommandError
from manage.deploying import PROTECTION, Stack
from manage.release import ROOT, Stage, _parser, deploy_package, main, parameters_of, roll_back
from manage.releases import Releases
from tests.ministack import CREDENTIALS, ministack

pytestmark = pytest.mark.enable_socket

BUCKET = "releases"
Template = dict[str, Any]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with (
        pytest.MonkeyPatch.context() as environment,
        ministack(tmp_path_factory.mktemp("ministack")) as endpoint,
    ):
        for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}.items():
            environment.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield


@pytest.fixture
def stage(aws: None, request: pytest.FixtureRequest) -> Stage:
    """Return a stage that wasn't deployed yet."""
    name = f"s{abs(hash(request.node.name)) % 10**8}"

    def connect(service: str) -> Callable[[], Any]:
        return lambda: boto3.client(service)

    return Stage(
        name,
        Releases(connect("s3"), BUCKET, name),
        Stack(connect("cloudformation"), f"dunlin-{name}", wait=lambda _seconds: None),
    )


def a_template(**more: Any) -> Template:
    table = {
        "TableName": {"Fn::Sub": "dunlin-${Stage}-ledger"},
        "BillingMode": "PAY_PER_REQUEST",
        "DeletionProtectionEnabled": {"Fn::If": ["ProtectsTable", True, False]},
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    }
    return {
        "Parameters": {
            "Stage": {"Type": "String"},
            PROTECTION: {"Type": "String", "Default": "on"},
            "Colour": {"Type": "String", "Default": "none"},
        },
        "Conditions": {"ProtectsTable": {"Fn::Equals": [{"Ref": PROTECTION}, "on"]}},
        "Resources": {
            "Ledger": {
                "Type": "AWS::DynamoDB::Table",
                "DeletionPolicy": "RetainExceptOnCreate",
                "Properties": table,
            },
            **more,
        },
        "Outputs": {"Colour": {"Value": {"Ref": "Colour"}}},
    }


BROKEN = {"Broken": {"Type": "AWS::Nobody::Knows", "DependsOn": "Ledger", "Properties": {}}}


@pytest.fixture
def deploy(stage: Stage, tmp_path: Path) -> Callable[..., str]:
    """Return what deploys a template with parameters, and returns the release's name."""

    def deploy(template: Template, **parameters: str) -> str:
        (tmp_path / "sam.json").write_text(json.dumps(template))
        (tmp_path / "deployment.zip").write_bytes(b"a package")
        answer = deploy_package(stage, tmp_path, parameters, shape=lambda each: each)
        return str(answer["release"])

    return deploy


def is_protected(stage: Stage) -> bool:
    table = boto3.client("dynamodb").describe_table(TableName=f"dunlin-{stage.name}-ledger")
    return bool(table["Table"]["DeletionProtectionEnabled"])


def stack_of(stage: Stage) -> Any:
    [stack] = boto3.client("cloudformation").describe_stacks(StackName=f"dunlin-{stage.name}")[
        "Stacks"
    ]
    return stack


def colour(stage: Stage) -> str:
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack_of(stage)["Outputs"]}
    return str(outputs["Colour"])


def test_the_first_deployment_ends_with_a_protected_table(stage: Stage, deploy: Callable[..., str]):
    name = deploy(a_template())

    assert is_protected(stage)
    assert (stage.stack.release(), stage.releases.names()) == (name, [name])


def test_a_stage_may_be_one_whose_table_can_be_deleted(stage: Stage, deploy: Callable[..., str]):
    deploy(a_template(), TableProtection="off")

    assert not is_protected(stage)


def test_a_first_try_that_failed_is_in_nobody_s_way(stage: Stage, deploy: Callable[..., str]):
    with pytest.raises(CommandError, match=r"ROLLBACK_COMPLETE.*Broken"):
        deploy(a_template(**BROKEN))

    given = {each["ParameterKey"]: each["ParameterValue"] for each in stack_of(stage)["Parameters"]}
    assert given[PROTECTION] == "off", "in AWS a protected table would be left over"
    deploy(a_template())
    assert is_protected(stage)


def test_a_change_that_fails_leaves_what_was_there(stage: Stage, deploy: Callable[..., str]):
    first = deploy(a_template(), Colour="blue")

    with pytest.raises(CommandError, match=r"UPDATE_ROLLBACK_COMPLETE.*Broken"):
        deploy(a_template(**BROKEN), Colour="red")

    assert (stage.stack.release(), colour(stage)) == (first, "blue")


def test_rolling_back_brings_the_release_before_with_its_own_parameters(
    stage: Stage, deploy: Callable[..., str]
):
    first, second = deploy(a_template(), Colour="blue"), deploy(a_template(), Colour="red")
    assert colour(stage) == "red"

    assert roll_back(stage)["release"] == first
    assert (stage.stack.release(), colour(stage)) == (first, "blue")
    assert roll_back(stage, second)["release"] == second
    assert colour(stage) == "red"


def test_rolling_back_passes_over_what_never_ran(stage: Stage, deploy: Callable[..., str]):
    first = deploy(a_template(), Colour="blue")
    with pytest.raises(CommandError, match="Broken"):
        deploy(a_template(**BROKEN))
    third = deploy(a_template(), Colour="red")

    assert roll_back(stage)["release"] == first
    assert len(stage.releases.names()) == 3
    assert stage.releases.deployed() == [first]
    assert third in stage.releases.names()


def test_rolling_back_passes_over_what_was_rolled_back(stage: Stage, deploy: Callable[..., str]):
    good, bad = deploy(a_template(), Colour="blue"), deploy(a_template(), Colour="red")
    roll_back(stage)
    deploy(a_template(), Colour="green")

    assert roll_back(stage)["release"] == good
    assert roll_back(stage, bad)["release"] == bad, "whoever names it may have it"
    assert roll_back(stage)["release"] == good


def test_what_aws_would_keep_stays_in_the_stack(stage: Stage, deploy: Callable[..., str]):
    secret = {
        "Type": "AWS::SecretsManager::Secret",
        "DeletionPolicy": "RetainExceptOnCreate",
        "Properties": {"Name": f"dunlin/{stage.name}/new"},
    }
    deploy(a_template(), Colour="blue")
    deploy(a_template(NewSecret=secret), Colour="red")

    roll_back(stage)

    resources = boto3.client("cloudformation").describe_stack_resources(
        StackName=f"dunlin-{stage.name}"
    )["StackResources"]
    assert "NewSecret" in {each["LogicalResourceId"] for each in resources}
    assert colour(stage) == "blue"
    deploy(a_template(NewSecret=secret), Colour="green")


def test_there_may_be_nothing_to_roll_back_to(stage: Stage, deploy: Callable[..., str]):
    deploy(a_template())

    with pytest.raises(CommandError, match="no release before this one"):
        roll_back(stage)
    with pytest.raises(CommandError, match="no release yesterday's"):
        roll_back(stage, "yesterday's")


def test_what_cannot_be_done_is_said_in_words(aws: None, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(CommandError, match=r"write \.chalice/parameters/nowhere\.json"):
        parameters_of("nowhere")

    assert main(["--stage", "dev", "--bucket", "nobody-s", "list"]) == 1
    assert "NoSuchBucket" in capsys.readouterr().err


def test_every_command_that_is_written_down_exists():
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    text = "\n".join(page.read_text() for page in pages)
    words = re.findall(r"-m manage\.release (--stage [^\n`|]+)", text)

    commands = {_parser().parse_args(shlex.split(each)).command for each in words}
    assert commands == {"deploy", "list", "roll-back"}
