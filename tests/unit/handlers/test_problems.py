"""Every coded error has a status, and every refusal is a problem document."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import chalicelib
from chalicelib.domain.errors import DunlinError, FieldError, InvalidError
from chalicelib.handlers.problems import RETRY_AFTER, STATUS, problem
from chalicelib.handlers.validation import pointer


def test_every_coded_error_has_its_status():
    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        importlib.import_module(module.name)

    assert set(subclasses(DunlinError)) == STATUS.keys()


def test_codes_are_told_apart():
    codes = [error.code for error in STATUS]
    assert len(codes) == len(set(codes))


def test_only_what_has_a_status_can_be_tried_again():
    assert RETRY_AFTER.keys() <= STATUS.keys()


def test_a_problem_names_the_fields():
    error = InvalidError("One field is wrong.", fields=(FieldError("/amount", "is required"),))

    assert problem(error, "/v1/invoices") == {
        "type": "urn:dunlin:problem:invalid_request",
        "title": "The request is wrong in the named fields.",
        "status": 422,
        "detail": "One field is wrong.",
        "code": "invalid_request",
        "instance": "/v1/invoices",
        "errors": [{"pointer": "/amount", "detail": "is required"}],
    }


def test_pointers_are_escaped():
    assert pointer(("metadata", "a/b~c", 3)) == "/metadata/a~1b~0c/3"
    assert pointer(("customer", "<object>", "name")) == "/customer/name"


def subclasses(of: type[DunlinError]) -> Iterator[type[DunlinError]]:
    for each in of.__subclasses__():
        yield each
        yield from subclasses(each)
