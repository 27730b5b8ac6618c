"""A stack is made or changed by a template, and CloudFormation's answer waited for.

The table is protected from deletion only once the first deployment has succeeded: a first try that
fails is rolled back, and that couldn't delete a protected table, which would then be in the way of
the next try. What a failed first try leaves of itself is cleared away by the next.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.gateways.aws import Client
from manage.command import CommandError
from manage.releases import OUTPUT

PROTECTION = "TableProtection"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
FAILED_FIRST = {"ROLLBACK_COMPLETE", "CREATE_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED"}
DONE = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
POLL_SECONDS = 5.0
LAST_EVENTS = 100

Wait = Callable[[float], None]


class Stack:
    """One stack of CloudFormation, by its name."""

    def __init__(self, cloudformation: Client, name: str, *, wait: Wait = time.sleep) -> None:
        self._cloudformation = cloudformation
        self._name = name
        self._wait = wait

    def release(self) -> str | None:
        """Return which release is deployed, None where none of ours is."""
        outputs = (self._described() or {}).get("Outputs", [])
        return next((each["OutputValue"] for each in outputs if each["OutputKey"] == OUTPUT), None)

    def put(self, template: str, parameters: Mapping[str, str]) -> str:
        """Make or change the stack; return CloudFormation's status.

        `template` is an address in S3. Raises CommandError if CloudFormation gives up; it has then
        rolled back to what was there before.
        """
        self._clear_failed_first()
        if self._status() is None:
            self._change("create_stack", template, {**parameters, PROTECTION: "off"})
            if parameters.get(PROTECTION, "on") == "off":
                return self._status() or ""
        self._change("update_stack", template, parameters)
        return self._status() or ""

    def _clear_failed_first(self) -> None:
        if self._status() in FAILED_FIRST:
            self._cloudformation().delete_stack(StackName=self._name)
            self._until_settled()

    def _change(self, call: str, template: str, parameters: Mapping[str, str]) -> None:
        given = [
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ]
        try:
            getattr(self._cloudformation(), call)(
                StackName=self._name,
                TemplateURL=template,
                Parameters=given,
                Capabilities=CAPABILITIES,
            )
        except ClientError as error:
            if "No updates are to be performed" not in str(error):
                raise
            return
        status = self._until_settled()
        if status not in DONE:
            raise CommandError(f"{self._name} is {status}: {self._reasons()}")

    def _until_settled(self) -> str | None:
        while (status := self._status() or "").endswith("_IN_PROGRESS"):
            self._wait(POLL_SECONDS)
        return status

    def _status(self) -> str | None:
        described = self._described()
        return described["StackStatus"] if described else None

    def _described(self) -> dict[str, Any] | None:
        try:
            [stack] = self._cloudformation().describe_stacks(StackName=self._name)["Stacks"]
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
            return None
        found: dict[str, Any] = stack
        return None if found["StackStatus"] == "DELETE_COMPLETE" else found

    def _reasons(self) -> str:
        events = self._cloudformation().describe_stack_events(StackName=self._name)["StackEvents"]
        failed = [
            f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason', '')}"
            for each in events[:LAST_EVENTS]
            if each["ResourceStatus"].endswith("_FAILED")
        ]
        return "; ".join(reversed(failed))
