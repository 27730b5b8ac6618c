"""The connection goes to the address that was checked, and the certificate must be the name's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from chalicelib.domain.webhook_endpoint import FailureReason
from chalicelib.gateways.webhooks import HttpWebhooks
from chalicelib.ports.webhooks import Answered
from tests.integration.outbound.receivers import (
    MESSAGE,
    NAME,
    PORT,
    SECRETS,
    a_certificate,
    answering,
    over_tls,
    own_loopback,
    receiver,
)

OK = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0")
URL = f"https://{NAME}:{PORT}/hook"
HERE = own_loopback()


class Rebinding:
    """A name server that gives another answer each time; the last one goes on."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)

    def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def gateway(resolve: Rebinding, authorities: Path | None = None) -> HttpWebhooks:
    """Return a gateway to which the receiver's address, and no other, counts as public."""
    file = str(authorities) if authorities else None
    return HttpWebhooks(resolve=resolve, may_call=lambda ip: ip == HERE, authorities=file)


def test_the_certificate_is_the_names_and_the_address_the_one_that_was_checked(tmp_path: Path):
    certificate, asked_for = a_certificate(tmp_path, NAME), []
    names = Rebinding([HERE], ["169.254.169.254"])
    with receiver(over_tls(OK, certificate, asked_for), HERE, PORT) as (_, came):
        found = gateway(names, certificate).deliver(URL, MESSAGE, SECRETS)

    assert found == Answered(200)
    assert (names.asked, asked_for, len(came)) == ([NAME], [NAME], 1)


def test_a_name_that_leads_inside_since_it_was_registered_is_not_called(tmp_path: Path):
    certificate = a_certificate(tmp_path, NAME)
    with receiver(over_tls(OK, certificate, []), HERE, PORT) as (_, came):
        ours = gateway(Rebinding([HERE], ["10.0.0.1"]), certificate)
        assert ours.refusal(URL) is None
        found = ours.deliver(URL, MESSAGE, SECRETS)

    assert found == Answered(failure=FailureReason.FORBIDDEN)
    assert came == []


@pytest.mark.parametrize("answers", [[HERE, "10.0.0.1"], ["fd00:ec2::254", HERE]])
def test_one_bad_answer_of_several_is_enough(answers: list[str]):
    with receiver(OK, HERE, PORT) as (_, came):
        found = gateway(Rebinding(answers)).deliver(URL, MESSAGE, SECRETS)

    assert found == Answered(failure=FailureReason.FORBIDDEN)
    assert came == []


def test_a_certificate_of_another_name_is_refused(tmp_path: Path):
    other = a_certificate(tmp_path, "other.example.com")
    with receiver(over_tls(OK, other, []), HERE, PORT):
        found = gateway(Rebinding([HERE]), other).deliver(URL, MESSAGE, SECRETS)

    assert found == Answered(failure=FailureReason.TLS)


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path):
    with receiver(over_tls(OK, a_certificate(tmp_path, NAME), []), HERE, PORT):
        found = gateway(Rebinding([HERE])).deliver(URL, MESSAGE, SECRETS)

    assert found == Answered(failure=FailureReason.TLS)


@pytest.mark.parametrize(
    ("seconds", "expected", "calls"),
    [(6.0, Answered(200), 1), (10.0, Answered(failure=FailureReason.TIMEOUT), 0)],
)
def test_a_slow_name_server_takes_its_time_from_the_attempt(
    tmp_path: Path, seconds: float, expected: Answered, calls: int
):
    certificate, elapsed = a_certificate(tmp_path, NAME), [0.0]

    def resolve(_host: str, _port: int) -> Sequence[str]:
        elapsed[0] += seconds
        return [HERE]

    slowly = HttpWebhooks(
        resolve=resolve,
        may_call=lambda ip: ip == HERE,
        authorities=str(certificate),
        elapsed=lambda: elapsed[0],
    )
    with receiver(over_tls(OK, certificate, []), HERE, PORT) as (_, came):
        found = slowly.deliver(URL, MESSAGE, SECRETS)

    assert (found, len(came)) == (expected, calls)
