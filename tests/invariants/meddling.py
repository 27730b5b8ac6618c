"""A ledger into whose commits a test can meddle, and renderers and gateways that let things happen.

What happens in between is done by the same services, so it is what another worker, a webhook or
a crash would do at that very moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from chalicelib.domain.case import Case
from chalicelib.domain.communication import Communication
from chalicelib.domain.notice import EmailContent, Notice
from chalicelib.ports.storage import Record, Reference, Write
from tests.fakes.ledger import InMemoryLedger
from tests.fakes.messages import PlainRenderer
from tests.world import Crash

Writes = Sequence[Write[Record]]


class MeddledLedger(InMemoryLedger):
    """Calls `before_commit` and `after_commit`, where records are written, and dies at the call
    that a test chose.

    What a hook does itself isn't meddled with. `die_at` counts calls of the ledger from zero;
    the worker dies before the call has its effect, or after it with `die_after`.
    """

    def __init__(self) -> None:
        super().__init__(shards=2)
        self.before_commit: Callable[[Writes], None] | None = None
        self.after_commit: Callable[[Writes], None] | None = None
        self.die_at: int | None = None
        self.die_after = False
        self.calls = 0
        self._meddling = False

    def commit(
        self,
        writes: Writes,
        references: Sequence[Reference] = (),
        *,
        released: Sequence[Reference] = (),
    ) -> None:
        with self._call():
            self._meddle(self.before_commit if writes else None, writes)
            super().commit(writes, references, released=released)
            self._meddle(self.after_commit if writes else None, writes)

    def append(self, communication: Communication) -> bool:
        with self._call():
            return super().append(communication)

    @contextmanager
    def _call(self) -> Iterator[None]:
        number, self.calls = self.calls, self.calls + (not self._meddling)
        dies = not self._meddling and number == self.die_at
        if dies and not self.die_after:
            raise Crash
        yield
        if dies:
            raise Crash

    def _meddle(self, hook: Callable[[Writes], None] | None, writes: Writes) -> None:
        if hook is None or self._meddling:
            return
        with self.undisturbed():
            hook(writes)

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Do something without being meddled with."""
        before, self._meddling = self._meddling, True
        try:
            yield
        finally:
            self._meddling = before


def is_claim(writes: Writes) -> bool:
    """Say whether a commit is a worker's claim on a case."""
    return any(
        isinstance(write.after, Case)
        and isinstance(write.before, Case)
        and write.after.claim is not None
        and write.before.claim is None
        for write in writes
    )


class InterruptedRenderer(PlainRenderer):
    """Lets something happen between rendering and claim: `meanwhile`, once."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[], object] | None = None
        self.rendered = 0

    def email(self, notice: Notice) -> EmailContent:
        content = super().email(notice)
        self._interrupt()
        return content

    def sms(self, notice: Notice) -> str:
        text = super().sms(notice)
        self._interrupt()
        return text

    def _interrupt(self) -> None:
        self.rendered += 1
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
