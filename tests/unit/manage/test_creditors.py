"""An operator's commands, on fakes: the stage's settings, a creditor, its keys."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

import manage.creditors
from chalicelib.domain.access import AccessScope
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import InvalidError, NotFoundError
from chalicelib.domain.tenant import Mode
from chalicelib.gateways.aws import client
from chalicelib.ports.all import Ports
from chalicelib.services.authenticate import authenticate
from manage.creditors import _parser, main
from manage.stage import take_settings
from tests.builders import CREDITOR_ID
from tests.environment import pretend_aws
from tests.fakes.aws import Wire, json_answer, xml_answer, xml_error
from tests.world import World

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text()
PAGE = (ROOT / "docs" / "first-reminder.md").read_text()
RUNBOOK = (ROOT / "docs" / "runbooks" / "leaked-key.md").read_text()
[SHOWN] = re.findall(r"cat > creditor\.json <<'END'\n(\{.*?\})\nEND\n", PAGE, re.DOTALL)


OPERATOR = Change(by="operator:user/alex", why="manage.creditors test")


def run(ports: Ports, arguments: Any) -> Any:
    return manage.creditors.run(ports, arguments, OPERATOR)


def command(*words: str) -> Any:
    return _parser().parse_args(["--stack", "dunlin-prod", *words])


def a_file(folder: Path, **fields: Any) -> str:
    file = folder / "creditor.json"
    file.write_text(json.dumps({**json.loads(SHOWN), **fields}))
    return str(file)


def test_every_command_that_is_written_down_exists():
    written = "\n".join([README, PAGE, RUNBOOK, manage.creditors.__doc__ or ""])
    words = re.findall(r"-m manage\.creditors (--stack [^>\n]+)", written, re.MULTILINE)

    commands = {_parser().parse_args(shlex.split(each)).command for each in words}
    assert commands == {
        "create", "update", "issue-key", "rotate-key", "list-keys", "revoke-key",
    }  # fmt: skip


def test_the_creditor_of_the_page_gets_a_working_key_for_each_mode(tmp_path: Path):
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
    issued = run(world.ports, asked)
    key = authenticate(world.ports, f"Bearer {issued['key']}")

    assert key
    assert (key.tenant.mode, key.scopes) == (Mode.LIVE, {AccessScope.READ})
    assert issued["id"] == key.id


def test_a_further_key_is_revoked_by_the_id_that_was_printed_with_it(tmp_path: Path):
    world = World()
    made = run(world.ports, command("create", a_file(tmp_path)))
    asked = command("issue-key", made["creditor"], "--mode", "test", "--scope", "write")
    issued = run(world.ports, asked)
    run(world.ports, command("revoke-key", made["creditor"], issued["id"]))

    assert authenticate(world.ports, f"Bearer {issued['key']}") is None


def test_a_leaked_key_is_found_and_revoked_for_good(tmp_path: Path):
    world = World()
    made = run(world.ports, command("create", a_file(tmp_path)))
    [leaked] = [
        each
        for each in run(world.ports, command("list-keys", made["creditor"]))["keys"]
        if (each["mode"], each["last4"]) == ("live", made["live_key"][-4:])
    ]
    revoke = command("revoke-key", made["creditor"], leaked["id"])
    revoked = run(world.ports, revoke)
    world.clock.advance(days=1)

    assert authenticate(world.ports, f"Bearer {made['live_key']}") is None
    assert authenticate(world.ports, f"Bearer {made['test_key']}")
    assert run(world.ports, revoke) == revoked == {**leaked, "revoked_at": "2026-01-02T08:00:00Z"}
    assert revoked in run(world.ports, command("list-keys", made["creditor"]))["keys"]


def test_an_update_replaces_what_the_file_says_and_nothing_else(tmp_path: Path):
    world = World()
    made = run(world.ports, command("create", a_file(tmp_path)))
    before = world.ports.configuration.creditor(made["creditor"])
    world.clock.advance(days=1)
    run(world.ports, command("update", made["creditor"], a_file(tmp_path, name="N", bank=None)))

    after = world.ports.configuration.creditor(made["creditor"])
    assert after == replace(before, name="N", bank=None)
    assert after.created_at
    assert after.default_sequence


@pytest.mark.parametrize(
    "words",
    [
        ("issue-key", "cr_none", "--mode", "live", "--scope", "read"),
        ("list-keys", "cr_none"),
        ("revoke-key", "cr_none", "ak_none"),
        ("revoke-key", CREDITOR_ID, "ak_none"),
        ("rotate-key", CREDITOR_ID, "ak_none"),
        ("update", "cr_none", "FILE"),
    ],
)
def test_what_doesnt_exist_is_named(tmp_path: Path, words: tuple[str, ...]):
    file = a_file(tmp_path)
    with pytest.raises(NotFoundError, match=r"There is no .*_none\."):
        run(World().ports, command(*(file if word == "FILE" else word for word in words)))


@pytest.mark.parametrize("file", ["missing.json", "."])
def test_a_file_that_cant_be_read_is_named(tmp_path: Path, file: str):
    path = tmp_path / file
    for words in (["create"], ["update", CREDITOR_ID]):
        with pytest.raises(InvalidError, match=re.escape(str(path))):
            run(World().ports, command(*words, str(path)))


@pytest.fixture
def new_session() -> Iterator[None]:
    """Let boto3 forget the credentials that it found, before and after."""
    boto3.setup_default_session()
    yield
    boto3.setup_default_session()


@pytest.mark.usefixtures("new_session")
@pytest.mark.parametrize(
    ("missing", "says"),
    [("AWS_DEFAULT_REGION", "AWS_DEFAULT_REGION"), ("AWS_ACCESS_KEY_ID", "credentials")],
)
def test_what_the_environment_lacks_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    missing: str,
    says: str,
):
    pretend_aws(monkeypatch)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    if missing == "AWS_ACCESS_KEY_ID":
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv(missing)

    assert main(["--stack", "dunlin-prod", "list-keys", CREDITOR_ID]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert says in line


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (("ValidationError", "Stack 'dunlin-prod' does not exist"), "no stack dunlin-prod"),
        (("ValidationError", "Resource APIHandler does not exist"), "no stack dunlin-prod"),
        (("AccessDenied", "You may not"), "You may not"),
        (("ExpiredToken", "The token is expired"), "expired"),
    ],
)
def test_what_aws_refuses_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: tuple[str, str],
    says: str,
):
    pretend_aws(monkeypatch)
    stacks = client("cloudformation")
    Wire(stacks, [xml_error(400, *fault)])

    words = ["--stack", "dunlin-prod", "list-keys", CREDITOR_ID]
    assert main(words, connect=lambda _service: stacks) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert says in line


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
