"""What a stage may lose and use: its table is kept, its requests traced, its workers bounded."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from local.layout import ROOT
from manage.packaging import package
from tests.package.test_template import Template, functions, resources

ANYBODY = {
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}


def test_neither_a_deployment_nor_a_command_by_mistake_deletes_the_table(template: Template):
    table = template["Resources"]["Ledger"]

    assert table["DeletionPolicy"] == "RetainExceptOnCreate", "a first try that failed leaves none"
    assert table["UpdateReplacePolicy"] == "Retain"
    assert table["Properties"]["DeletionProtectionEnabled"] == {
        "Fn::If": ["ProtectsTable", True, False]
    }
    assert template["Parameters"]["TableProtection"]["Default"] == "on"


def test_what_cannot_be_made_again_outlives_its_stack(template: Template):
    kept = {
        name
        for name, each in template["Resources"].items()
        if each.get("DeletionPolicy") == "RetainExceptOnCreate"
    }

    secrets = resources(template, "AWS::SecretsManager::Secret")
    assert kept == {"Ledger", "EncryptionKey", "Documents", *secrets}
    assert all(template["Resources"][name]["UpdateReplacePolicy"] == "Retain" for name in kept)


def test_every_worker_of_a_queue_is_bounded(template: Template):
    """Without a bound one queue's backlog takes all of the account's concurrency."""
    bounds = {
        name: bound(template, event["Properties"]["ScalingConfig"]["MaximumConcurrency"])
        for name, function in functions(template).items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS"
    }

    assert len(bounds) == 8
    assert all(2 <= each <= 16 for each in bounds.values())
    assert sum(bounds.values()) < 100, "a tenth of what an account has"


def test_the_api_s_requests_are_traced(template: dict[str, Any]):
    [api] = resources(template, "AWS::Serverless::Api").values()

    assert api["TracingEnabled"] is True


def bound(template: Template, given: Any) -> int:
    """Return a number of processes, as the stage has it that sets nothing."""
    return int(
        template["Parameters"][given["Ref"]]["Default"] if isinstance(given, dict) else given
    )


@pytest.fixture(scope="module")
def in_production(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Return the template as it is packaged for the stage `prod`."""
    folder = tmp_path_factory.mktemp("prod") / "package"
    package(ROOT, "prod", folder, environment=ANYBODY)
    return dict(json.loads((folder / "sam.json").read_text()))


def test_production_is_what_was_tried_here_with_traces(template: Template, in_production: Template):
    template = deepcopy(template)
    for name, function in functions(in_production).items():
        tried = functions(template)[name]
        assert function.pop("Tracing") == "Active"
        assert tried.pop("Tracing") == "PassThrough"
        variables = function.setdefault("Environment", {}).setdefault("Variables", {})
        assert variables.pop("DUNLIN_TRACE") == "on"
        tried.setdefault("Environment", {}).setdefault("Variables", {})
        assert function.pop("Tags") != tried.pop("Tags")

    assert in_production == template
