"""Which addresses an endpoint may have, as written: what a name leads to is looked up elsewhere.

Only `https` on a public port, by a host name. An IP address in any notation, a name without a dot,
credentials, a fragment or a character beyond ASCII is refused, since parsers disagree about them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HTTPS, HTTP = "https", "http"
PORTS = frozenset({443, 8443})
LOOPBACK = frozenset({"127.0.0.1", "localhost"})
LONGEST_HOST = 253
DEFAULT = {HTTPS: 443, HTTP: 80}

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_LAST = r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)+{_LAST}")
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>[/?][!-~]*)?",
    re.ASCII,
)
_UNSAFE = frozenset('#\\"<>^`{|}')


class AddressRefusedError(ValueError):
    """The address can't be an endpoint's; the message goes on from "The address …"."""


@dataclass(frozen=True, slots=True)
class EndpointAddress:
    """An address taken apart. `target` is path and query, as the request names them."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def is_loopback(self) -> bool:
        """Whether it names this machine, which only the embedded stack may call."""
        return self.host in LOOPBACK

    @property
    def authority(self) -> str:
        """Host and port as the header `Host` has them."""
        own = self.port == DEFAULT[self.scheme]
        return self.host if own else f"{self.host}:{self.port}"


def read_address(url: str, *, allows_loopback: bool) -> EndpointAddress:
    """Take an address apart. Raises AddressRefusedError."""
    found = _URL.fullmatch(url)
    if found is None or _UNSAFE & set(found["target"] or ""):
        raise AddressRefusedError(
            "must be like https://example.com/hook, in ASCII, without credentials or a fragment"
        )
    scheme, host = found["scheme"], found["host"].lower()
    port = int(found["port"] or DEFAULT[scheme])
    target = found["target"] or "/"
    if target.startswith("?"):
        target = f"/{target}"
    address = EndpointAddress(scheme, host, port, target)
    if not (allows_loopback and address.is_loopback):
        _check_public(address)
    return address


def _check_public(address: EndpointAddress) -> None:
    if address.scheme != HTTPS:
        raise AddressRefusedError("must be https")
    if len(address.host) > LONGEST_HOST or not _NAME.fullmatch(address.host):
        raise AddressRefusedError("must have a public host name, not an IP address")
    if address.port not in PORTS:
        raise AddressRefusedError("must use port 443 or 8443")
