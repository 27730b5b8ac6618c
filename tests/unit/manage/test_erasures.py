"""Whoever was erased since the export is erased again in the restored stage, or told of."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import boto3
import pytest

import manage.erasures
from chalicelib.domain import ids
from chalicelib.domain.customer import Customer
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.privacy import ErasureReason
from chalicelib.services.cancel_invoice import void_invoice
from chalicelib.services.create_customer import create_customer
from chalicelib.services.erase_customer import erase_customer
from chalicelib.storage import keys
from manage.erasures import HELD, _parser, erased_in, main
from tests.builders import LIVE
from tests.deeds import BILLING, OFFICE
from tests.exported import write_export
from tests.unit.manage.restoring import EXPORTED, NEW, OLD, UNTIL, Aws, on, restore, stored
from tests.world import somebody

RUNBOOK = Path(__file__).parents[3] / "docs" / "runbooks" / "restore.md"


@pytest.fixture
def erased(empty: Aws, invoice: Invoice) -> str:
    """Return who paid nothing and was erased after the export, and is there again since."""
    old = on(OLD)
    void_invoice(old, LIVE, OFFICE, invoice.id)
    erase_customer(old, LIVE, OFFICE, invoice.customer_id, ErasureReason.OBJECTION)
    assert restore(empty, "--lost-until", UNTIL) == 0
    return invoice.customer_id


def repeat(aws: Aws, capsys: pytest.CaptureFixture[str], table: str = OLD) -> tuple[int, Any]:
    capsys.readouterr()
    status = main(["--stack", "dunlin-prod", "repeat", "--table", table], connect=aws)
    printed = capsys.readouterr()
    return status, json.loads(printed.out) if printed.out else printed.err


def customer(table: str, customer_id: str) -> Customer:
    file = on(table).ledger.file(LIVE, customer_id)
    assert file is not None
    return file.customer


def damage(table: str, customer_id: str, name: str, value: str) -> None:
    boto3.client("dynamodb").update_item(
        TableName=table,
        Key=keys.child(LIVE, ids.CUSTOMER, customer_id).attributes,
        UpdateExpression="SET #name = :value",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":value": {"S": value}},
    )


def answer(**told: Any) -> Any:
    """Return what the command prints: nobody, but for those told of."""
    return {
        "erased": 0,
        "not_here": 0,
        "refused": [],
        "unreadable": [],
        "complete": not (told.get("refused") or told.get("unreadable")),
        **told,
    }


def refusal(customer_id: str, code: str = "customer_has_open_invoices") -> Any:
    return {"tenant": LIVE.key, "customer": customer_id, "code": code, "held": True}


def test_who_owes_something_again_is_refused_until_that_is_settled(
    empty: Aws, invoice: Invoice, erased: str, capsys: pytest.CaptureFixture[str]
):
    assert customer(NEW, erased).name == somebody().name
    assert repeat(empty, capsys) == (1, answer(refused=[refusal(erased)]))
    assert customer(NEW, erased).name == somebody().name

    void_invoice(on(NEW), LIVE, OFFICE, invoice.id)
    assert repeat(empty, capsys) == repeat(empty, capsys) == (0, answer(erased=1))

    after = customer(NEW, erased)
    assert (after.name, after.email) == ("", None)
    assert after.erasure is not None
    assert (after.erasure.by, after.erasure.reason) == ("operator:user/erin", "objection")


def test_who_came_after_the_export_is_not_here_and_the_others_are_left_alone(
    empty: Aws, invoice: Invoice, capsys: pytest.CaptureFixture[str]
):
    old = on(OLD)
    late = create_customer(old, LIVE, BILLING, somebody("late"))
    erase_customer(old, LIVE, OFFICE, late.id, ErasureReason.NO_LONGER_NEEDED)
    assert restore(empty, "--lost-until", UNTIL) == 0

    assert repeat(empty, capsys) == (0, answer(not_here=1))
    assert customer(NEW, invoice.customer_id).name == somebody().name


def test_who_is_refused_is_held_without_an_end(
    empty: Aws, invoice: Invoice, erased: str, capsys: pytest.CaptureFixture[str]
):
    repeat(empty, capsys)
    [held] = on(NEW).ledger.cases(LIVE, [invoice.case_id]).values()
    repeat(empty, capsys)
    [again] = on(NEW).ledger.cases(LIVE, [invoice.case_id]).values()

    assert [(pause.kind, pause.reason, pause.until) for pause in held.pauses] == [
        ("hold", HELD, None)
    ]
    assert held.due_at is None
    assert held.change.by == "operator:user/erin"
    assert again == held


def test_one_who_can_not_be_made_out_keeps_nobody_else_waiting(
    empty: Aws, invoice: Invoice, capsys: pytest.CaptureFixture[str]
):
    old = on(OLD)
    others = [create_customer(old, LIVE, BILLING, somebody(name)).id for name in "abcd"]
    write_export(empty.s3, stored(OLD).values(), at=EXPORTED)
    for each in others:
        erase_customer(old, LIVE, OFFICE, each, ErasureReason.OBJECTION)
    first = next(erased_in(OLD, empty("dynamodb"))).customer_id
    damage(OLD, first, "erasure", "garbage")
    assert restore(empty, "--lost-until", UNTIL) == 0

    left = {"tenant": LIVE.key, "customer": first, "fault": "ValidationError", "held": True}
    told = (1, answer(erased=3, unreadable=[left]))
    assert repeat(empty, capsys) == repeat(empty, capsys) == told
    assert {each for each in others if customer(NEW, each).erasure is None} == {first}

    erase_customer(on(NEW), LIVE, OFFICE, first, ErasureReason.OBJECTION)
    assert repeat(empty, capsys) == (0, answer(erased=4))


def test_neither_the_stage_s_own_table_nor_none_is_taken_for_the_old_one(
    empty: Aws, capsys: pytest.CaptureFixture[str]
):
    assert repeat(empty, capsys, NEW) == (
        1, f"{NEW} is the stage's own table: name the old one.\n"
    )  # fmt: skip
    status, said = repeat(empty, capsys, "nowhere")
    assert (status, "ResourceNotFoundException" in said) == (1, True)


def test_the_command_is_as_the_runbook_has_it():
    written = f"{RUNBOOK.read_text()}\n{manage.erasures.__doc__}"
    words = re.findall(r"-m manage\.erasures (--stack .+)$", written, re.MULTILINE)
    assert len(words) == 2
    assert {_parser().parse_args(shlex.split(each)).command for each in words} == {"repeat"}
