"""What stands in a customer's file, one thing after another, whatever is wrong with some of it."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.event import Event
from chalicelib.domain.whole_file import FiledRecord


@dataclass(frozen=True, slots=True)
class Unreadable:
    """In place of a record that can't be made out; `fault` is the name of the error."""

    fault: str


@dataclass(frozen=True, slots=True)
class Filed:
    """Something in a customer's file, and where it stands there, to go on from."""

    position: str
    content: FiledRecord | Event | Unreadable

    def made_out(self) -> FiledRecord | Event:
        """Return the content. Raises UnreadableRecordError."""
        if isinstance(self.content, Unreadable):
            raise UnreadableRecordError(f"{self.content.fault} at {self.position}")
        return self.content


class UnreadableRecordError(Exception):
    """A record that is needed can't be made out. Says where it stands, nothing of what is in it."""
