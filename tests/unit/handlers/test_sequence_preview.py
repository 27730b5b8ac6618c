"""The preview over HTTP: it tells every decision, stores nothing, and says what is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.api import Api


def test_a_preview_tells_every_dated_decision(api: Api):
    paid = [{"at": "2026-03-18T10:00:00Z", "type": "payment", "invoice": "R-1"}]
    asked = a_preview_body(happenings=paid)
    before = len(api.world.ledger.changes)
    preview = api.done("POST", "/v1/sequences/preview", asked)

    assert preview["object"] == "preview"
    told = [(each["at"], each["step"], each["outcome"]) for each in preview["entries"]]
    assert ("2026-03-16T08:00:00Z", "notice_due", "send") in told
    assert told[-1] == ("2026-03-18T10:00:00Z", None, "close")
    assert preview["entries"][-1]["reason"] == "paid"
    assert len(api.world.ledger.changes) == before
    given = {"name": "Twice", "steps": [{"key": "a", "offset_days": 1, "do": "sms"}] * 2}
    refused = api.post("/v1/sequences/preview", {**asked, "sequence": given})
    assert refused.pointers == ["/sequence/steps/1/key"]
    unknown = api.post("/v1/sequences/preview", {**asked, "sequence": "seq_none"})
    assert (unknown.status, unknown.pointers) == (422, ["/sequence"])
    backwards = api.post("/v1/sequences/preview", {**asked, "until": "2026-03-01T00:00:00Z"})
    assert backwards.pointers == ["/until"]
    stray = [{"at": "2026-03-18T10:00:00Z", "type": "void", "invoice": "R-2"}]
    assert api.post("/v1/sequences/preview", {**asked, "happenings": stray}).pointers == [
        "/happenings/0/invoice"
    ]


def test_the_references_recipe_for_old_receivables_begins_with_the_first_reminder(api: Api):
    text = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
    [recipe] = re.findall(r'```json\n(\{"name": "Old receivables".*?)```', text, re.DOTALL)
    asked = a_preview_body(
        issued="2026-01-02",
        due="2026-01-16",
        sequence=json.loads(recipe),
        **{"from": "2026-03-02T10:00:00Z"},
    )
    entries = api.done("POST", "/v1/sequences/preview", asked)["entries"]

    assert [(each["at"][:10], each["step"]) for each in entries if each["outcome"] == "send"] == [
        ("2026-03-02", "reminder_first"),
        ("2026-03-09", "reminder_second"),
        ("2026-03-23", "notice_final"),
    ]


def a_preview_body(
    *, issued: str = "2026-03-02", due: str = "2026-03-16", **fields: Any
) -> dict[str, Any]:
    """Return what asks for a preview of one German invoice, until May."""
    invoice = {
        "number": "R-1",
        "amount": 119000,
        "currency": "eur",
        "issue_date": issued,
        "due_date": due,
    }
    return {
        "sequence": "seq_default",
        "customer": {"country": "DE"},
        "invoices": [invoice],
        "from": "2026-03-02T00:00:00Z",
        "until": "2026-05-01T00:00:00Z",
        **fields,
    }
