"""A stage in AWS is deployed bit by bit: callers call an alias, and alarms lead them back.

MiniStack has no CodeDeploy. So what SAM makes of the template is looked into here; without
CodeDeploy it runs in tests/integration/test_stack_rollback.py.
"""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint
from samtranslator.translator.transform import transform

from chalicelib.handlers.functions.batch import FAILED
from local.layout import ROOT
from manage.gradual import ALARMS, ALIAS, AT_ONCE, DEPLOYMENT, STRATEGIES, gradual
from tests.package.test_template import Template, functions

PARAMETERS = sorted((ROOT / ".chalice" / "parameters").glob("*.json"))
STAGES = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]
EVENT_TARGETS = {"AWS::Lambda::EventSourceMapping", "AWS::Lambda::Permission"}


@pytest.fixture(scope="session")
def bit_by_bit(template: Template) -> Template:
    return gradual(template)


@pytest.fixture
def made(bit_by_bit: Template, monkeypatch: pytest.MonkeyPatch) -> Template:
    """Return what CloudFormation makes of the template before it deploys it."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    copied = json.loads(json.dumps(bit_by_bit))
    for resource in copied["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": "releases", "Key": "one.zip"}
    return dict(transform(copied, {}, SimpleNamespace(load=dict)))


def of_type(made: Template, kind: str) -> Template:
    return {name: each for name, each in made["Resources"].items() if each["Type"] == kind}


def test_the_linter_of_cloudformation_finds_nothing(bit_by_bit: Template):
    config = ManualArgs(regions=["eu-central-1", "us-east-1"])

    assert lint(json.dumps(bit_by_bit), config=config) == []


def test_every_function_has_a_version_and_an_alias_that_codedeploy_moves(
    made: Template, template: Template
):
    aliases = of_type(made, "AWS::Lambda::Alias")

    assert {name.removesuffix(f"Alias{ALIAS}") for name in aliases} == functions(template).keys()
    for alias in aliases.values():
        assert alias["Properties"]["Name"] == ALIAS
        assert alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"]


def test_whatever_calls_a_function_calls_its_alias(made: Template, template: Template):
    called = [
        each["Properties"]["FunctionName"]["Ref"]
        for kind in EVENT_TARGETS
        for each in of_type(made, kind).values()
    ]
    called += [
        target["Arn"]["Ref"]
        for rule in of_type(made, "AWS::Events::Rule").values()
        for target in rule["Properties"]["Targets"]
    ]
    called += [
        each["Properties"]["Endpoint"]["Ref"]
        for each in of_type(made, "AWS::SNS::Subscription").values()
    ]

    assert all(name.endswith(f"Alias{ALIAS}") for name in called)
    assert {name.removesuffix(f"Alias{ALIAS}") for name in called} == functions(template).keys()


def test_the_api_calls_the_alias_on_every_route(made: Template):
    [api] = of_type(made, "AWS::ApiGateway::RestApi").values()
    targets = [
        method["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        for path in api["Properties"]["Body"]["paths"].values()
        for method in path.values()
    ]

    assert targets
    for uri, called in targets:
        assert uri.endswith(":lambda:path/2015-03-31/functions/${Called}/invocations")
        assert called == {"Called": {"Ref": f"APIHandlerAlias{ALIAS}"}}


def test_a_release_goes_back_when_an_alarm_rings_that_it_can_ring_in_minutes(
    made: Template, template: Template
):
    watched = {
        each["Properties"]["MetricName"]: each["Properties"]
        for name, each in template["Resources"].items()
        if name in ALARMS
    }

    assert len(ALARMS) <= 10, "CodeDeploy's limit"
    assert {FAILED, "Errors", "5XXError"} <= watched.keys()
    for group in of_type(made, "AWS::CodeDeploy::DeploymentGroup").values():
        heeded = group["Properties"]["AlarmConfiguration"]["Fn::If"]
        named = [{"Name": {"Ref": alarm}} for alarm in ALARMS]
        assert heeded == ["HeedsAlarms", {"Enabled": True, "Alarms": named}, {}]
        assert (
            "DEPLOYMENT_STOP_ON_ALARM" in group["Properties"]["AutoRollbackConfiguration"]["Events"]
        )


def test_a_version_that_nobody_calls_any_more_goes(made: Template):
    """Each keeps its zip, and Lambda gives an account 75 GB."""
    versions = of_type(made, "AWS::Lambda::Version").values()

    assert {each["DeletionPolicy"] for each in versions} == {"Delete"}


def test_what_the_embedded_stack_runs_is_left_as_it_was(template: Template):
    before = json.dumps(template)

    gradual(template)

    assert json.dumps(template) == before


@pytest.mark.parametrize("file", PARAMETERS, ids=lambda file: file.stem)
def test_a_stage_sets_what_the_template_takes(file: Any, bit_by_bit: Template):
    known = bit_by_bit["Parameters"]
    for name, value in json.loads(file.read_text()).items():
        assert value in known[name].get("AllowedValues", [value])
        assert isinstance(value, int | float) == (known[name]["Type"] == "Number")
        assert value != known[name]["Default"] or name == DEPLOYMENT, "only what differs"


def test_every_stage_that_is_deployed_to_aws_has_its_parameters():
    assert (
        {file.stem for file in PARAMETERS}
        == STAGES.keys() - {"local"}
        == {"dev", "staging", "prod"}
    )


def test_the_stage_that_matters_is_protected_watched_and_moved_on_slowly():
    prod = json.loads((ROOT / ".chalice" / "parameters" / "prod.json").read_text())

    assert prod["Deployment"] in set(STRATEGIES) - {AT_ONCE}
    assert prod["MonthlyBudget"] > 0
    assert "TableProtection" not in prod


def test_every_stage_in_aws_is_traced():
    assert {stage["xray"] for name, stage in STAGES.items() if name != "local"} == {True}
    assert all(
        stage["environment_variables"]["DUNLIN_TRACE"] == "on"
        for name, stage in STAGES.items()
        if name != "local"
    )
