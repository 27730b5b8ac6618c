"""A run: what `.local/stack.json` promises other programs, and how a run ends."""

import contextlib
import errno
import io
import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.creditor import Credentials
from local.deploy import Deployment
from local.layout import Layout
from local.run import Interrupted, heed_signals, main, write_contract
from local.stack import Stack

KEYS = {
    "api_url", "portal_url", "console_url", "api_key", "sandbox_api_key", "creditor_id",
    "aws_endpoint_url", "region", "stripe_api_base", "stripe_webhook_secret", "table_name",
    "queues", "functions", "mail_url",
}  # fmt: skip


class NoTerminal(io.StringIO):
    def write(self, _text: str) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.fixture
def restored() -> Iterator[None]:
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(one) for one in signals]
    yield
    for one, handler in zip(signals, before, strict=True):
        signal.signal(one, handler)


def test_every_key_is_there_and_no_address_leads_nowhere(tmp_path: Path):
    layout = Layout(tmp_path, 1, 2, 3, 4, 5)
    credentials = Credentials("cr_1", "dk_live_1", "dk_test_1", "seq_1")
    outputs = {"TableName": "t", "QueueEmail": "http://127.0.0.1:1/q", "FunctionSweep": "f"}
    write_contract(Stack(layout), credentials, Deployment(outputs, {}))
    contract = json.loads(layout.contract.read_text())

    assert contract.keys() >= KEYS
    assert contract["console_url"] is None
    assert contract["portal_url"] == contract["api_url"] == "http://127.0.0.1:4"
    assert (contract["queues"], contract["functions"]) == (
        {"email": "http://127.0.0.1:1/q"},
        {"sweep": "f"},
    )


@pytest.mark.parametrize("one", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whoever_ends_the_run_or_its_terminal_ends_the_services(
    one: signal.Signals, restored: None
):
    signal.signal(one, signal.SIG_DFL)  # nohup, for one, starts us deaf to SIGHUP
    heed_signals()

    with pytest.raises(Interrupted):
        os.kill(os.getpid(), one)


def test_a_run_that_shall_outlive_its_terminal_does(restored: None):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    heed_signals()

    os.kill(os.getpid(), signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN


@pytest.mark.enable_socket
def test_a_run_beside_another_takes_nothing_from_it(
    tmp_path: Path, restored: None, capsys: pytest.CaptureFixture[str]
):
    layout = Layout.on_free_ports(tmp_path)
    layout.contract.write_text("{}")
    first = Stack(layout)
    first.claim()

    assert main(layout) == 1
    assert f"process {os.getpid()}" in capsys.readouterr().err
    assert layout.contract.exists()
    first.stop()


@pytest.mark.enable_socket
def test_the_services_end_although_the_terminal_is_gone(tmp_path: Path, restored: None):
    layout = Layout.on_free_ports(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", layout.api_port))
        other.listen()
        with (
            contextlib.redirect_stderr(NoTerminal()),
            pytest.raises(OSError, match="Input/output error") as seen,
        ):
            main(layout)

    again = Stack(layout)
    again.claim()  # it can, so the other was stopped to its end
    again.stop()
    assert seen
