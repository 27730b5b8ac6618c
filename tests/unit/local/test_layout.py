"""The ports of a stack are five in a row, from one that can be such a port."""

from __future__ import annotations

import pytest

from local.layout import Layout


def test_five_ports_in_a_row(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DUNLIN_PORT", "65531")
    assert Layout.from_environment().ports == tuple(range(65531, 65536))


@pytest.mark.parametrize("asked", ["", "abc", "0", "-1", "65532", "4566.0", "٤٥٦٦"])
def test_what_is_no_such_port_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, asked: str):
    monkeypatch.setenv("DUNLIN_PORT", asked)
    with pytest.raises(SystemExit, match="say a number from 1 to 65531"):
        Layout.from_environment()
