"""The template that CloudFormation gets: complete, free of lint, and with no right too many."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from cfnlint.api import ManualArgs, lint

from chalicelib.gateways.webhooks import ATTEMPT_SECONDS
from chalicelib.settings import QUEUES, Settings, from_environment
from chalicelib.storage import items
from chalicelib.storage.definition import table_definition
from chalicelib.storage.items import RecordItem
from local.layout import ROOT
from local.package import Package

Template = dict[str, Any]

FUNCTIONS = {
    "sweep", "sweep_shard", "send_email", "send_sms", "post_letter", "run_action",
    "receive_email_event", "receive_sms", "project_changes", "publish_event", "advance_clock",
    "catch_up_payments", "nightly", "check_invariants"}  # fmt: skip
"""The Contract's functions that exist so far."""

CONTRACT_QUEUES = {"sweep", "email", "sms", "letter", "action", "webhook"}


def resources(template: Template, kind: str) -> Template:
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def functions(template: Template) -> Template:
    return resources(template, "AWS::Serverless::Function")


def test_every_function_is_in_it_under_its_name(template: Template):
    handlers = {properties["Handler"] for properties in functions(template).values()}

    assert handlers == {f"app.{name}" for name in FUNCTIONS} | {"app.app"}


def test_functions_and_queues_are_named_by_stage(template: Template):
    named = {properties["FunctionName"]["Fn::Sub"] for properties in functions(template).values()}
    queues = {
        properties["QueueName"]["Fn::Sub"]
        for properties in resources(template, "AWS::SQS::Queue").values()
    }

    assert named == {f"dunlin-${{Stage}}-{name}" for name in {*FUNCTIONS, "api"}}
    assert {f"dunlin-${{Stage}}-{name}" for name in CONTRACT_QUEUES | set(QUEUES)} <= queues


def test_the_linter_of_cloudformation_finds_nothing(packaged: Package):
    template = Path(packaged.template).read_text()

    assert lint(template, config=ManualArgs(regions=["eu-central-1", "us-east-1"])) == []


def test_the_table_is_the_one_that_the_keys_are_made_for(template: Template):
    [table] = resources(template, "AWS::DynamoDB::Table").values()
    wanted = table_definition("any")

    def by_name(attributes: list[Template], name: str) -> list[Template]:
        return sorted(attributes, key=lambda one: one[name])

    assert table["KeySchema"] == wanted["KeySchema"]
    assert by_name(table["AttributeDefinitions"], "AttributeName") == by_name(
        wanted["AttributeDefinitions"], "AttributeName"
    )
    assert by_name(table["GlobalSecondaryIndexes"], "IndexName") == by_name(
        wanted["GlobalSecondaryIndexes"], "IndexName"
    )
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"


def test_the_stream_leaves_out_only_what_has_no_events(template: Template):
    events = functions(template)["ProjectChanges"]["Events"]
    [stream] = [event["Properties"] for event in events.values()]
    [pattern, set_up] = stream["FilterCriteria"]["Filters"]
    without_events = {items.TestClockItem}

    kinds = {
        model.kind.get_discriminator(model)
        for model in RecordItem.__subclasses__() + items.ListedItem.__subclasses__()
        if issubclass(model, RecordItem) and model not in without_events
    }

    assert all(f'"{kind}"' in pattern["Pattern"] for kind in kinds)
    assert '"event"' not in pattern["Pattern"]
    assert '"kind":{"S":["event"]},"pk":{"S":[{"suffix":"#CONFIG"}]}' in set_up["Pattern"]


def test_every_queue_has_somewhere_to_put_what_fails_and_an_alarm(template: Template):
    queues = resources(template, "AWS::SQS::Queue")
    alarmed = {
        dimension["Value"]["Fn::GetAtt"][0]
        for alarm in resources(template, "AWS::CloudWatch::Alarm").values()
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "QueueName"
    }

    for name, queue in queues.items():
        if name.endswith("DeadLetters"):
            assert name in alarmed
        else:
            target = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
            assert target in queues
            assert target.endswith("DeadLetters")


def test_every_function_that_nothing_catches_has_an_alarm_on_its_errors(template: Template):
    alarmed = {
        dimension["Value"]["Ref"]
        for alarm in resources(template, "AWS::CloudWatch::Alarm").values()
        for dimension in alarm["Dimensions"]
        if alarm["Namespace"] == "AWS/Lambda" and alarm["MetricName"] == "Errors"
    }

    assert alarmed == {name for name, each in functions(template).items() if not _caught(each)}


def test_the_api_s_alarm_watches_the_api_of_its_stage(template: Template):
    [api] = resources(template, "AWS::Serverless::Api").values()
    [alarm] = [
        alarm
        for alarm in resources(template, "AWS::CloudWatch::Alarm").values()
        if alarm["Namespace"] == "AWS/ApiGateway"
    ]
    watched = {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}

    assert alarm["MetricName"] == "5XXError"
    assert watched == {
        "ApiName": api["DefinitionBody"]["info"]["title"],
        "Stage": api["StageName"],
    }
    assert watched["ApiName"] == {"Fn::Sub": "dunlin-${Stage}"}


