"""The client of the API tries again what says so, and waits for what is still being worked on."""

from __future__ import annotations

from typing import Any

import pytest

from local.api import Api, Refused

BUSY = (409, {"code": "request_in_progress"})


class Answers(Api):
    """A client to which the API gives these answers, the last one for ever."""

    def __init__(self, *answers: tuple[int, dict[str, Any]]) -> None:
        super().__init__("http://127.0.0.1:1", "dk_live_x")
        self.answers, self.calls = list(answers), 0

    def _request(self, *_: Any) -> tuple[int, dict[str, Any]]:
        self.calls += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    monkeypatch.setattr("local.api.time.sleep", pauses.append)
    return pauses


def test_a_request_whose_worker_died_is_waited_for(waited: list[float]):
    """Interrupt the sample while a batch is posted, and run again at once."""
    api = Answers(*[BUSY] * 16, (201, {"id": "in_1"}))

    assert api.post("/v1/invoices/batch", {}, once="k") == {"id": "in_1"}
    assert sum(waited) > 29


def test_it_is_not_waited_for_for_ever():
    api = Answers(BUSY)

    with pytest.raises(Refused):
        api.post("/v1/invoices/batch", {}, once="k")
    assert api.calls == 31


@pytest.mark.parametrize(("status", "calls"), [(503, 5), (429, 5), (422, 1), (409, 1)])
def test_only_what_may_pass_is_tried_again(status: int, calls: int):
    api = Answers((status, {}))

    with pytest.raises(Refused):
        api.get("/v1/invoices")
    assert api.calls == calls
