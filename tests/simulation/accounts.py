"""Holds messages of an account against its rule, written from the words: one step for all of a
currency, by the clock of the oldest due invoice that could be followed up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.bundle import LARGEST_BUNDLE
from chalicelib.domain.case import Case
from chalicelib.domain.instalment import is_of_instalment
from chalicelib.domain.sequence import Scope, Sequence
from tests.endings import require

if TYPE_CHECKING:
    from tests.simulation.life import Life

AT_THE_SAME_TIME = timedelta(minutes=1)
"""What was changed so shortly before a claim may not have been known to it."""


class Accounts:
    """Looks at each message that leaves."""

    def __init__(self, life: Life) -> None:
        self.life = life

    def left(self, cases: Iterable[Case]) -> None:
        """Look at the cases of a message, as they were claimed."""
        accounts: dict[tuple[str, str], list[Case]] = {}
        for case in cases:
            sequence = self._sequence(case)
            assert case.claim is not None
            shared = sequence.step(case.claim.step).offset_days >= 0
            if sequence.scope is Scope.ACCOUNT and shared:
                accounts.setdefault((case.sequence[0], case.currency.code), []).append(case)
        for account in accounts.values():
            self._is_one_step(account)
            if sum(map(len, accounts.values())) < LARGEST_BUNDLE:
                self._is_led_by_the_oldest(account)

    def _is_one_step(self, account: list[Case]) -> None:
        steps = {case.claim.step for case in account if case.claim}
        numbers = [case.number for case in account]
        require(len(steps) == 1, f"account: {numbers} are told several steps: {steps}")

    def _is_led_by_the_oldest(self, account: list[Case]) -> None:
        lead = min(account, key=lambda case: (case.due_date, case.id))
        assert lead.claim is not None
        sequence = self._sequence(lead)
        customer = self.life.ledger.customer(lead.tenant, lead.customer_id)
        assert customer is not None
        today = customer.calendar.date_of(self.life.clocks.now_of(lead))
        offset = sequence.effective_offset(sequence.step(lead.claim.step))
        days = (today - lead.due_date).days
        require(days >= offset, f"account: {lead.number} leads {days} days after its due date")
        for other in list(self.life.ledger._records.values()):
            if isinstance(other, Case) and self._could_lead(other, lead, lead.claim.at):
                ended = {key for key, result in other.results.items() if not result.reroute}
                left = [
                    step.key
                    for step in sequence.steps
                    if step.offset_days >= 0 and step.key not in ended
                ]
                later = [key for key in left if not self._was_overtaken(other, key)]
                require(not later, f"account: {other.number} is older than {lead.number}: {later}")

    def _could_lead(self, other: Case, lead: Case, at: datetime) -> bool:
        """Say whether an older case could have been followed up when the message was claimed."""
        changed = other.change.at or other.created_at
        return (
            (other.customer_id, other.sequence[0], other.currency)
            == (lead.customer_id, lead.sequence[0], lead.currency)
            and (other.due_date, other.id) < (lead.due_date, lead.id)
            and other.is_open
            and other.remaining > 0
            and changed < at - AT_THE_SAME_TIME
            and not any(pause.since <= at + AT_THE_SAME_TIME for pause in other.pauses)
        )

    def _was_overtaken(self, case: Case, key: str) -> bool:
        sequence = self._sequence(case)
        own = sequence.step(key).offset_days
        return any(
            sequence.step(each).offset_days > own
            for each in case.results
            if not is_of_instalment(each)
        )

    def _sequence(self, case: Case) -> Sequence:
        found = self.life.ledger.sequence(case.tenant, *case.sequence)
        assert found is not None
        return found
