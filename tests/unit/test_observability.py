"""Logs say what happened to which record, and nothing about persons."""

import io
import json
import logging
import traceback
from types import SimpleNamespace

import pytest
from aws_lambda_powertools import Logger

from chalicelib import observability
from chalicelib.observability import FunctionFailedError, ImpersonalFormatter, mask, observe


@pytest.fixture
def out():
    return io.StringIO()


@pytest.fixture
def log(out, request):
    # Loggers of one service share their handlers, so each test takes a service of its own.
    return Logger(
        service=request.node.name,
        logger_formatter=ImpersonalFormatter(),
        stream=out,
        level="DEBUG",
    )


@pytest.fixture
def functions_lines(out):
    handler = logging.StreamHandler(out)
    handler.setFormatter(observability.logger().registered_formatter)
    logging.getLogger(observability.SERVICE).addHandler(handler)
    yield out
    logging.getLogger(observability.SERVICE).removeHandler(handler)


def written(out: io.StringIO) -> dict:
    return json.loads(out.getvalue().splitlines()[-1])


def test_a_line_is_json_with_ids_and_a_timestamp(log, out):
    log.info("reminder claimed", extra={"customer": "cus_0123456789ABCDEF", "count": 2})

    line = written(out)
    assert (line["message"], line["customer"], line["count"]) == (
        "reminder claimed",
        "cus_0123456789ABCDEF",
        2,
    )
    assert line["timestamp"][:2] == "20"


def test_keys_that_are_not_known_to_be_harmless_are_withheld(log, out):
    log.info("sent", extra={"customer_name": "Erika Mustermann", "reason": "PAID"})

    line = written(out)
    assert (line["customer_name"], line["reason"]) == ("[withheld]", "PAID")


def test_an_exception_is_logged_without_the_address_in_its_text(log, out):
    try:
        int("erika@example.com (+49 151 23456789)")
    except ValueError:
        log.exception("send failed")

    assert "erika" not in out.getvalue()
    assert "23456789" not in out.getvalue()
    assert written(out)["exception_name"] == "ValueError"


def test_nested_values_are_masked_too(log, out):
    log.info("odd", extra={"event": {"to": ["a@b.example"], "n": 1, "when": object}})

    assert written(out)["event"]["to"] == ["[e-mail]"]
    assert written(out)["event"]["n"] == 1


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("to erika.m+x@example.co.uk now", "to [e-mail] now"),
        ("<müller@bücher.example>", "<[e-mail]>"),
        ("called +4915123456789", "called [phone]"),
        ("called +33 6 12 34 56 78.", "called [phone]."),
        ("GET /pay/eyJ0IjoiY3IifQ.x-y_z/checkout", "GET /pay/[token]/checkout"),
        ("key dk_live_0123456789ABCDEF", "key dk_live_[key]"),
        ("not whsec_MfKQ9r8/GKYq+TwjUPD-ILP==, but", "not whsec_[key], but"),
        ("whsec_abc and sk_test_abc", "whsec_[key] and sk_test_[key]"),
    ],
)
def test_what_looks_personal_is_masked(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "in_01J0ABCDEFGHJKMN01J0ABCDEFGHJKMN",
        "due 2026-03-01T09:00:00+00:00",
        "owes 119000 eur, +2 more",
        "cr_x.test/clock_1#0",
    ],
)
def test_ids_dates_and_amounts_stay_readable(text):
    assert mask(text) == text


def test_every_line_of_an_invocation_has_its_correlation_id(capsys):
    context = SimpleNamespace(aws_request_id="req-1", function_name="dunlin-sweep")
    keys = {}

    def proceed(_event):
        keys.update(observability.logger().get_current_keys())
        observability.count("HandedOver", 3)
        return "answer"

    assert observe(SimpleNamespace(context=context), proceed) == "answer"
    assert keys["correlation_id"] == keys["function_request_id"] == "req-1"
    assert json.loads(capsys.readouterr().out)["HandedOver"] == [3.0]


def test_a_request_is_followed_by_its_gateway_id():
    context = SimpleNamespace(aws_request_id="req-1", function_name="dunlin-api")
    request = SimpleNamespace(lambda_context=context, context={"requestId": "gw-1"})

    found = observe(request, lambda _: observability.logger().get_correlation_id())

    assert found == "gw-1"


def test_metrics_leave_even_when_the_function_fails(capsys):
    def fail(_event):
        observability.count("HandedOver")
        raise RuntimeError("no")

    with pytest.raises(FunctionFailedError):
        observe(SimpleNamespace(context=None), fail)

    assert "HandedOver" in capsys.readouterr().out


def test_what_a_function_raises_is_logged_with_its_invocation_and_told_to_lambda_by_name(
    functions_lines,
):
    context = SimpleNamespace(aws_request_id="req-1", function_name="dunlin-project_changes")

    def fail(_event):
        raise ValueError("no customer erika@example.com")

    with pytest.raises(FunctionFailedError) as told:
        observe(SimpleNamespace(context=context), fail)

    line = written(functions_lines)
    assert (line["level"], line["function_request_id"]) == ("ERROR", "req-1")
    assert "no customer [e-mail]" in line["exception"]
    assert "erika" not in "".join(traceback.format_exception(told.value))
    assert str(told.value) == "ValueError"


def test_a_request_s_error_stays_what_it_is():
    request = SimpleNamespace(lambda_context=None, context={"requestId": "gw-1"})

    def fail(_event):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        observe(request, fail)
