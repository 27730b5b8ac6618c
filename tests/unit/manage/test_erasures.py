"""Whoever was erased since the export is erased again in the restored stage, or told of."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

import manage.erasures
from chalicelib.domain.customer import Customer
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.privacy import ErasureReason
from chalicelib.services.cancel_invoice import void_invoice
from chalicelib.services.create_customer import create_customer
from chalicelib.services.erase_customer import erase_customer
from manage.erasures import _parser, main
from tests.builders import LIVE
from tests.deeds import BILLING, OFFICE
from tests.unit.manage.restoring import NEW, OLD, UNTIL, Aws, on, restore
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


def test_who_owes_something_again_is_refused_until_that_is_settled(
    empty: Aws, invoice: Invoice, erased: str, capsys: pytest.CaptureFixture[str]
):
    assert customer(NEW, erased).name == somebody().name
    refused = {"tenant": LIVE.key, "customer": erased, "code": "customer_has_open_invoices"}
    assert repeat(empty, capsys) == (
        1, {"erased": 0, "not_here": 0, "refused": [refused], "complete": False}
    )  # fmt: skip
    assert customer(NEW, erased).name == somebody().name

    void_invoice(on(NEW), LIVE, OFFICE, invoice.id)
    done = {"erased": 1, "not_here": 0, "refused": [], "complete": True}
    assert repeat(empty, capsys) == repeat(empty, capsys) == (0, done)

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

    assert repeat(empty, capsys) == (
        0, {"erased": 0, "not_here": 1, "refused": [], "complete": True}
    )  # fmt: skip
    assert customer(NEW, invoice.customer_id).name == somebody().name


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
