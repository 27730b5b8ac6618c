"""Signed links to a customer's page.

A token names creditor, mode, customer, communication and the time of issue, packed into 35 bytes,
and carries 120 bits of HMAC-SHA256: 68 characters, since every one counts in an SMS.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.exc import BadData
from itsdangerous.signer import HMACAlgorithm

from chalicelib.domain import ids
from chalicelib.domain.errors import LinkExpiredError, LinkInvalidError
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.messages import Link
from chalicelib.ports.world import Clock

_SALT = b"dunlin pay link"
_SIGNATURE_BYTES = 15
"""A whole number of base 64 characters: of 20 in the alphabet, no others decode to the same."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{20}")
"""How `pay_url` writes one. The decoder alone would pass over what isn't in its alphabet."""
_PART_BYTES = 10
"""Sixteen characters of base 32 are 80 bits."""
_TIME_BYTES = 5
_CREDITOR = "cr"
_MODES = {0: Mode.LIVE, 1: Mode.TEST}
_FOREIGN = "this link isn't one of ours"
_ANEW = timedelta(seconds=5)
"""How old keys may be that don't know a signature: not each forged link is to cost a call."""
_AHEAD = timedelta(minutes=5)
"""How far two functions' clocks may differ."""


class Keys(Protocol):
    """Gives the signing keys, oldest first, not older than `within` where that is said."""

    def __call__(self, within: timedelta = ..., /) -> Sequence[str]: ...


class SignedLinks:
    """Makes and reads links. `keys` returns the signing keys, oldest first; the newest signs.

    It takes how old they may be. A signature that they don't know may be of a key that was put in
    place since, so they are read again then.

    `clock` is the wall clock: links age in real time, also those of customers on a test clock.
    """

    def __init__(
        self,
        keys: Keys,
        clock: Clock,
        *,
        base_url: str,
        max_age: timedelta = timedelta(days=400),
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._base_url = base_url.rstrip("/")
        self._max_age = max_age

    def pay_url(self, tenant: Tenant, customer_id: str, communication_id: str | None) -> str:
        packed = _pack(tenant, customer_id, communication_id, self._clock.now())
        token = _signer(self._keys()).sign(base64_encode(packed)).decode()
        return f"{self._base_url}/pay/{token}"

    def read(self, token: str, now: datetime) -> Link:
        if not _TOKEN.fullmatch(token):
            raise LinkInvalidError(_FOREIGN)
        packed = _unsigned(token, self._keys()) or _unsigned(token, self._keys(_ANEW))
        if packed is None:
            raise LinkInvalidError(_FOREIGN)
        link = _unpack(packed)
        if not -_AHEAD <= now - link.issued_at <= self._max_age:
            raise LinkExpiredError("this link is too old")
        return link


def _signer(keys: Sequence[str]) -> Signer:
    return Signer(list(keys), salt=_SALT, digest_method=hashlib.sha256, algorithm=_ShortHmac())


def _unsigned(token: str, keys: Sequence[str]) -> bytes | None:
    """Return what a token says, or None where none of the keys signed it."""
    try:
        return base64_decode(_signer(keys).unsign(token.encode()))
    except (BadSignature, BadData):
        return None


class _ShortHmac(HMACAlgorithm):
    """HMAC-SHA256, its first 120 bits (RFC 2104, section 5)."""

    def __init__(self) -> None:
        super().__init__(hashlib.sha256)

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return super().get_signature(key, value)[:_SIGNATURE_BYTES]


def _pack(
    tenant: Tenant, customer_id: str, communication_id: str | None, issued_at: datetime
) -> bytes:
    """Write creditor, mode, time, customer, and the own part of the communication if there is one.

    Raises ValueError for ids that are none, and for another customer's communication.
    """
    prefix, _, creditor = tenant.creditor_id.partition("_")
    if prefix != _CREDITOR:
        raise ValueError(f"{tenant.creditor_id!r} is not a creditor's id")
    own = b""
    if communication_id:
        if ids.owner_of(communication_id) != customer_id:
            raise ValueError("the communication is another customer's")
        own = _number(ids.parse(ids.COMMUNICATION, communication_id).own)
    mode = next(number for number, mode in _MODES.items() if mode is tenant.mode)
    seconds = int(issued_at.timestamp()).to_bytes(_TIME_BYTES - 1, "big")
    customer = _number(ids.customer_part(customer_id))
    return bytes([mode]) + seconds + _number(creditor) + customer + own


def _unpack(packed: bytes) -> Link:
    head = packed[:_TIME_BYTES]
    parts = [
        ids.encode(int.from_bytes(packed[start : start + _PART_BYTES], "big"), ids.PART)
        for start in range(_TIME_BYTES, len(packed), _PART_BYTES)
    ]
    creditor, customer, *own = parts
    customer_id = ids.customer_id(customer)
    return Link(
        tenant=Tenant(f"{_CREDITOR}_{creditor}", _MODES[head[0]]),
        customer_id=customer_id,
        communication_id=ids.child_id(ids.COMMUNICATION, customer_id, own[0]) if own else None,
        issued_at=datetime.fromtimestamp(int.from_bytes(head[1:], "big"), UTC),
    )


def _number(part: str) -> bytes:
    """Return the number that sixteen characters write. Raises ValueError."""
    if len(part) != ids.PART:
        raise ValueError(f"{part!r} is not a part of an id")
    number = 0
    for character in part:
        number = number * len(ids.ALPHABET) + ids.ALPHABET.index(character)
    return number.to_bytes(_PART_BYTES, "big")
