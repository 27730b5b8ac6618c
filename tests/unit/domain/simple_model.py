"""A model of following up, written from the rules in words, without a look at `decide()`.

One customer in Berlin, swept daily at noon on a calendar without holidays. It counts days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

OFFSETS = {"early": -5, "due": 0, "first": 4, "text": 9, "final": 15}
CHANNELS = {"early": "email", "due": "email", "first": "email", "text": "sms", "final": "email"}
GAP_DAYS = 3
SATURDAY = 5
OTHER = {"email": "sms", "sms": "email"}


@dataclass
class ModelInvoice:
    """What the model remembers of one invoice. Of invoices due together the lower rank is first."""

    number: str
    due: date
    remaining: int
    rank: str
    given_up: bool = False
    ended: set[str] = field(default_factory=set)
    failures: dict[str, int] = field(default_factory=dict)
    held: bool = False
    held_until: date | None = None
    came_back: date | None = None
    done: dict[str, date] = field(default_factory=dict)

    def pending(self, today: date) -> list[str]:
        overdue = (today - self.due).days
        return [
            step
            for step, offset in OFFSETS.items()
            if offset <= overdue
            and step not in self.ended
            and not (offset < 0 < overdue)
            and not any(OFFSETS[firmer] > offset for firmer in self.done)
            and (self.came_back is None or self._keeps_distance(offset, today))
        ]

    def _keeps_distance(self, offset: int, today: date) -> bool:
        """Once it came back, each step keeps its days from the last one, or from that day."""
        last = max(self.done.items(), key=lambda pair: pair[1], default=None)
        begin = max([self.came_back, *self.done.values()])
        return today >= begin + timedelta(days=offset - OFFSETS[last[0]] if last else 0)

    def owe(self, amount: int, today: date) -> None:
        """Owe more again, as after a refund."""
        if self.remaining == 0:
            self.came_back = today
        self.remaining += amount


@dataclass
class ModelMessage:
    """One message: the day, the channel and which step of which invoice it was."""

    day: date
    channel: str
    steps: dict[str, str]
    bounced: bool = False


@dataclass
class Model:
    """All invoices of the customer and every message and task so far."""

    today: date
    invoices: dict[str, ModelInvoice] = field(default_factory=dict)
    messages: list[ModelMessage] = field(default_factory=list)
    tasks: list[tuple[date, str, str]] = field(default_factory=list)

    def sweep(self) -> None:
        """Do today's follow-up: the firmest message first, others only after the gap."""
        may_write = self.today.weekday() < SATURDAY and not self._written_lately()
        groups: dict[str, dict[str, str]] = {}
        for invoice in sorted(self.invoices.values(), key=lambda each: (each.due, each.rank)):
            step = self._step_of(invoice)
            if step is None or not may_write:
                continue
            failures = invoice.failures.get(step, 0)
            invoice.ended.add(step)
            invoice.done[step] = self.today
            if failures > 1:
                self.tasks.append((self.today, invoice.number, step))
                continue
            channel = OTHER[CHANNELS[step]] if failures else CHANNELS[step]
            groups.setdefault(channel, {})[invoice.number] = step
        self._send_firmest(groups)

    def bounce_last(self) -> None:
        """Let the last message come back: its steps are open again, on the other channel."""
        message = self.messages[-1]
        message.bounced = True
        for number, step in message.steps.items():
            self.invoices[number].ended.discard(step)
            self.invoices[number].done.pop(step, None)
            failures = self.invoices[number].failures
            failures[step] = failures.get(step, 0) + 1

    def _step_of(self, invoice: ModelInvoice) -> str | None:
        if invoice.remaining == 0 or invoice.given_up or self._is_held(invoice):
            return None
        pending = invoice.pending(self.today)
        if invoice.came_back:
            return pending[0] if pending else None
        invoice.ended.update(pending[:-1])
        return pending[-1] if pending else None

    def _is_held(self, invoice: ModelInvoice) -> bool:
        over = invoice.held_until is not None and self.today >= invoice.held_until
        return invoice.held and not over

    def _written_lately(self) -> bool:
        days = [message.day for message in self.messages if not message.bounced]
        return bool(days) and self.today < max(days) + timedelta(days=GAP_DAYS)

    def _send_firmest(self, groups: dict[str, dict[str, str]]) -> None:
        def firmness(channel: str) -> int:
            return max(OFFSETS[step] for step in groups[channel].values())

        for index, channel in enumerate(sorted(groups, key=firmness, reverse=True)):
            if index == 0:
                self.messages.append(ModelMessage(self.today, channel, groups[channel]))
                continue
            for number, step in groups[channel].items():
                self.invoices[number].ended.discard(step)
                del self.invoices[number].done[step]
