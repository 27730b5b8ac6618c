"""Bad input names every wrong field, changes nothing, and leaves no stack trace in the log."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from chalicelib.domain.money import MAX_AMOUNT
from chalicelib.handlers.reading import BATCH_LIMIT, BODY_LIMIT
from tests.api import Api, a_customer_body, an_invoice_body

ARABIC_INDIC = "".join(chr(0x660 + int(each)) if each.isdigit() else each for each in "2026-02-02")

CUSTOMER = [
    ("name", ["", "   ", 7, None, "a\nb", "a\r\nBcc: x@y.example", "a\x00b", "a\u2028b"]),
    ("email", ["nobody", "a@b", "a@b@c.example", "a b@c.example", "A <a@c.example>",
               "a@c.example\nBcc: x@y.example", "@c.example", 7, "a@-c.example", "a@" + "c" * 300,
               "a" * 65 + "@c.example"]),
    ("phone", ["12345", "abc", "+", "+49", "+999123456789", "0151 12345678", 4915112345678,
               "+49151ABCDEFG", "+4915l12345678", "++4915112345678", "+4915112345678\n",
               "+49151123456789012", "+49151\uff112345678", "+12025550123;ext=5", "+12025550"]),
    ("country", ["XX", "de", "DEU", "Germany", "", 49, "EU"]),
    ("locale", ["xx-YY", "german", "", 1, "de-DE-DE-DE-DE-DE", "../etc"]),
    ("timezone", ["Mars/Base", "", "CEST+1", 2, "europe/berlin", "../../etc/passwd", "Factory"]),
    ("external_id", ["", "a\tb", "x" * 101, 4711]),
    ("test_clock", ["clock", 1, "cus_" + "0" * 16]),
    ("metadata", ["a", [], {"a": 1}, {"": "x"}, {"a": "x" * 501}, {"k" * 41: "x"}]),
]  # fmt: skip
INVOICE = [
    ("number", ["", " ", 42, None, "R\n1", "R\x1b[31m", "x" * 65, True]),
    ("amount", [0, -1, 5.0, 5.5, "5", True, None, MAX_AMOUNT + 1, 10**30, [5], 1e3]),
    ("currency", ["", "xyz", "euro", "xau", "xts", 978, None, "e€r"]),
    ("issue_date", ["2026-02-30", "02.01.2026", "2026-1-2", 20260102, "", "2026-01-02T00:00:00Z",
                    "0000-00-00", "9999-12-31", "1969-12-31", None]),
    ("due_date", ["2026-02-29", "2026-13-01", "today", 1, "2026-01-01", ARABIC_INDIC]),
    ("customer", ["cus_1", "", 7, None, [], "case_" + "0" * 32]),
    ("lines", ["a", {}, [{}] * 101]),
    ("lines/0/amount", ["1", 1.0, True]),
    ("lines/0/quantity", [0, -1, 1.5, "2"]),
    ("lines/0/description", ["", "a\nb", 1]),
    ("lines/0/price", [1]),
    ("pdf_url", ["x", "javascript:alert(1)", "ftp://a.example/x", "https://", "https://a b", 1]),
    ("sequence", ["default", 1, "seq_<script>"]),
    ("customer/name", ["a\r\nb", 1]),
    ("customer/nickname", ["x"]),
    ("total", [1]),
]  # fmt: skip


def cases(table: list[tuple[str, list[Any]]]) -> list[Any]:
    return [
        pytest.param(field, value, id=f"{field}={str(value)[:24]!a}")
        for field, values in table
        for value in values
    ]


@pytest.mark.parametrize(("field", "value"), cases(CUSTOMER))
def test_a_wrong_field_of_a_customer_is_named(api: Api, field: str, value: Any):
    reply = api.post("/v1/customers", a_customer_body(**{field: value}))

    assert_refused(api, reply, field)


@pytest.mark.parametrize(("field", "value"), cases(INVOICE))
def test_a_wrong_field_of_an_invoice_is_named(api: Api, field: str, value: Any):
    document = an_invoice_body(lines=[{"description": "x", "amount": 1}])
    *path, last = field.split("/")
    place: Any = document
    for each in path:
        place = place[int(each) if each.isdigit() else each]
    place[last] = value

    assert_refused(api, api.post("/v1/invoices", document), field)


def assert_refused(api: Api, reply: Any, field: str) -> None:
    assert reply.status == 422
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["code"] == "invalid_request"
    assert len(reply.pointers) == 1
    assert reply.pointers[0].startswith(f"/{field}")
    assert "Input" not in reply.json["errors"][0]["detail"]
    assert api.world.ledger.changes == []


def test_every_wrong_field_is_named_at_once(api: Api):
    reply = api.post(
        "/v1/invoices",
        {
            "number": "",
            "customer": {"name": "a\nb", "country": "XX", "email": "x", "colour": "red"},
            "currency": "xyz",
            "amount": 1.5,
            "issue_date": "2026-02-30",
            "lines": [{"description": "x", "amount": "1"}],
            "surprise": 1,
        },
    )

    assert reply.status == 422
    assert set(reply.pointers) == {
        "/number",
        "/customer/name",
        "/customer/country",
        "/customer/email",
        "/customer/colour",
        "/currency",
        "/amount",
        "/issue_date",
        "/due_date",
        "/lines/0/amount",
        "/surprise",
    }
    assert api.world.ledger.changes == []


@pytest.mark.parametrize(
    ("raw", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed_body"),
        (b'{"number": "a", "number": "b"}', "application/json", 400, "malformed_body"),
        (b'{"amount": NaN}', "application/json", 400, "malformed_body"),
        (b"[" * 50_000, "application/json", 400, "malformed_body"),
        (b'{"number": "\xff"}', "application/json", 400, "malformed_body"),
        (b'{"number": "\\ud800"}', "application/json", 400, "malformed_body"),
        (b"", "application/json", 400, "malformed_body"),
        (b"[]", "application/json", 422, "invalid_request"),
        (b"null", "application/json", 422, "invalid_request"),
        (b"{}", "text/plain", 415, "unsupported_media_type"),
        (b"a=b", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b" " * (BODY_LIMIT + 1), "application/json", 413, "body_too_large"),
    ],
)
def test_a_body_that_is_no_sound_json_object_is_refused(
    api: Api, raw: bytes, content_type: str, status: int, code: str
):
    reply = api.post("/v1/invoices", raw=raw, headers={"Content-Type": content_type})

    assert (reply.status, reply.json["code"]) == (status, code)
    assert reply.headers["content-type"] == "application/problem+json"
    assert api.world.ledger.changes == []


def test_a_batch_may_be_larger(api: Api):
    padding = b" " * (BODY_LIMIT + 1)
    body = json.dumps({"invoices": [an_invoice_body()]}).encode()
    assert api.post("/v1/invoices/batch", raw=body + padding).status == 200
    assert api.post("/v1/invoices/batch", raw=body + b" " * BATCH_LIMIT).status == 413


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=1.0", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=%D9%A1", "limit"),
        ("limit=1&limit=2", "limit"),
        ("starting_after=x", "starting_after"),
        (f"starting_after=in_{'0' * 32}&ending_before=in_{'1' * 32}", "ending_before"),
        ("status=late", "status"),
        ("customer=me", "customer"),
        ("colour=red", "colour"),
    ],
)
def test_a_wrong_parameter_is_named(api: Api, query: str, field: str):
    reply = api.get(f"/v1/invoices?{query}")

    assert (reply.status, reply.pointers) == (422, [f"/{field}"])


def test_a_cursor_of_another_kind_is_no_error_of_ours(api: Api):
    for cursor in ("in_0", "cus_" + "0" * 16, "in_" + "0" * 32, "x_" + "z" * 64):
        for path in ("customers", "invoices", "cases", "communications", "events", "tasks",
                     "sequences"):  # fmt: skip
            assert api.get(f"/v1/{path}?starting_after={cursor}").status in {200, 422}


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script> & Söhne",
        "مخبز الشمس",
        "מאפיית השמש",
        "Bäckerei \N{CROISSANT}\N{WHITE HEAVY CHECK MARK}",
        "\N{MAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}",
    ],
)
def test_names_of_the_world_come_back_as_they_were(api: Api, name: str):
    customer = api.done("POST", "/v1/customers", a_customer_body(name=f" {name} "))

    assert customer["name"] == name
    assert api.done("GET", f"/v1/customers/{customer['id']}")["name"] == name


def test_refusals_leave_neither_stack_traces_nor_data_in_the_log(api: Api, written: io.StringIO):
    api.post("/v1/customers", a_customer_body(name="Erika\nMustermann", email="erika@example"))
    api.post("/v1/customers", raw=b"{")
    api.get("/v1/customers/cus_0")
    api.get("/v1/customers", key="dk_test_wrong")

    logged = written.getvalue()
    assert "request refused" in logged
    assert "Traceback" not in logged
    assert "stack_trace" not in logged
    assert "Erika" not in logged
    assert "erika" not in logged
