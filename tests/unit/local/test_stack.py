"""A stack begins only where nobody else is, and leaves alone what others may be using."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.layout import Layout
from local.processes import NotReady
from local.stack import Stack

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout.on_free_ports(tmp_path / "home")


@pytest.fixture
def stack(layout: Layout) -> Iterator[Stack]:
    stack = Stack(layout)
    yield stack
    stack.stop()


@pytest.mark.parametrize(
    "which", ["aws_port", "stripe_port", "mail_port", "api_port", "intake_port"]
)
def test_a_taken_port_is_named_with_who_has_it_and_nothing_is_touched(
    layout: Layout, stack: Stack, which: str
):
    used = layout.home / "tmp" / "a worker's folder"
    used.mkdir(parents=True)
    port: int = getattr(layout, which)
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(NotReady, match=rf"[Pp]ort {port}\b.* process {os.getpid()}\b"):
            stack.start()

    assert used.exists()
    assert not (layout.home / "log").exists()


def test_ports_that_were_refused_bind_nobody_to_them(layout: Layout, stack: Stack):
    with socket.socket() as other:
        other.bind(("127.0.0.1", layout.aws_port))
        other.listen()
        with pytest.raises(NotReady):
            stack.start()

    assert not (layout.home / "port").exists()


def test_other_ports_than_those_that_are_kept_are_refused(layout: Layout, stack: Stack):
    layout.home.mkdir()
    (layout.home / "port").write_text("1")

    with pytest.raises(NotReady, match="DUNLIN_PORT=1"):
        stack.start()


def test_a_second_run_is_refused_and_the_first_goes_on(layout: Layout, stack: Stack):
    second = Stack(layout)
    stack.claim()

    with pytest.raises(NotReady, match=rf"process {os.getpid()}\b"):
        second.claim()
    stack.stop()
    second.claim()
    second.stop()