def test_a_message_stays_hidden_for_as_long_as_its_function_may_run(template: Template):
    queues = resources(template, "AWS::SQS::Queue")
    checked = set()
    for function in functions(template).values():
        for event in function.get("Events", {}).values():
            if event["Type"] == "SQS":
                queue = event["Properties"]["Queue"]["Fn::GetAtt"][0]
                assert queues[queue]["VisibilityTimeout"] > function["Timeout"]
                assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
                checked.add(queue)

    assert checked == {f"{name.title()}Queue" for name in QUEUES}


def test_as_many_senders_run_at_once_as_share_the_account_s_rate(template: Template):
    common = template["Globals"]["Function"]["Environment"]["Variables"]
    settings = {each.name: each.default for each in fields(Settings)}
    for channel in ("email", "sms"):
        function = functions(template)[f"Send{channel.title()}"]
        [source] = [event["Properties"] for event in function["Events"].values()]
        count = {"Ref": f"{channel.title()}Senders"}
        assert source["ScalingConfig"]["MaximumConcurrency"] == count
        assert common[f"DUNLIN_{channel.upper()}_SENDERS"] == count
        default = template["Parameters"][count["Ref"]]["Default"]
        assert settings[f"{channel}_senders"] == default


def test_every_function_has_the_settings_that_it_reads(template: Template):
    common = template["Globals"]["Function"]["Environment"]["Variables"]
    for function in functions(template).values():
        own = function.get("Environment", {}).get("Variables", {})
        environment = {name: _resolved(name, value) for name, value in (common | own).items()}

        settings = from_environment(environment)

        assert set(settings.queue_urls) == set(QUEUES)
        assert not settings.delivers_test_mode


def test_no_name_server_is_waited_for_longer_than_a_delivery_may_take(template: Template):
    """Two tries of a second with each of three servers at most, as glibc's resolver goes."""
    common = template["Globals"]["Function"]["Environment"]["Variables"]
    options = dict(each.split(":") for each in common["RES_OPTIONS"].split())

    assert 3 * int(options["timeout"]) * int(options["attempts"]) < ATTEMPT_SECONDS


def test_each_functions_rights_are_those_of_its_policy(template: Template):
    """What is in the policies is checked in tests/unit/test_policies.py."""
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())["lambda_functions"]
    for function in functions(template).values():
        name = function["Handler"].removeprefix("app.").replace("app", "api_handler")
        role = template["Resources"][function["Role"]["Fn::GetAtt"][0]]
        [policy] = role["Properties"]["Policies"]
        own = json.loads((ROOT / ".chalice" / config[name]["iam_policy_file"]).read_text())
        assert policy["PolicyDocument"] == own, name


def test_every_log_group_is_encrypted_and_ends(template: Template):
    groups = resources(template, "AWS::Logs::LogGroup")

    assert len(groups) == len(functions(template))
    for group in groups.values():
        assert group["KmsKeyId"] == {"Fn::GetAtt": ["EncryptionKey", "Arn"]}
        assert group["RetentionInDays"]


def test_keys_of_our_own_are_made_up_where_nobody_sees_them(template: Template):
    secrets = resources(template, "AWS::SecretsManager::Secret").values()

    assert not any("SecretString" in each for each in secrets)
    made_up = [each["GenerateSecretString"]["GenerateStringKey"] for each in secrets]
    assert sorted(made_up) == ["key", "newest", "newest"]


def _caught(function: Template) -> bool:
    """Say whether what fails is put aside: by a queue, by the function, or by the stream."""
    events = [event["Properties"] for event in function.get("Events", {}).values()]
    return "DeadLetterQueue" in function or any(
        "Queue" in event or "OnFailure" in event.get("DestinationConfig", {}) for event in events
    )


def _resolved(name: str, value: Any) -> str:
    """Return what CloudFormation would put in, as far as the settings' checks are concerned."""
    if isinstance(value, str):
        return value
    if "Fn::If" in value:
        return ""
    if "Fn::Sub" in value:
        return value["Fn::Sub"].replace("${Stage}", "prod")
    reference = value["Ref"]
    if name.endswith("_URL"):
        return f"https://sqs.eu-central-1.amazonaws.com/1/{reference}"
    plain = {"Stage": "prod", "LogLevel": "INFO", "SmsPerSecond": "20", "RequestsPerMinute": "6000"}
    plain |= {"TestModeDelivery": "capture", "SendingLimits": "account", "WebhookTargets": "public"}
    plain |= {"EmailSenders": "10", "SmsSenders": "5"}
    return plain.get(reference, f"dunlin-prod-{reference}")
