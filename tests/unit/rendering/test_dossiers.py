"""What is handed over of a case: a file for a system, and pages for people."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.address import PostalAddress
from chalicelib.domain.charge import ChargeKind
from chalicelib.domain.dispute import DisputeOutcome, DisputeReason, DisputeStatus
from chalicelib.domain.dossier import Dossier, Happened, dossier_of
from chalicelib.domain.promise import PromiseStatus
from chalicelib.domain.whole_file import WholeFile
from chalicelib.rendering.dossiers.content import content_of
from chalicelib.rendering.dossiers.table import COLUMNS, table_of
from chalicelib.rendering.environment import templates_folder
from chalicelib.rendering.renderer import Renderer
from tests.builders import (
    a_case,
    a_charge,
    a_communication,
    a_credit_note,
    a_creditor,
    a_customer,
    a_dispute,
    a_payment,
    a_promise,
    an_invoice,
    utc,
)

ADDRESS = PostalAddress(("Weg 1",), "Hamburg", "DE", postal_code="20457")


def a_dossier(locale: str = "de-DE", name: str = "Muster GmbH", **facts: Any) -> Dossier:
    """Return a dossier in which everything has happened."""
    case = a_case(amount=100_00, charges=5_00, remaining=75_00)
    charges = tuple(replace(a_charge(), kind=kind) for kind in ChargeKind)
    file = WholeFile(
        customer=replace(a_customer(locale=locale, address=ADDRESS, **facts), name=name),
        cases=(case,),
        invoices=(an_invoice(),),
        payments=(a_payment(),),
        credit_notes=(a_credit_note(),),
        charges=charges,
        promises=tuple(
            replace(a_promise(), status=each, ended_at=utc("2026-02-01")) for each in PromiseStatus
        ),
        communications=(a_communication(case),),
        disputes=tuple(
            replace(
                a_dispute(),
                reason=reason,
                status=DisputeStatus.RESOLVED,
                outcome=outcome,
                ended_at=utc("2026-02-01"),
            )
            for reason in DisputeReason
            for outcome in DisputeOutcome
        ),
    )
    return dossier_of(file, (case,), a_creditor(), "Inkasso", "cm_1", utc("2026-03-01 09:00"))


@pytest.mark.parametrize("locale", ["de-DE", "en-GB", "fr-FR", "es-ES", "ja-JP"])
def test_everything_has_words_in_every_language(locale: str):
    dossier = a_dossier(locale)
    content = content_of(dossier, templates_folder())

    told = [row[1] for row in content["timeline"]["rows"]]
    assert len(told) == len(dossier.timeline)
    assert {line.what for line in dossier.timeline} >= set(Happened) - {
        Happened.ANSWER,
        Happened.CALL,
        Happened.PAID,
    }
    codes = {each for line in dossier.timeline for each in line.about if "_" in each}
    assert not [each for each in codes if any(each in row for row in told)]
    assert not any("{" in row or "()" in row for row in told)


def test_languages_have_words_for_the_same_things():
    words = [
        json.loads(path.read_text()) for path in (templates_folder() / "dossier/_words").iterdir()
    ]
    assert len(words) == 4
    for each in words:
        assert _names(each) == _names(words[0])


def test_what_is_owed_stands_in_the_file_to_the_cent():
    [head, row] = csv.reader(io.StringIO(table_of(a_dossier()).decode(), newline=""))

    assert tuple(head) == COLUMNS
    told = dict(zip(head, row, strict=True))
    assert (told["name"], told["street"], told["postal_code"], told["country"]) == (
        "Muster GmbH",
        "Weg 1",
        "20457",
        "DE",
    )
    assert [told[each] for each in COLUMNS[-6:]] == [
        "EUR",
        "100.00",
        "5.00",
        "30.00",
        "75.00",
        "0.00",
    ]


@pytest.mark.parametrize("name", ["=1+1", "+SUM(A1)", "@x", "-2+3"])
def test_a_name_is_no_formula(name: str):
    [_, row] = csv.reader(io.StringIO(table_of(a_dossier(name=name)).decode(), newline=""))
    assert row[COLUMNS.index("name")] == f"'{name}"


def test_a_telephone_number_stays_one():
    [_, row] = csv.reader(io.StringIO(table_of(a_dossier(phone="+4940123")).decode(), newline=""))
    assert row[COLUMNS.index("phone")] == "+4940123"


@pytest.mark.parametrize("name", ["#import", "$x$ *a* _b_ @c \\d", "x" * 200])
def test_it_is_set_as_pages_and_the_same_gives_the_same_bytes(name: str):
    files = Renderer().dossier(a_dossier(name=name))
    assert files.pdf.startswith(b"%PDF")
    assert files == Renderer().dossier(a_dossier(name=name))


def _names(words: dict[str, Any]) -> dict[str, Any]:
    return {
        name: sorted(told) if isinstance(told, dict) else type(told) for name, told in words.items()
    }
