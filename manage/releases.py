"""Releases of a stage, kept in a bucket so that each can be deployed again as it was.

A release is the template, the zip and the parameters that were deployed together. The parameters
are written last: a release without them was never complete. One that was deployed to the end says
so; others never ran, were stopped by an alarm, or were rolled back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.gateways.aws import Client
from manage.gradual import Json

OUTPUT = "Release"
"""Where a deployed stack says which release it is."""

_ARCHIVE, _TEMPLATE, _PARAMETERS = "deployment.zip", "template.json", "parameters.json"
_DEPLOYED = "deployed.json"


class Releases:
    """The releases of one stage."""

    def __init__(self, s3: Client, bucket: str, stage: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._prefix = f"dunlin/{stage}/"

    def keep(
        self, template: Json, archive: Path, parameters: Mapping[str, str], *, at: datetime
    ) -> str:
        """Keep a release and return its name, by which releases sort in the order of time."""
        name = f"{at:%Y%m%dT%H%M%S}{at.microsecond:06}Z"
        key = self._key(name, _ARCHIVE)
        with archive.open("rb") as body:
            self._s3().put_object(Bucket=self._bucket, Key=key, Body=body)
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                resource["Properties"]["CodeUri"] = {"Bucket": self._bucket, "Key": key}
        template["Outputs"][OUTPUT] = {"Value": name}
        self._put(name, _TEMPLATE, template)
        self._put(name, _PARAMETERS, dict(parameters))
        return name

    def names(self) -> list[str]:
        """Return the names of all releases, oldest first."""
        return self._having(_PARAMETERS)

    def deployed(self) -> list[str]:
        """Return the names of those that were deployed to the end, oldest first."""
        return self._having(_DEPLOYED)

    def note_deployed(self, name: str, *, at: datetime) -> None:
        """Note that a release was deployed to the end."""
        self._put(name, _DEPLOYED, {"at": at.isoformat()})

    def forget_deployed(self, *, after: str) -> None:
        """Note that what is newer was rolled back: nobody goes back to it without naming it."""
        for name in self.deployed():
            if name > after:
                self._s3().delete_object(Bucket=self._bucket, Key=self._key(name, _DEPLOYED))

    def parameters(self, name: str) -> dict[str, str]:
        """Return what the stage was given with a release."""
        parameters: dict[str, str] = self._get(name, _PARAMETERS)
        return parameters

    def take_over_kept(self, name: str, *, of: str) -> None:
        """Let a release have what another one has, and AWS keeps if it goes from the stack.

        Else the next deployment would find its name taken.
        """
        template, other = self._get(name, _TEMPLATE), self._get(of, _TEMPLATE)
        kept = {
            resource: content
            for resource, content in other["Resources"].items()
            if content.get("DeletionPolicy", "").startswith("Retain")
            and resource not in template["Resources"]
        }
        if kept:
            template["Resources"] |= kept
            self._put(name, _TEMPLATE, template)

    def template(self, name: str) -> str:
        """Return where CloudFormation finds the template of a release."""
        return f"{self._s3().meta.endpoint_url}/{self._bucket}/{self._key(name, _TEMPLATE)}"

    def _having(self, file: str) -> list[str]:
        pages = self._s3().get_paginator("list_objects_v2")
        found = pages.paginate(Bucket=self._bucket, Prefix=self._prefix)
        keys = [each["Key"] for page in found for each in page.get("Contents", [])]
        return sorted(key.split("/")[-2] for key in keys if key.endswith(f"/{file}"))

    def _get(self, name: str, file: str) -> Any:  # noqa: ANN401 - any JSON
        answer = self._s3().get_object(Bucket=self._bucket, Key=self._key(name, file))
        return json.loads(answer["Body"].read())

    def _key(self, name: str, file: str) -> str:
        return f"{self._prefix}{name}/{file}"

    def _put(self, name: str, file: str, content: Any) -> None:  # noqa: ANN401 - any JSON
        body = json.dumps(content, ensure_ascii=False).encode()
        self._s3().put_object(Bucket=self._bucket, Key=self._key(name, file), Body=body)
