"""Releases of a stage, kept in a bucket so that each can be deployed again as it was.

A release is the template, the zip and the parameters that were deployed together. The parameters
are written last: a release without them was never complete.
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
        pages = self._s3().get_paginator("list_objects_v2")
        found = pages.paginate(Bucket=self._bucket, Prefix=self._prefix)
        keys = [each["Key"] for page in found for each in page.get("Contents", [])]
        return sorted(key.split("/")[-2] for key in keys if key.endswith(f"/{_PARAMETERS}"))

    def parameters(self, name: str) -> dict[str, str]:
        """Return what the stage was given with a release."""
        answer = self._s3().get_object(Bucket=self._bucket, Key=self._key(name, _PARAMETERS))
        parameters: dict[str, str] = json.loads(answer["Body"].read())
        return parameters

    def template(self, name: str) -> str:
        """Return where CloudFormation finds the template of a release."""
        return f"{self._s3().meta.endpoint_url}/{self._bucket}/{self._key(name, _TEMPLATE)}"

    def _key(self, name: str, file: str) -> str:
        return f"{self._prefix}{name}/{file}"

    def _put(self, name: str, file: str, content: Any) -> None:  # noqa: ANN401 - any JSON
        body = json.dumps(content, ensure_ascii=False).encode()
        self._s3().put_object(Bucket=self._bucket, Key=self._key(name, file), Body=body)
