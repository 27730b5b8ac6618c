"""The same seed brings the same faults to the same calls; services complain in their own words."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest
from botocore import parsers
from botocore.session import Session

from chalicelib.gateways.aws import THROTTLED
from local.layout import ROOT
from tests.chaos import dialects
from tests.chaos.guards import GUARDS, without
from tests.chaos.killing import kill_caller
from tests.chaos.plan import plan_of
from tests.chaos.weather import Weather, fault_at
from tests.simulation.faults import ALL, KILLS

CALLS = {
    "dynamodb.PutItem": ("dynamodb", "json", "PutItem"),
    "sqs.SendMessageBatch": ("sqs", "json", "SendMessageBatch"),
    "secrets.GetSecretValue": ("secretsmanager", "json", "GetSecretValue"),
    "ses.SendEmail": ("sesv2", "rest-json", "SendEmail"),
    "sns.Publish": ("sns", "query", "Publish"),
}


def faults(seed: int, *, kills: bool = True) -> list[str | None]:
    return [fault_at(seed, "dynamodb.PutItem", place, kills=kills) for place in range(3000)]


def test_the_schedule_of_faults_follows_from_the_seed_alone():
    assert faults(7) == faults(7)
    assert faults(7) != faults(8)
    assert plan_of(7) == plan_of(7)
    assert plan_of(7).orders != plan_of(8).orders


def test_every_kind_of_fault_comes_and_only_workers_are_killed():
    assert set(faults(2)) - {None} == set(ALL)
    assert not set(faults(2, kills=False)) & KILLS


def test_an_outage_outlasts_the_retries_of_a_client():
    """The table's clients try four times."""
    found = faults(1)
    runs = "".join("x" if fault else "." for fault in found)
    assert "xxxxxx" in runs


def test_in_calm_weather_nothing_goes_wrong():
    calm = Weather(None)
    assert not any(calm.draw("dynamodb.PutItem", kills=True) for _ in range(3000))
    assert calm.happens("a message is lost") is None
    assert calm.calls == 3000


def test_where_it_only_leaks_messages_get_lost_and_nothing_fails():
    leaky = Weather(1, leaks=True)
    assert not any(leaky.draw("dynamodb.PutItem", kills=True) for _ in range(3000))
    assert not any(leaky.happens("a message comes twice") for _ in range(300))
    assert 30 < sum(1 for _ in range(300) if leaky.happens("a message is lost")) < 150


@pytest.mark.parametrize("call", CALLS)
def test_a_service_that_is_busy_says_that_nothing_was_done(call: str):
    status, code = read(call, dialects.busy(call))
    assert (status < 500, code in THROTTLED) == (True, True)


@pytest.mark.parametrize("call", CALLS)
def test_a_service_that_is_broken_leaves_it_open_what_was_done(call: str):
    status, code = read(call, dialects.broken(call))
    assert status >= 500
    assert code not in THROTTLED


def read(call: str, answer) -> tuple[int, str]:
    """Return status and code as botocore reads them."""
    service, protocol, operation = CALLS[call]
    model = Session().get_service_model(service)
    raw = {"status_code": answer.status, "headers": answer.headers, "body": answer.body}
    parser = parsers.create_parser(protocol)
    parsed = parser.parse(raw, model.operation_model(operation).output_shape)
    return parsed["ResponseMetadata"]["HTTPStatusCode"], parsed["Error"]["Code"]


@pytest.mark.enable_socket
def test_only_the_child_that_called_is_killed():
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = server.getsockname()[1]
        calling = f"import socket; c = socket.create_connection(('127.0.0.1', {ours})); c.recv(1)"
        with subprocess.Popen([sys.executable, "-c", calling]) as caller:
            connection, (_, port) = server.accept()
            with connection:
                assert not kill_caller(port, ours, parent=1)
                assert caller.poll() is None
                assert kill_caller(port, ours, parent=os.getpid())
                assert caller.wait(10) == -signal.SIGKILL


@pytest.mark.parametrize("guard", sorted(GUARDS))
def test_a_throw_away_package_lacks_one_line_only(guard: str):
    module, line, instead = GUARDS[guard]
    with without(guard) as project:
        name = f"{module.replace('.', '/')}.py"
        assert (project / name).read_text() == (ROOT / name).read_text().replace(line, instead)
        assert (project / name).read_text() != (ROOT / name).read_text()
        assert (project / "vendor" / "templates" / "email").is_dir()
