"""The `aws` of the pages, without being installed: a command is held against botocore's own model.

`python -m tests.aws_command sns subscribe --topic-arn …` calls what `aws sns subscribe …` calls,
and prints what it prints, for as much of the syntax as our pages use. A service, call or option
that AWS doesn't know, or one that is missing, is an error before anything is called.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import boto3
import botocore.session
import jmespath
from botocore import xform_name
from botocore.validate import ParamValidator

OF_THE_COMMAND = {"query", "output", "region", "cli-binary-format", "no-cli-pager"}
"""Options that are the command's own, and no parameters of a call."""


CALLED = {"s3api": "s3"}
"""Services that have another name on the command line than in the model."""
RENAMED = {"Endpoint": "notification-endpoint"}
"""Parameters that have another name on the command line, as `--endpoint-url` is taken."""


class UnknownCommandError(Exception):
    """AWS has no such service, call or option, or the call lacks something."""


def parsed(
    words: list[str], *, is_whole: bool = True
) -> tuple[str, Any, dict[str, Any], dict[str, str]]:
    """Return service, call, its parameters and the command's own options.

    One that isn't whole is only mentioned, and may leave out what the call must have.
    """
    service, name, *rest = words
    service = CALLED.get(service, service)
    session = botocore.session.get_session()
    if service not in session.get_available_services():
        raise UnknownCommandError(service)
    calls = {
        xform_name(each, "-"): each for each in session.get_service_model(service).operation_names
    }
    if name not in calls:
        raise UnknownCommandError(f"{service} {name}")
    call = session.get_service_model(service).operation_model(calls[name])
    given, own = _options(rest), {}
    members = call.input_shape.members if call.input_shape else {}
    known = {RENAMED.get(each, xform_name(each, "-")): each for each in members}
    parameters: dict[str, Any] = {}
    for option, values in given.items():
        positive = option.removeprefix("no-")
        if option in OF_THE_COMMAND:
            own[option] = " ".join(values)
        elif option in known:
            parameters[known[option]] = _value(members[known[option]], values)
        elif positive in known and not values:
            parameters[known[positive]] = False
        elif values and option != "outfile":
            raise UnknownCommandError(f"{service} {name} --{option}")
    if is_whole and call.input_shape:
        faults = ParamValidator().validate(parameters, call.input_shape)
        if faults.has_errors():
            raise UnknownCommandError(f"{service} {name}: {faults.generate_report()}")
    return service, call, parameters, own


def _options(words: list[str]) -> dict[str, list[str]]:
    """Return values by option; what stands alone in the end is a file for the answer."""
    found: dict[str, list[str]] = {}
    option = "outfile"
    for word in words:
        if word.startswith("--"):
            option = word.removeprefix("--")
            found[option] = []
        else:
            found.setdefault(option, []).append(word)
    return found


def _value(shape: Any, words: list[str]) -> Any:
    if shape.type_name == "boolean":
        return not words or words[0] == "true"
    if words and words[0][:1] in "{[" and shape.type_name in {"structure", "map", "list"}:
        return json.loads(" ".join(words))
    if shape.type_name == "list":
        return [_value(shape.member, [word]) for word in words]
    if shape.type_name in {"structure", "map"}:
        pairs = dict(part.split("=", 1) for word in words for part in word.split(","))
        if shape.type_name == "map":
            return pairs
        return {name: _value(shape.members[name], [text]) for name, text in pairs.items()}
    return int(words[0]) if shape.type_name in {"integer", "long"} else words[0]


def main(words: list[str]) -> int:
    """Call AWS, and print the answer as the option `--output` asks for."""
    service, call, parameters, own = parsed(words)
    client = boto3.client(service, **({"region_name": own["region"]} if "region" in own else {}))
    answer = getattr(client, xform_name(call.name))(**parameters)
    answer.pop("ResponseMetadata", None)
    if "query" in own:
        answer = jmespath.search(own["query"], answer)
    if own.get("output") == "text":
        text = "\t".join(map(str, answer)) if isinstance(answer, list) else str(answer)
    else:
        text = json.dumps(answer, indent=2, default=str)
    sys.stdout.write(f"{text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
