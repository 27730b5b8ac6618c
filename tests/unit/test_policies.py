"""What each function may do in AWS: named one by one, on named things, with every wildcard excused.

A policy is JSON and can't hold comments, so the reasons stand here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHALICE = ROOT / ".chalice"
POLICIES = sorted(CHALICE.glob("policy-*.json"))
CONFIGURATION = json.loads((CHALICE / "config.json").read_text())
RESOURCES = json.loads((CHALICE / "resources.json").read_text())["Resources"]
Statement = dict[str, Any]

OWN = "${AWS::Region}:${AWS::AccountId}"
WILDCARDS = {
    (
        "Trace",
        "*",
    ): "xray:PutTraceSegments and PutTelemetryRecords have no resources: AWS takes `*` only",
    ("FindStream", "*"): "dynamodb:ListStreams has no resources either",
    ("AskForOptOut", "*"): "a phone number has no ARN",
    ("AskForLimits", "*"): "ses:GetAccount is about the account, and has no resource",
    (
        "SendSms",
        "not arn:${AWS::Partition}:sns:*:*:*",
    ): "the other way round: any phone number, and no topic, endpoint or application at all",
    (
        "SendEmail",
        f"arn:${{AWS::Partition}}:ses:{OWN}:identity/*",
    ): "creditors' sender addresses come while the stage runs; SES knows only verified ones",
    (
        "ReadLobKeys",
        f"arn:${{AWS::Partition}}:secretsmanager:{OWN}:secret:dunlin/${{Stage}}/lob/*",
    ): "a creditor's secret comes while the stage runs, and its ARN ends in a random part",
    (
        "KeepLetters",
        "${Documents.Arn}/letters/*",
    ): "a letter's key is made of its tenant and communication",
    ("KeepHandOvers", "${Documents.Arn}/letters/*"): "a dossier's key is made likewise",
    ("ShowLetters", "${Documents.Arn}/letters/*"): "the same",
    ("LayDownLetters", "${Documents.Arn}/outbox/*"): "the same",
    ("ForgetLetters", "${Documents.Arn}/letters/*"): "the same",
    ("ForgetLetters", "${Documents.Arn}/outbox/*"): "the same",
    (
        "ReadStripeKeys",
        f"arn:${{AWS::Partition}}:secretsmanager:{OWN}:secret:dunlin/${{Stage}}/stripe/*",
    ): "a creditor's secret comes while the stage runs, and its ARN ends in a random part",
}
"""Every wildcard in a resource, by statement, and why nothing narrower does."""

OWN_LOGS = f"arn:${{AWS::Partition}}:logs:{OWN}:log-group:/aws/lambda/dunlin-${{Stage}}-"
"""A log group's ARN ends in `:*` where its streams are meant; the group is the function's own."""


def statements(path: Path) -> list[Statement]:
    return list(json.loads(path.read_text())["Statement"])


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def texts(statement: Statement) -> list[str]:
    """Return the resources that are written as patterns, `not` before those that are left out."""
    found = [(each, "") for each in listed(statement.get("Resource", []))]
    found += [(each, "not ") for each in listed(statement.get("NotResource", []))]
    plain = [
        (each.get("Fn::Sub") if isinstance(each, dict) else each, sign) for each, sign in found
    ]
    return [sign + each for each, sign in plain if each]


def by_name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", POLICIES, ids=by_name)
def test_actions_are_named_one_by_one(path: Path):
    for statement in statements(path):
        assert statement["Effect"] == "Allow"
        assert "NotAction" not in statement
        for action in listed(statement["Action"]):
            assert "*" not in action, statement["Sid"]
            assert "?" not in action, statement["Sid"]


@pytest.mark.parametrize("path", POLICIES, ids=by_name)
def test_a_wildcard_in_a_resource_has_a_reason(path: Path):
    for statement in statements(path):
        for text in texts(statement):
            if statement["Sid"] == "Log":
                assert text.removeprefix(OWN_LOGS).rstrip(":*").replace("_", "").isalpha()
            elif "*" in text:
                assert WILDCARDS.get((statement["Sid"], text)), (path.name, text)


def test_no_reason_is_left_over():
    used = {
        (statement["Sid"], text)
        for path in POLICIES
        for statement in statements(path)
        for text in texts(statement)
        if "*" in text and statement["Sid"] != "Log"
    }

    assert used == WILDCARDS.keys()


def test_each_function_has_a_policy_of_its_own_and_logs_to_its_own_group():
    functions = CONFIGURATION["lambda_functions"]
    files = {name: each["iam_policy_file"] for name, each in functions.items()}

    assert sorted(files.values()) == [path.name for path in POLICIES]
    for name, file in files.items():
        [log] = [each for each in statements(CHALICE / file) if each["Sid"] == "Log"]
        function = name.removesuffix("_handler")
        assert texts(log) == [f"{OWN_LOGS}{function}:*"]


@pytest.mark.parametrize("path", POLICIES, ids=by_name)
def test_the_key_is_used_only_by_way_of_the_services_that_the_function_uses(path: Path):
    """Whoever only decrypts reads; GenerateDataKey is what putting a message in a queue takes."""
    actions = {action for each in statements(path) for action in listed(each["Action"])}
    services = {action.partition(":")[0] for action in actions} & {
        "dynamodb",
        "sqs",
        "s3",
        "secretsmanager",
    }
    on_the_key = {
        action: {
            each["Fn::Sub"] for each in statement["Condition"]["StringEquals"]["kms:ViaService"]
        }
        for statement in statements(path)
        for action in listed(statement["Action"])
        if action.startswith("kms:")
    }

    assert on_the_key.pop("kms:Decrypt") == {
        f"{each}.${{AWS::Region}}.amazonaws.com" for each in services
    }
    encrypted = {"sqs:SendMessage": "sqs", "s3:PutObject": "s3"}
    sends = {f"{encrypted[each]}.${{AWS::Region}}.amazonaws.com" for each in actions & {*encrypted}}
    assert on_the_key == ({"kms:GenerateDataKey": sends} if sends else {})


def test_everything_that_is_stored_is_encrypted_with_the_stages_key():
    key = {"Fn::GetAtt": ["EncryptionKey", "Arn"]}
    where = {
        "AWS::DynamoDB::Table": lambda of: of["SSESpecification"]["KMSMasterKeyId"],
        "AWS::SQS::Queue": lambda of: of["KmsMasterKeyId"],
        "AWS::S3::Bucket": lambda of: of["BucketEncryption"]["ServerSideEncryptionConfiguration"][
            0
        ]["ServerSideEncryptionByDefault"]["KMSMasterKeyID"],
        "AWS::SNS::Topic": lambda of: of["KmsMasterKeyId"],
        "AWS::SecretsManager::Secret": lambda of: of["KmsKeyId"],
    }
    seen = set()
    for name, resource in RESOURCES.items():
        kind = resource.get("Type")
        if kind in where:
            seen.add(kind)
            assert where[kind](resource["Properties"]) == key, name

    assert seen == where.keys()


def test_nobody_outside_reads_a_document_and_none_comes_by_plain_http():
    bucket = RESOURCES["Documents"]["Properties"]
    [denied] = RESOURCES["DocumentsPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert (denied["Effect"], denied["Principal"], denied["Action"]) == ("Deny", "*", "s3:*")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_what_cant_be_made_again_stays_unless_the_first_deployment_failed():
    """What a failed first one left behind would stand in the way of the next, by its name."""
    kept = {
        name: (each["DeletionPolicy"], each["UpdateReplacePolicy"])
        for name, each in RESOURCES.items()
        if "DeletionPolicy" in each
    }

    assert kept == dict.fromkeys(
        (
            *("EncryptionKey", "Ledger", "Documents", "LinkSecret"),
            *("RefusedAddressSecret", "WebhookSecret"),
        ),
        ("RetainExceptOnCreate", "Retain"),
    )


def test_the_key_turns_and_is_the_accounts_to_give():
    key = RESOURCES["EncryptionKey"]
    policy = key["Properties"]["KeyPolicy"]["Statement"]

    assert key["Properties"]["EnableKeyRotation"] is True
    for statement in policy:
        if "AWS" in statement["Principal"]:
            assert statement["Principal"]["AWS"]["Fn::Sub"].endswith("${AWS::AccountId}:root")
        else:
            assert statement["Condition"], statement["Sid"]
            assert not [each for each in statement["Action"] if "*" in each]
