"""What the runbook for a leaked key says to do with a changed sequence is what the API takes."""

from __future__ import annotations

import re
from pathlib import Path

from tests.api import an_api

RUNBOOK = (Path(__file__).parents[3] / "docs" / "runbooks" / "leaked-key.md").read_text()
PATH = "/v1/sequences/seq_default"


def test_a_changed_sequence_is_put_back_by_an_older_version_without_what_is_named():
    [named] = re.findall(r"without (`.*?`),? and (`\w+`)", RUNBOOK)
    left_out = re.findall(r"`(\w+)`", " ".join(named))

    with an_api() as api:
        good = api.done("GET", f"{PATH}?version=1")
        settings = {name: value for name, value in good.items() if name not in left_out}
        api.done("PUT", PATH, {**settings, "name": "Changed by a thief"})
        back = api.done("PUT", PATH, settings)

        assert back == {**good, "version": 3}
        for name in left_out:
            refused = api.call("PUT", PATH, {**settings, name: good[name]})
            assert (refused.status, refused.pointers) == (422, [f"/{name}"])
