"""What the inbox keeps: messages in a file that only grows, settings in one that is replaced."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from local.mail.message import Json, Message

# How a send may go wrong on purpose, for tests; each is used up.
FAULTS = ("throttle", "unavailable", "lost_answer", "reject")


class Mailroom:
    """Messages by id, oldest first, and where events go."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._messages_file = home / "messages.jsonl"
        self._settings_file = home / "settings.json"
        self._messages: dict[str, Message] = {}
        self.faults: list[str] = []
        self.settings: Json = {"upstream": None, "event_destinations": {}, "opted_out": []}
        if self._settings_file.exists():
            self.settings |= json.loads(self._settings_file.read_text())
        if self._messages_file.exists():
            for line in self._messages_file.read_text().splitlines():
                message = Message.from_json(json.loads(line))
                self._messages[message.id] = message

    def add(self, message: Message) -> None:
        """Keep a message; a later version of the same id takes its place."""
        self._messages[message.id] = message
        with self._messages_file.open("a") as file:
            file.write(json.dumps(message.to_json()) + "\n")

    def told(self, message_id: str, event: str) -> None:
        """Note that an event about the message was published."""
        message = self._messages[message_id]
        self.add(replace(message, events=[*message.events, event]))

    def get(self, message_id: str) -> Message | None:
        """One message."""
        return self._messages.get(message_id)

    def newest_first(self, *, to: str | None = None, kind: str | None = None) -> Iterator[Message]:
        """All, or those to an address that contains `to`."""
        for message in reversed(self._messages.values()):
            if kind not in {None, message.kind}:
                continue
            if to is None or any(to.lower() in one.lower() for one in message.recipients):
                yield message

    def next_fault(self) -> str | None:
        """The fault that the next send shall suffer."""
        return self.faults.pop(0) if self.faults else None

    def configure(self, changes: Json) -> None:
        """Change settings and keep them."""
        self.settings |= changes
        beside = self._settings_file.with_suffix(".new")
        beside.write_text(json.dumps(self.settings))
        beside.replace(self._settings_file)
