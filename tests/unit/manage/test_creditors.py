"""An operator's commands, on fakes: the stage's settings, a creditor, its keys."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.access import AccessScope
from chalicelib.domain.errors import InvalidError, NotFoundError
from chalicelib.domain.tenant import Mode
from chalicelib.gateways.aws import client
from chalicelib.services.authenticate import authenticate
from manage.creditors import _parser, run
from manage.stage import take_settings
from tests.environment import pretend_aws
from tests.fakes.aws import Wire, json_answer, xml_answer
from tests.world import World

README = (Path(__file__).parents[3] / "README.md").read_text()
[SHOWN] = re.findall(r"cat > creditor\.json <<'END'\n(\{.*?\})\nEND\n", README, re.DOTALL)


def command(*words: str) -> Any:
    return _parser().parse_args(["--stack", "dunlin-prod", *words])


def a_file(folder: Path, **fields: Any) -> str:
    file = folder / "creditor.json"
    file.write_text(json.dumps({**json.loads(SHOWN), **fields}))
    return str(file)


def test_the_creditor_of_the_readme_gets_a_working_key_for_each_mode(tmp_path: Path):
    world = World()
    made = run(world.ports, command("create", a_file(tmp_path)))

    for mode in Mode:
        key = authenticate(world.ports, f"Bearer {made[f'{mode}_key']}")
        assert key
        assert (key.tenant.creditor_id, key.tenant.mode) == (made["creditor"], mode)
        assert key.allows(AccessScope.ADMIN)
        assert world.ports.configuration.sequence(key.tenant, "seq_default")
    creditor = world.ports.configuration.creditor(made["creditor"])
    assert creditor
    assert creditor.name == json.loads(SHOWN)["name"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sender_email", "nobody"),
        ("country", "Germany"),
        ("colour", "red"),
        ("sms_sender_id", "12345"),
        ("bank", {"account_holder": "A", "iban": "DE89370400440532013001"}),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(tmp_path: Path, field: str, value: Any):
    with pytest.raises(InvalidError) as refused:
        run(World().ports, command("create", a_file(tmp_path, **{field: value})))

    assert refused.value.fields[0].pointer.startswith(f"/{field}")


def test_a_further_key_has_the_scope_that_was_asked_for(tmp_path: Path):
    world = World()
    made = run(world.ports, command("create", a_file(tmp_path)))
    asked = command("issue-key", made["creditor"], "--mode", "live", "--scope", "read")
    key = authenticate(world.ports, f"Bearer {run(world.ports, asked)['key']}")

    assert key
    assert (key.tenant.mode, key.scopes) == (Mode.LIVE, {AccessScope.READ})
    stranger = command("issue-key", "cr_none", "--mode", "live", "--scope", "read")
    with pytest.raises(NotFoundError):
        run(world.ports, stranger)


def test_a_stages_settings_are_those_of_its_api(monkeypatch: pytest.MonkeyPatch):
    pretend_aws(monkeypatch)
    monkeypatch.setenv("DUNLIN_TABLE", "before")
    stacks, functions = client("cloudformation"), client("lambda")
    detail = "<PhysicalResourceId>dunlin-prod-api</PhysicalResourceId>"
    found = f"<StackResourceDetail>{detail}</StackResourceDetail>"
    asked = Wire(stacks, [xml_answer("DescribeStackResource", found)])
    variables = {"DUNLIN_TABLE": "dunlin-prod-ledger", "PATH": "elsewhere"}
    Wire(functions, [json_answer({"Environment": {"Variables": variables}})])

    take_settings("dunlin-prod", cloudformation=stacks, functions=functions)

    assert asked.form["LogicalResourceId"] == "APIHandler"
    assert os.environ["DUNLIN_TABLE"] == "dunlin-prod-ledger"
    assert os.environ["PATH"] != "elsewhere"
