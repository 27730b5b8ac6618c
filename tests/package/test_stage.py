"""What a stage may lose and use: its table is kept, its requests traced, its workers bounded."""

from __future__ import annotations

from typing import Any

from tests.package.test_template import Template, functions, resources


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
    assert kept == {"Ledger", "EncryptionKey", *secrets}
    assert all(template["Resources"][name]["UpdateReplacePolicy"] == "Retain" for name in kept)


def test_every_worker_of_a_queue_is_bounded(template: Template):
    """Without a bound one queue's backlog takes all of the account's concurrency."""
    bounds = {
        name: bound(template, event["Properties"]["ScalingConfig"]["MaximumConcurrency"])
        for name, function in functions(template).items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS"
    }

    assert len(bounds) == 6
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
