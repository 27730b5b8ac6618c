"""What AWS itself needs for our functions, topics and logs: it is never seen to be called.

An event source reads with the function's role, a dead letter is written with it, and whoever
publishes into something encrypted needs the key. The embedded stack enforces none of it.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.test_policies import CHALICE, CONFIGURATION, RESOURCES, Statement, listed

SOURCES = {
    "AWS::SQS::Queue": {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
    "AWS::DynamoDB::Table": {
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
    },
}
"""What Lambda's pollers do, by what they poll (AWS's guide to Lambda, execution roles)."""

KEY = ("kms:Decrypt", "kms:GenerateDataKey")
"""What publishing into an encrypted topic takes; writing into one's log group takes more."""
LOGS_ON_THE_KEY = {
    "kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey",
}  # fmt: skip
FUNCTIONS = sorted(CONFIGURATION["lambda_functions"])


def named(function: str) -> dict[str, Any]:
    """Return a function's part of the template."""
    logical = "APIHandler" if function == "api_handler" else function.title().replace("_", "")
    return dict(RESOURCES[logical]["Properties"])


def granted(function: str) -> set[tuple[str, str]]:
    """Return the actions with the resources on which the function's role may do them."""
    file = CONFIGURATION["lambda_functions"][function]["iam_policy_file"]
    return {
        (action, _target(resource))
        for statement in json.loads((CHALICE / file).read_text())["Statement"]
        for action in listed(statement["Action"])
        for resource in listed(statement.get("Resource", []))
    }


def polled(function: str) -> set[str]:
    """Return the queues and tables whose messages and changes call the function."""
    events = [each["Properties"] for each in named(function).get("Events", {}).values()]
    return {
        _target(event[kind]) for event in events for kind in ("Queue", "Stream") if kind in event
    }


def put_aside(function: str) -> set[str]:
    """Return the queues into which Lambda puts what the function failed at."""
    properties = named(function)
    events = [each["Properties"] for each in properties.get("Events", {}).values()]
    failures = [event.get("DestinationConfig", {}).get("OnFailure") for event in events]
    found = {_target(each["Destination"]) for each in failures if each}
    if letters := properties.get("DeadLetterQueue"):
        found.add(_target(letters["TargetArn"]))
    return found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_lambda_may_read_what_calls_the_function_and_decrypt_it(function: str):
    rights = granted(function)
    for source in polled(function):
        for action in SOURCES[RESOURCES[source]["Type"]]:
            assert (action, source) in rights
        assert ("kms:Decrypt", "EncryptionKey") in rights


@pytest.mark.parametrize("function", FUNCTIONS)
def test_lambda_may_put_aside_what_the_function_failed_at_and_encrypt_it(function: str):
    rights = granted(function)
    for queue in put_aside(function):
        assert ("sqs:SendMessage", queue) in rights
        assert set(KEY) <= {action for action, where in rights if where == "EncryptionKey"}


def test_the_sources_are_found():
    assert {each: polled(each) for each in FUNCTIONS if polled(each)} == {
        "sweep_shard": {"SweepQueue"},
        "send_email": {"EmailQueue"},
        "send_sms": {"SmsQueue"},
        "post_letter": {"LetterQueue"},
        "run_action": {"ActionQueue"},
        "advance_clock": {"ClockQueue"},
        "check_invariants": {"NightlyQueue"},
        "publish_event": {"WebhookQueue"},
        "project_changes": {"Ledger"},
    }
    assert {each: put_aside(each) for each in FUNCTIONS if put_aside(each)} == {
        "project_changes": {"ChangesDeadLetters"},
        "receive_email_event": {"MailEventsDeadLetters"},
        "receive_sms": {"InboundSmsDeadLetters"},
    }


def test_whoever_writes_into_an_encrypted_topic_may_use_the_key():
    """Services that publish have no role here, so the key's policy must name them."""
    writers = set()
    for resource in RESOURCES.values():
        if resource.get("Type") == "AWS::CloudWatch::Alarm" and _topics(resource):
            writers.add("cloudwatch.amazonaws.com")
        if resource.get("Type") == "AWS::SES::ConfigurationSetEventDestination":
            assert "SnsDestination" in resource["Properties"]["EventDestination"]
            writers.add("ses.amazonaws.com")
        if resource.get("Type") == "AWS::SNS::TopicPolicy":
            service = resource["Properties"]["PolicyDocument"]["Statement"][0]["Principal"][
                "Service"
            ]
            writers |= {service} if service == "sms-voice.amazonaws.com" else set()
        if resource.get("Type") == "AWS::Budgets::Budget":
            writers.add("budgets.amazonaws.com")

    own_account = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    found = {
        service: (set(listed(statement["Action"])), statement["Condition"])
        for statement, service in _services()
        if not service.startswith("logs.")
    }
    assert found == dict.fromkeys(writers, (set(KEY), own_account))


def test_logs_may_use_the_key_for_the_stages_own_groups_only():
    [(statement, service)] = [each for each in _services() if each[1].startswith("logs.")]
    [pattern] = statement["Condition"]["ArnLike"].values()
    groups = [f"/aws/lambda/{named(each)['FunctionName']['Fn::Sub']}" for each in FUNCTIONS]
    prefix = pattern["Fn::Sub"].partition(":log-group:")[2].removesuffix("*")

    assert service == "logs.${AWS::Region}.${AWS::URLSuffix}"
    assert set(statement["Action"]) == LOGS_ON_THE_KEY
    assert all(group.startswith(prefix) for group in groups)


def test_concurrency_is_kept_apart_only_where_a_stage_asks_for_it():
    """An account that may run ten functions at once can't keep any apart, and deploys as well."""
    template = json.loads((CHALICE / "resources.json").read_text())
    unlimited = {"Fn::Equals": [{"Ref": "ApiConcurrency"}, 0]}

    assert template["Parameters"]["ApiConcurrency"]["Default"] == 0
    assert template["Conditions"]["LimitsApi"] == {"Fn::Not": [unlimited]}
    for each in FUNCTIONS:
        reserved = named(each).get("ReservedConcurrentExecutions")
        asked = ["LimitsApi", {"Ref": "ApiConcurrency"}, {"Ref": "AWS::NoValue"}]
        assert reserved == ({"Fn::If": asked} if each == "api_handler" else None)


def _services() -> list[tuple[Statement, str]]:
    """Return the key policy's statements with each service that they name."""
    policy = RESOURCES["EncryptionKey"]["Properties"]["KeyPolicy"]["Statement"]
    return [
        (statement, service["Fn::Sub"] if isinstance(service, dict) else service)
        for statement in policy
        for service in listed(statement["Principal"].get("Service", []))
    ]


def _topics(alarm: dict[str, Any]) -> bool:
    actions = alarm["Properties"].get("AlarmActions", [])
    return any(RESOURCES[each["Ref"]]["Type"] == "AWS::SNS::Topic" for each in actions)


def _target(resource: Any) -> str:
    if not isinstance(resource, dict):
        return str(resource)
    [(how, what)] = resource.items()
    return str(what[0] if how == "Fn::GetAtt" else what)
