"""Everything that the emulator remembers, kept in memory and mirrored to one file.

The file is replaced atomically, so a crash leaves the state before or after a change, never half.
"""

import hashlib
import json
import os
import secrets
import string
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

_ALPHABET = string.ascii_letters + string.digits
_SECONDS_KEYS_LIVE = 24 * 3600


def new_id(prefix: str, length: int = 24) -> str:
    """A random id in Stripe's style, such as `pi_3…`."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))


def account_of(api_key: str) -> str:
    """Each API key is an account of its own, so creditors don't see each other's objects."""
    return "acct_" + hashlib.sha256(api_key.encode()).hexdigest()[:16]


class Store:
    """Objects by type and id, oldest first; deliveries, idempotency keys and settings beside."""

    def __init__(self, path: Path | None, *, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self.changed = False
        self._objects: dict[str, dict[str, Json]] = {}
        self.deliveries: dict[str, Json] = {}
        self.idempotency: dict[str, Json] = {}
        self.settings: Json = {"webhooks": "on", "api": "on"}
        if path is not None and path.exists():
            self._load(json.loads(path.read_text()))

    def now(self) -> int:
        """Seconds since 1970, as all of Stripe's timestamps are."""
        return int(self._clock())

    def put(self, account: str, value: Json, **private: object) -> Json:
        """Keep an object; `private` is what the API doesn't show."""
        kind, identifier = value["object"], value["id"]
        record = self._objects.setdefault(kind, {}).setdefault(
            identifier, {"account": account, "private": {}}
        )
        record["value"] = value
        record["private"].update(private)
        self.changed = True
        return value

    def get(self, kind: str, identifier: str, *, account: str | None = None) -> Json | None:
        """The object, or None where it is absent or another account's."""
        record = self._objects.get(kind, {}).get(identifier)
        if record is None or account not in {None, record["account"]}:
            return None
        value: Json = record["value"]
        return value

    def find(self, identifier: str, *, account: str) -> Json | None:
        """An object of any type by its id, to expand a reference."""
        for kind in self._objects:
            if (value := self.get(kind, identifier, account=account)) is not None:
                return value
        return None

    def private(self, kind: str, identifier: str) -> Json:
        """What was put beside the object."""
        private: Json = self._objects[kind][identifier]["private"]
        return private

    def account(self, kind: str, identifier: str) -> str:
        """Whose object it is."""
        account: str = self._objects[kind][identifier]["account"]
        return account

    def newest_first(self, kind: str, *, account: str | None = None) -> Iterator[Json]:
        """All objects of a type, of one account or of all."""
        for record in reversed(self._objects.get(kind, {}).values()):
            if account is None or record["account"] == account:
                yield record["value"]

    def save(self) -> None:
        """Write what changed since the last call."""
        if self._path is None or not self.changed:
            return
        self.changed = False
        oldest = self.now() - _SECONDS_KEYS_LIVE
        self.idempotency = {k: v for k, v in self.idempotency.items() if v["at"] >= oldest}
        content = {
            "objects": self._objects,
            "deliveries": self.deliveries,
            "idempotency": self.idempotency,
            "settings": self.settings,
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(".new")
        with beside.open("w") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)

    def _load(self, content: Json) -> None:
        self._objects = content["objects"]
        self.deliveries = content["deliveries"]
        self.idempotency = content["idempotency"]
        self.settings = content["settings"]
