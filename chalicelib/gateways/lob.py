"""Letters through Lob's Print & Mail API, `POST /v1/letters` (docs.lob.com, version 2024-01-01).

The Idempotency-Key is the communication's id, so that within a day the same letter is one job,
however often it is asked for. Lob prints on US Letter and puts the address on a page
of its own before the letter (`insert_blank_page`). Its test keys print nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.domain.address import PostalAddress, read_address
from chalicelib.domain.tenant import Tenant
from chalicelib.gateways.aws import CONNECT_SECONDS
from chalicelib.gateways.handing_over import (
    INVALID,
    LEAVING,
    REJECTED,
    SLOWED_DOWN,
    TOO_LATE,
    misconfigured,
    not_now,
    refused,
)
from chalicelib.ports.letters import LetterMessage
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.ports.world import Clock

if TYPE_CHECKING:
    from urllib3 import PoolManager

API = "https://api.lob.com"
VERSION = "2024-01-01"
ANSWER_SECONDS = 10.0
ATTEMPTS = 3
"""How often a letter is handed over whose answer was lost; together within a minute."""
LONGEST_NAME, LONGEST_LINE = 40, 64
_ABOUT_THE_ADDRESS = ("to.", "to[", "address", "deliverab")
_UNAUTHORISED = (401, 402, 403)
_TOO_MANY, _INTERNAL = 429, 500
_CONFLICT = 409
"""The same key is being worked on just now."""
_TAKEN = range(200, 300)

Answer = tuple[int, dict[str, Any]]
"""The status of an answer, and its JSON."""


class LobLetters:
    """A LetterGateway. `api_key` returns a tenant's key at Lob, None where it has none."""

    def __init__(
        self, api_key: Callable[[Tenant], str | None], clock: Clock, *, api_base: str = API
    ) -> None:
        self._api_key = api_key
        self._clock = clock
        self._api_base = api_base
        self._pool: PoolManager | None = None

    def send(self, message: LetterMessage, deadline: datetime) -> Handover:
        if not _fits(message.address):
            return refused(INVALID)
        sender = read_address(message.creditor.address, message.creditor.country)
        key = self._api_key(message.tenant)
        if key is None or sender is None or not _fits(sender):
            return misconfigured("no key at Lob" if key is None else "no address of the sender")
        if self._clock.now() + LEAVING > deadline:
            return not_now(TOO_LATE)
        return self._until_answered(message, fields(message, sender), key)

    def _until_answered(self, message: LetterMessage, form: dict[str, Any], key: str) -> Handover:
        """Ask again where an answer was lost: with the same key it is the same job.

        What is said after a lost answer counts only if it says what became of the letter.
        """
        lost = None
        for _ in range(ATTEMPTS):
            handover = self._attempt(form, key, message.communication_id)
            if handover.delivery is Delivery.UNKNOWN:
                lost = handover
            elif lost is None or handover.delivery is not Delivery.NOT_NOW:
                return handover
        return lost or not_now("no answer")

    def _attempt(self, form: dict[str, Any], key: str, job: str) -> Handover:
        from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

        try:
            status, answer = self._post(form, key, job)
        except (ConnectTimeoutError, NewConnectionError):
            return not_now("no connection")
        except HTTPError as error:
            return Handover(Delivery.UNKNOWN, reason=f"no answer: {type(error).__name__}")
        return verdict(status, answer)

    def _post(self, form: dict[str, Any], key: str, job: str) -> Answer:
        from urllib3 import PoolManager, Timeout, make_headers

        self._pool = self._pool or PoolManager(retries=False)
        answered = self._pool.request(
            "POST",
            f"{self._api_base}/v1/letters",
            fields=form,
            headers={
                **make_headers(basic_auth=f"{key}:"),
                "Idempotency-Key": job,
                "Lob-Version": VERSION,
            },
            timeout=Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS),
            redirect=False,
        )
        try:
            said = json.loads(answered.data)
        except ValueError:
            said = {}
        return answered.status, said if isinstance(said, dict) else {}


def verdict(status: int, answer: dict[str, Any]) -> Handover:
    """Return what Lob's answer means."""
    if status in _TAKEN:
        return Handover(Delivery.ACCEPTED, provider_id=str(answer.get("id", "")))
    error = answer.get("error")
    said = error if isinstance(error, dict) else {}
    code, text = str(said.get("code", status)), str(said.get("message", "")).lower()
    if status == _TOO_MANY:
        return not_now(SLOWED_DOWN)
    if status == _CONFLICT or status >= _INTERNAL:
        return Handover(Delivery.UNKNOWN, reason=f"failure at Lob: {code}")
    if status in _UNAUTHORISED:
        return misconfigured(f"Lob {code}")
    about_the_address = any(word in f"{code} {text}" for word in _ABOUT_THE_ADDRESS)
    return refused(INVALID if about_the_address and "from" not in text else REJECTED)


def fields(message: LetterMessage, sender: PostalAddress) -> dict[str, Any]:
    """Return the form of a letter."""
    name = f"{message.communication_id}.pdf"
    return {
        "description": message.communication_id,
        **_party("to", message.name, message.address),
        **_party("from", message.creditor.name, sender),
        "file": (name, message.content.pdf, "application/pdf"),
        "color": "false",
        "double_sided": "true",
        "address_placement": "insert_blank_page",
        "use_type": "operational",
        "metadata[communication]": message.communication_id,
    }


def _party(side: str, name: str, address: PostalAddress) -> dict[str, str]:
    first, *others = address.lines or ("",)
    parts = {
        "name": name[:LONGEST_NAME],
        "address_line1": first,
        "address_line2": ", ".join(others),
        "address_city": address.city,
        "address_state": address.region or "",
        "address_zip": address.postal_code or "",
        "address_country": address.country,
    }
    return {f"{side}[{part}]": value for part, value in parts.items() if value}


def _fits(address: PostalAddress) -> bool:
    first, *others = address.lines or ("",)
    return bool(first) and max(len(first), len(", ".join(others))) <= LONGEST_LINE
