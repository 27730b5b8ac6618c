"""Which addresses count as public, and every trick by which an inner one is written."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.endpoint_address import AddressRefusedError, read_address
from chalicelib.domain.webhook_endpoint import FailureReason
from chalicelib.gateways.public_addresses import is_public
from chalicelib.gateways.webhooks import NOT_PUBLIC, HttpWebhooks
from chalicelib.ports.webhooks import Answered
from tests.integration.outbound.receivers import MESSAGE, SECRETS

PUBLIC = ["1.1.1.1", "8.8.8.8", "52.95.110.1", "172.15.255.255", "172.32.0.1", "2606:4700::1111"]
INNER = [
    "0.0.0.1", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.9.9.9",
    "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1",
    "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:10::1", "2001:20::1",
    "2001:db8::1", "2002:7f00:1::1", "2002:a9fe:a9fe::", "3fff::1", "5f00::1", "fc00::1",
    "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "2606:4700::1111%1", "fec0::1", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public(address: str):
    assert is_public(address)


@pytest.mark.parametrize("address", [*INNER, "", "localhost", "1.1.1", "0x7f.1"])
def test_what_is_not(address: str):
    assert not is_public(address)


@given(st.ip_addresses())
def test_nothing_counts_as_public_that_python_calls_private(address):
    """The other way round isn't so: what is translated to an inner address is global to Python."""
    if is_public(str(address)):
        found = ip_address(str(address))
        kinds = ("private", "loopback", "link_local", "multicast", "unspecified", "reserved")
        assert [kind for kind in kinds if getattr(found, f"is_{kind}")] == []


HOSTILE = [
    "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com",
    "https://", "https:///x", "//example.com", "example.com", "",
    "https://user@example.com/", "https://user:secret@example.com/", "https://example.com@10.0.0.1/",
    "https://example.com/#x", "https://example.com\\@10.0.0.1/", "https://example.com/ x",
    "https://example.com/\r\nHost: inner", "https://example.com\t/", " https://example.com/",
    "https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
    "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/",
    "https://0x7f.0.0.1/", "https://127.0.0.0x1/", "https://127.0.0.1./",
    "https://localhost/", "https://localhost:443/", "https://intranet/", "https://example.com./",
    "https://-example.com/", "https://exa_mple.com/", "https://ex ample.com/",
    "https://example.com:80/", "https://example.com:22/", "https://example.com:0/",
    "https://example.com:99999/", "https://example.com:/", "https://example.com:443:443/",
    "https://ⓔxample.com/", "https://example。com/", "https://müller.example/", "https://%31%32/",
    f"https://{'a' * 64}.com/", f"https://{'a.' * 130}com/", "https://example.123/",
]  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE)
def test_an_address_that_parsers_may_read_otherwise_is_refused_unresolved(url: str):
    asked: list[str] = []
    gateway = HttpWebhooks(resolve=lambda host, _: asked.append(host) or ["8.8.8.8"])

    assert gateway.refusal(url)
    assert gateway.deliver(url, MESSAGE, SECRETS) == Answered(failure=FailureReason.FORBIDDEN)
    assert asked == []


@pytest.mark.parametrize("url", ["https://127.0.0.1.nip.io.evil@x/", "https://localhost.evil.:443"])
def test_loopback_that_is_allowed_opens_nothing_else(url: str):
    with pytest.raises(AddressRefusedError):
        read_address(url, allows_loopback=True)


@pytest.mark.parametrize("address", INNER)
def test_a_name_that_leads_inside_is_refused_and_never_called(address: str):
    """No socket can be opened in unit tests: a call would fail otherwise than so."""
    gateway = HttpWebhooks(resolve=lambda *_: ["8.8.8.8", address])

    assert gateway.refusal("https://example.com/") == NOT_PUBLIC
    found = gateway.deliver("https://example.com/", MESSAGE, SECRETS)
    assert found == Answered(failure=FailureReason.FORBIDDEN)


def test_a_name_that_leads_nowhere_is_told_like_one_that_leads_inside():
    def unknown(*_: object) -> list[str]:
        raise OSError

    gateway = HttpWebhooks(resolve=unknown)
    assert gateway.refusal("https://example.com/") == NOT_PUBLIC
    found = gateway.deliver("https://example.com/", MESSAGE, SECRETS)
    assert found == Answered(failure=FailureReason.UNRESOLVED)


@pytest.mark.parametrize(
    ("url", "authority", "target"),
    [
        ("https://Example.com", "example.com", "/"),
        ("https://example.com:443/a/b?c=d&e=%20", "example.com", "/a/b?c=d&e=%20"),
        ("https://hooks.xn--mller-kva.example:8443?x", "hooks.xn--mller-kva.example:8443", "/?x"),
    ],
)
def test_what_an_address_is_taken_apart_into(url: str, authority: str, target: str):
    address = read_address(url, allows_loopback=False)
    assert (address.authority, address.target) == (authority, target)
