"""An address is recognised by its fingerprint, by whoever has the key and nobody else."""

from __future__ import annotations

import pytest

from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.gateways.fingerprints import KeyedFingerprints
from chalicelib.ports.fingerprints import Fingerprints
from tests.builders import LIVE, TEST
from tests.fakes.fingerprints import FakeFingerprints

OTHER = Tenant("cr_" + "D" * 16, Mode.LIVE)
ADDRESS = "erika@mustermann.example"


@pytest.fixture(params=["fake", "real"])
def fingerprints(request: pytest.FixtureRequest) -> Fingerprints:
    """Return the fake and the real adapter in turn."""
    return FakeFingerprints() if request.param == "fake" else KeyedFingerprints(lambda: "secret")


def test_the_same_address_of_a_tenant_is_the_same_and_no_other_is(fingerprints: Fingerprints):
    marks = [
        fingerprints.of(tenant, text)
        for tenant in (LIVE, TEST, OTHER)
        for text in (ADDRESS, "erika@mustermann.exampl", "+4915112345678", "")
    ]

    assert len(set(marks)) == len(marks)
    assert fingerprints.of(LIVE, ADDRESS) == marks[0]
    assert all("erika" not in mark and "4915" not in mark for mark in marks)


def test_it_is_hmac_sha256_of_tenant_and_text():
    """By openssl: printf 'cr_CCCCCCCCCCCCCCCC\\037a@b.example' | openssl dgst -sha256 -hmac k."""
    mark = KeyedFingerprints(lambda: "k").of(LIVE, "a@b.example")

    assert mark == "2651428b030b8f516c31b3e7f85cde52568ee4fe1ce178a2d3ca821f0b9a3a86"


def test_nobody_without_the_key_can_try_addresses_out():
    one, two = (KeyedFingerprints(lambda key=key: key).of(LIVE, ADDRESS) for key in ("k1", "k2"))

    assert one != two
