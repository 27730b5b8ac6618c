"""docs/templates.md says what the code takes, and its example is taken."""

from __future__ import annotations

import json
import re

from chalicelib.handlers.bodies.templates import EXAMPLE
from tests import templates
from tests.unit.rendering.own_texts import refused

PAGE = templates.PAGE.read_text(encoding="utf-8")


def test_the_page_is_what_the_code_says():
    assert templates.written(PAGE) == PAGE, "write it anew: python -m tests.templates"
    for name in ("variables", "filters", "limits"):
        assert f"<!-- {name} -->" in PAGE


def test_the_examples_are_taken():
    found = re.search(r"<<'END'\n(.*?)\nEND", PAGE, re.DOTALL)
    assert found
    for example in (json.loads(found[1]), EXAMPLE):
        assert refused(str(example["text"]), subject=str(example["subject"])) == []
