"""What the schedule says happens to a call is what happens to it, on both sides of the proxy."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.ports import free_port
from tests.chaos.stage import get_json, post_json
from tests.chaos.weather import fault_at
from tests.simulation.faults import AFTER, Fault
from tests.waiting import answers, until
from tests.web import Request, serving

pytestmark = pytest.mark.enable_socket

FILE = {
    "Items": [
        {"pk": {"S": "cr_1#cus_1"}, "sk": {"S": "FILE#CUSTOMER"}, "name": {"S": "One"}},
        {"pk": {"S": "cr_1#cus_1"}, "sk": {"S": "FILE#CASE#1"}, "due_at": {"N": "1"}},
    ]
}
QUICK_SEED, QUEUE_SEED = 144, 26
"""Seeds whose first calls of these names meet every kind that needs no waiting for."""
QUICK = {None, Fault.THROTTLED, Fault.FAILS_BEFORE, Fault.FAILS_AFTER}
PUT, QUERY, SEND = "dynamodb.PutItem", "dynamodb.Query", "sqs.SendMessageBatch"
TARGETS = {
    PUT: "DynamoDB_20120810.PutItem",
    QUERY: "DynamoDB_20120810.Query",
    SEND: "AmazonSQS.SendMessageBatch",
}


@dataclass
class Site:
    """A proxy with one gate, and what arrived behind it."""

    gate: int
    control: str
    arrived: list[bytes] = field(default_factory=list)

    def weather(self, seed: int | None) -> None:
        post_json(f"{self.control}/weather", {"seed": seed, "leaks": False, "workers_of": None})
        self.arrived.clear()

    def read(self, partition: str) -> dict[str, Any]:
        """Return what the table shows of a partition."""
        asked = json.dumps({"ExpressionAttributeValues": {":0": {"S": partition}}}).encode()
        url, headers = f"http://127.0.0.1:{self.gate}/", {"X-Amz-Target": TARGETS[QUERY]}
        request = urllib.request.Request(url, asked, headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return dict(json.load(answer))

    def call(self, name: str, body: bytes) -> int | None:
        """Return the status, None where the connection broke."""
        connection = http.client.HTTPConnection("127.0.0.1", self.gate, timeout=10)
        try:
            connection.request("POST", "/", body, {"X-Amz-Target": TARGETS[name]})
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()


@pytest.fixture
def site() -> Iterator[Site]:
    """Return a proxy before a server that takes everything."""
    found = Site(free_port(), f"http://127.0.0.1:{free_port()}")

    def answer(request: Request) -> tuple[int, bytes]:
        found.arrived.append(request.body)
        return 200, json.dumps(FILE).encode() if b"#cus_" in request.body else b"{}"

    with serving(answer) as upstream:
        control = found.control.rpartition(":")[2]
        words = ["--control", control, "--gate", f"aws={found.gate}={upstream}"]
        with subprocess.Popen([sys.executable, "-m", "tests.chaos.proxy", *words]) as proxy:
            try:
                until(lambda: answers(f"{found.control}/story"), "the proxy")
                yield found
            finally:
                proxy.terminate()


def test_a_call_meets_the_fault_of_its_place(site: Site):
    planned = [fault_at(QUICK_SEED, PUT, place, kills=True) for place in range(1, 150)]
    assert set(planned) == QUICK
    site.weather(QUICK_SEED)

    statuses = [site.call(PUT, str(place).encode()) for place in range(len(planned))]

    for place, (fault, status) in enumerate(zip(planned, statuses, strict=True)):
        reached = str(place).encode() in site.arrived
        assert reached == (fault is None or fault in AFTER), (place, fault)
        assert (status == 200) == (fault is None), (place, fault)
        assert (status == 400) == (fault is Fault.THROTTLED), (place, fault)
    told = get_json(f"{site.control}/story")
    assert told["calls"] == len(planned)
    assert sum(told["faults"].values()) == sum(1 for fault in planned if fault)


def test_in_calm_weather_everything_passes_once(site: Site):
    site.weather(None)
    assert [site.call(PUT, str(place).encode()) for place in range(50)] == [200] * 50
    assert site.arrived == [str(place).encode() for place in range(50)]


def test_queues_take_messages_twice_late_and_never_as_well(site: Site):
    site.weather(QUEUE_SEED)
    body = json.dumps({"QueueUrl": "q", "Entries": [{"Id": "0", "MessageBody": "m"}]}).encode()
    taken = [site.call(SEND, body) == 200 for _ in range(60)]
    faults = get_json(f"{site.control}/story")["faults"]
    twice, lost = faults["a message comes twice"], faults["a message is lost"]
    assert faults["a message is late"]
    after = faults.get(f"{SEND} {Fault.FAILS_AFTER}", 0)

    until(lambda: len(site.arrived) == sum(taken) + after + twice - lost, "all that is late")


def test_one_customers_record_can_be_unreadable_for_as_long_as_is_wanted(site: Site):
    site.weather(None)
    customer, case = FILE["Items"]
    poisoned = {"Items": [{**customer, "kind": {"S": "unknown"}}, case]}
    post_json(f"{site.control}/poison", {"partition": "cr_1#cus_1"})
    site.weather(7)  # it outlasts any weather
    site.weather(None)
    assert [site.read("cr_1#cus_1") for _ in range(3)] == [poisoned] * 3
    assert site.read("cr_1#cus_2") == FILE
    post_json(f"{site.control}/poison", {"partition": None})
    assert site.read("cr_1#cus_1") == FILE
