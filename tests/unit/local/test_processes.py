"""Children are known again whatever killed the run, and nobody else is taken for one of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.identity import began
from local.ports import free_port, is_free, listener
from local.processes import NotReady, Processes

pytestmark = pytest.mark.enable_socket

SERVER = """
import http.server, sys
class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Healthy).serve_forever()
"""
IDLE = "import time; time.sleep(60)"


class Family:
    """Processes of one folder, whose run can be killed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ids = home / "processes.json"
        self.all: list[subprocess.Popen[bytes]] = []

    def start(self, processes: Processes, name: str, code: str, *words: str) -> int:
        command = [sys.executable, "-c", code, *words]
        log = self.home / "log"
        processes.start(name, command, env=dict(os.environ), log=log, cwd=self.home)
        child = processes._running[name]
        self.all.append(child)
        return child.pid

    def run(self, *words: str) -> subprocess.Popen[bytes]:
        child = subprocess.Popen([sys.executable, *words])
        self.all.append(child)
        return child


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    family = Family(tmp_path)
    yield family
    for child in family.all:
        child.kill()
        child.wait()


def ready(processes: Processes, port: int, home: Path) -> None:
    processes.wait_until_ready("server", f"http://127.0.0.1:{port}/", log=home / "log")


def test_what_a_killed_run_left_is_ended_by_the_next_one(family: Family):
    pid = family.start(Processes(family.ids), "idle", IDLE)
    Processes(family.ids).end_leftovers()

    assert family.all[0].poll() == -signal.SIGTERM, pid
    assert not family.ids.exists()


def test_a_child_is_known_before_its_command_line_can_be_read(family: Family):
    pid = family.start(Processes(family.ids), "idle", IDLE)

    assert json.loads(family.ids.read_text()) == {"idle": [pid, began(pid)]}
    assert began(pid)


def test_an_id_that_went_to_somebody_else_is_left_alone(family: Family):
    other = family.run("-c", IDLE)
    family.ids.write_text(json.dumps({"idle": [other.pid, "another boot 1"]}))
    Processes(family.ids).end_leftovers()

    assert other.poll() is None


@pytest.mark.parametrize("unknown", ["", None])
def test_a_process_of_unknown_beginning_is_left_alone(family: Family, unknown: str | None):
    other = family.run("-c", IDLE)
    family.ids.write_text(json.dumps({"idle": [other.pid, unknown]}))
    Processes(family.ids).end_leftovers()

    assert other.poll() is None


def test_an_ended_process_has_no_beginning_although_nobody_asked_how_it_ended(family: Family):
    child = family.run("-c", "")
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

    assert began(child.pid) is None


def test_a_stop_before_anything_started_forgets_no_leftovers(family: Family):
    family.start(Processes(family.ids), "idle", IDLE)
    Processes(family.ids).stop()

    assert family.ids.exists()


def test_a_server_is_ready_once_it_answers(family: Family):
    port, processes = free_port(), Processes(family.ids)
    pid = family.start(processes, "server", SERVER, str(port))
    ready(processes, port, family.home)

    assert listener(port) == pid
    assert not is_free(port)
    processes.stop()
    assert is_free(port)
    assert listener(port) is None


def test_somebody_elses_answer_makes_nothing_ready(family: Family):
    port = free_port()
    earlier = Processes(family.home / "other.json")
    other = family.start(earlier, "server", SERVER, str(port))
    ready(earlier, port, family.home)

    processes = Processes(family.ids)
    family.start(processes, "server", IDLE)
    with pytest.raises(NotReady, match=rf"port {port}.* process {other}\b"):
        ready(processes, port, family.home)


def test_an_answer_after_the_child_has_died_makes_nothing_ready(family: Family):
    port = free_port()
    earlier = Processes(family.home / "other.json")
    family.start(earlier, "server", SERVER, str(port))
    ready(earlier, port, family.home)

    processes = Processes(family.ids)
    family.start(processes, "server", "")
    family.all[-1].wait()
    with pytest.raises(NotReady, match="server ended at once"):
        ready(processes, port, family.home)
