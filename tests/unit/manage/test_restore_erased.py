"""Who was erased since the export is erased again or held before a restored stage may send."""

from __future__ import annotations

import json
from typing import Any

import pytest

import manage.restore
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.privacy import ErasureReason
from chalicelib.services.cancel_invoice import void_invoice
from chalicelib.services.create_customer import create_customer
from chalicelib.services.erase_customer import erase_customer
from tests.builders import LIVE
from tests.deeds import BILLING, OFFICE
from tests.exported import write_export
from tests.unit.manage.restoring import EXPORTED, NEW, OLD, RULES, UNTIL, Aws, on, restore, stored
from tests.world import somebody

ERASED_IN = ("--lost-until", UNTIL, "--erased-in", OLD)


@pytest.fixture
def gone(empty: Aws, invoice: Invoice) -> str:
    """Return who owed nothing and was erased after the export, as was the invoice's customer."""
    old = on(OLD)
    gone = create_customer(old, LIVE, BILLING, somebody("gone")).id
    write_export(empty.s3, stored(OLD).values(), at=EXPORTED)
    void_invoice(old, LIVE, OFFICE, invoice.id)
    for each in (invoice.customer_id, gone):
        erase_customer(old, LIVE, OFFICE, each, ErasureReason.OBJECTION)
    return gone


def test_nothing_is_swept_before_they_are_erased_or_held(
    empty: Aws,
    invoice: Invoice,
    gone: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    seen: list[tuple[str, str | None]] = []

    def look(*, Name: str) -> None:  # noqa: N803 - boto3's name
        ledger = on(NEW).ledger
        case, customer = ledger.case(LIVE, invoice.case_id), ledger.customer(LIVE, gone)
        assert case
        assert customer
        seen.append((customer.name, case.change.why))

    monkeypatch.setattr(empty, "enable_rule", look)

    assert restore(empty, *ERASED_IN) == 0

    assert seen == [("", "manage.restore --erased-in")] * len(RULES)
    told = json.loads(capsys.readouterr().out)
    refused = {"tenant": LIVE.key, "customer": invoice.customer_id}
    assert told["perhaps_sent"] == 1
    assert told["erased_again"] == {
        "erased": 1,
        "not_here": 0,
        "refused": [{**refused, "code": "customer_has_open_invoices", "held": True}],
        "unreadable": [],
        "complete": False,
    }


def test_the_same_command_goes_on_where_erasing_was_interrupted(
    empty: Aws, invoice: Invoice, gone: str, monkeypatch: pytest.MonkeyPatch
):
    real = manage.restore.repeat

    def dies(*words: Any) -> None:
        real(*words)
        raise KeyboardInterrupt

    monkeypatch.setattr(manage.restore, "repeat", dies)
    with pytest.raises(KeyboardInterrupt):
        restore(empty, *ERASED_IN)
    assert empty.enabled == dict.fromkeys(RULES, False)
    monkeypatch.setattr(manage.restore, "repeat", real)

    assert restore(empty, *ERASED_IN) == 0
    assert empty.enabled == dict.fromkeys(RULES, True)


@pytest.mark.parametrize(
    ("table", "says"), [(NEW, "is the stage's own table"), ("nowhere", "ResourceNotFoundException")]
)
def test_a_table_that_knows_nobody_erased_is_refused_before_anything_is_put_back(
    empty: Aws, invoice: Invoice, table: str, says: str, capsys: pytest.CaptureFixture[str]
):
    assert restore(empty, "--erased-in", table) == 1
    assert says in capsys.readouterr().err
    assert stored(NEW) == {}
    assert empty.enabled == dict.fromkeys(RULES, True)
