"""Deploys the package through CloudFormation, then sees to what MiniStack's CloudFormation drops.

MiniStack leaves out a queue's RedrivePolicy; without it a message that fails would come back for
ever. And it makes no e-mail events, so the mail process learns which topic wants which.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from local.layout import STAGE, Layout
from local.package import Package
from local.stack import Stack, client, read_json

STACK_NAME = f"dunlin-{STAGE}"

_BUCKET = "dunlin-deployments"
_DEADLINE_SECONDS = 120.0
_POLL_SECONDS = 0.3
_API_STAGE = "api"

Json: TypeAlias = dict[str, Any]


class DeploymentFailed(Exception):  # noqa: N818 -- reads as what happened
    """CloudFormation gave up; the message is its reason."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What was deployed: outputs and, by logical id, the physical ids of the resources."""

    outputs: Mapping[str, str]
    resources: Mapping[str, str]

    def with_prefix(self, prefix: str) -> dict[str, str]:
        """Outputs named `<Prefix><Name>` as {name: value}, names in lower snake case."""
        return {
            _snake(name.removeprefix(prefix)): value
            for name, value in self.outputs.items()
            if name.startswith(prefix)
        }


def deploy(stack: Stack, package: Package, *, parameters: Mapping[str, str]) -> Deployment:
    """Create or update the stack unless this very package is deployed with these parameters."""
    layout = stack.layout
    mark = {"digest": package.digest, "parameters": dict(parameters)}
    kept = layout.home / "deployed.json"
    cloudformation = client(layout, "cloudformation")
    template = json.loads(package.template.read_text())
    exists = _status(cloudformation) is not None
    if not exists or read_json(kept) != mark:
        kept.unlink(missing_ok=True)
        _apply(layout, cloudformation, package, template, parameters, update=exists)
        kept.write_text(json.dumps(mark))
    deployment = _describe(cloudformation)
    _bind_dead_letter_queues(layout, template, deployment)
    stack.configure_mail(
        upstream=f"{layout.aws_url}/_aws/execute-api/{deployment.outputs['RestAPIId']}/{_API_STAGE}",
        event_destinations=_event_destinations(template, deployment),
    )
    return deployment


def _apply(
    layout: Layout,
    cloudformation: Any,  # noqa: ANN401 -- boto3 makes clients at run time
    package: Package,
    template: Json,
    parameters: Mapping[str, str],
    *,
    update: bool,
) -> None:
    s3 = client(layout, "s3")
    s3.create_bucket(Bucket=_BUCKET)
    key = f"{package.digest}.zip"
    s3.upload_file(str(package.archive), _BUCKET, key)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": _BUCKET, "Key": key}
    change = cloudformation.update_stack if update else cloudformation.create_stack
    change(
        StackName=STACK_NAME,
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
        ],
    )
    _wait(cloudformation)
    # The functions have their code now; kept, the zip would be written out at every shutdown.
    s3.delete_object(Bucket=_BUCKET, Key=key)


def _wait(cloudformation: Any) -> None:  # noqa: ANN401 -- boto3 makes clients at run time
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while (status := _status(cloudformation) or "").endswith("_IN_PROGRESS"):
        if time.monotonic() > deadline:
            raise DeploymentFailed(f"still {status} after {_DEADLINE_SECONDS:.0f} s")
        time.sleep(_POLL_SECONDS)
    if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        events = cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
        reasons = [e.get("ResourceStatusReason", "") for e in events if "FAILED" in str(e)]
        raise DeploymentFailed(f"{status}: {'; '.join(filter(None, reasons))}")


def _status(cloudformation: Any) -> str | None:  # noqa: ANN401 -- boto3 makes clients at run time
    found = cloudformation.list_stacks()["StackSummaries"]
    states = [s["StackStatus"] for s in found if s["StackName"] == STACK_NAME]
    return next((s for s in states if s != "DELETE_COMPLETE"), None)


def _describe(cloudformation: Any) -> Deployment:  # noqa: ANN401 -- as above
    [described] = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in described.get("Outputs", [])}
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK_NAME)
    resources = {
        summary["LogicalResourceId"]: summary["PhysicalResourceId"]
        for page in pages
        for summary in page["StackResourceSummaries"]
    }
    return Deployment(outputs, resources)


def _bind_dead_letter_queues(layout: Layout, template: Json, deployment: Deployment) -> None:
    sqs = client(layout, "sqs")
    for name, resource in template["Resources"].items():
        policy = resource.get("Properties", {}).get("RedrivePolicy")
        if resource["Type"] != "AWS::SQS::Queue" or policy is None:
            continue
        dead_letters = deployment.resources[policy["deadLetterTargetArn"]["Fn::GetAtt"][0]]
        attributes = sqs.get_queue_attributes(QueueUrl=dead_letters, AttributeNames=["QueueArn"])
        bound = {**policy, "deadLetterTargetArn": attributes["Attributes"]["QueueArn"]}
        sqs.set_queue_attributes(
            QueueUrl=deployment.resources[name], Attributes={"RedrivePolicy": json.dumps(bound)}
        )


def _event_destinations(template: Json, deployment: Deployment) -> Json:
    found: Json = {}
    for resource in template["Resources"].values():
        if resource["Type"] != "AWS::SES::ConfigurationSetEventDestination":
            continue
        properties = resource["Properties"]
        destination = properties["EventDestination"]
        found[deployment.resources[properties["ConfigurationSetName"]["Ref"]]] = {
            "topic_arn": deployment.resources[destination["SnsDestination"]["TopicARN"]["Ref"]],
            "types": destination["MatchingEventTypes"],
        }
    return found


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
