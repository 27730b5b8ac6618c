"""Whoever changes a creditor or a key by command stands in the creditor's audit trail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.storage import Cursor
from manage.bodies import CreditorBody
from manage.creditors import _change
from tests.environment import pretend_aws
from tests.fakes.aws import Wire, xml_answer
from tests.unit.manage.test_creditors import OPERATOR, a_file, client, command, run
from tests.world import World


def test_every_command_that_changes_something_is_told(tmp_path: Path):
    world = World()
    made = run(world.ports, command("create", a_file(tmp_path)))
    creditor, live = made["creditor"], Tenant(made["creditor"], Mode.LIVE)
    before = len(world.ledger.events_page(live, Cursor(100)).data)
    for _ in range(2):
        run(world.ports, command("update", creditor, a_file(tmp_path, name="Nova")))
    issued = run(world.ports, command("issue-key", creditor, "--mode", "live", "--scope", "read"))
    rotated = run(world.ports, command("rotate-key", creditor, issued["id"]))
    run(world.ports, command("revoke-key", creditor, rotated["id"]))
    run(world.ports, command("list-keys", creditor))

    feed = world.ledger.events_page(live, Cursor(100)).data
    assert sorted(event.type for event in feed) == sorted([
        "creditor.created", "sequence.created", "api_key.issued",
        "creditor.updated", "api_key.issued",
        "api_key.issued", "api_key.rotated", "api_key.revoked",
    ])  # fmt: skip
    assert {(event.by, event.why) for event in feed} == {(OPERATOR.by, OPERATOR.why)}
    [updated] = [event for event in feed if event.type == "creditor.updated"]
    assert updated.data == {"changed": ["name"]}
    assert before == 3
    for key in (made["live_key"], issued["key"], rotated["key"]):
        assert key not in repr(feed)


OTHERWISE: dict[str, Any] = {
    "name": "Nova", "country": "AT", "sender_email": "post@nova.example",
    "reply_to": "buero@nova.example", "phone": "+43 1 234567", "address": ["Ring 1", "1010 Wien"],
    "website": "https://nova.example", "sms_sender_id": "Nova", "part_payment": False,
    "sms_number": "+436641234567", "sms_needs_consent": True, "print_service": "lob",
    "late_payment": {"when_paid": "waive"}, "dispute_days": 31,
    "bank": {"account_holder": "Nova", "iban": "AT611904300234573201"},
    "payments_known_within_hours": 7, "retention": {"communications_days": 365},
}  # fmt: skip


def test_what_is_changed_is_named_as_the_file_names_it(tmp_path: Path):
    assert OTHERWISE.keys() == CreditorBody.model_fields.keys()
    world = World()
    creditor = run(world.ports, command("create", a_file(tmp_path)))["creditor"]
    run(world.ports, command("update", creditor, a_file(tmp_path, **OTHERWISE)))

    live = Tenant(creditor, Mode.LIVE)
    feed = world.ledger.events_page(live, Cursor(100)).data
    [updated] = [event for event in feed if event.type == "creditor.updated"]
    assert sorted(updated.data["changed"]) == sorted(OTHERWISE)


def test_an_operator_is_whom_aws_takes_them_for(monkeypatch):
    pretend_aws(monkeypatch)
    sts = client("sts")
    arn = "arn:aws:sts::123456789012:assumed-role/Operators/alex"
    Wire(sts, [xml_answer("GetCallerIdentity", f"<Arn>{arn}</Arn>")])

    change = _change("rotate-key", lambda service: {"sts": sts}[service])
    assert change.by == "operator:assumed-role/Operators/alex"
    assert change.why == "manage.creditors rotate-key"
