"""Store a sequence. A change makes a new version; cases keep the version they started with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from chalicelib.domain.calendar import SendWindow
from chalicelib.domain.configuration_facts import event_of_sequence
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import FieldError, InvalidError, NotFoundError
from chalicelib.domain.sequence import (
    CallRules,
    CatchUp,
    InvalidSequenceError,
    Scope,
    Sequence,
    Step,
)
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import new_part, retrying


@dataclass(frozen=True, slots=True)
class SequenceDraft:
    """A sequence as posted, before it has an id and a version."""

    name: str
    steps: tuple[Step, ...]
    scope: Scope = Scope.INVOICE
    catch_up: CatchUp = CatchUp.LATEST
    grace_days: int = 0
    min_gap_days: int = 0
    window: SendWindow | None = None
    bundle: bool = True
    quiet_days: int = 0
    max_contacts: dict[str, int] = field(default_factory=dict)
    call_rules: CallRules | None = None
    metadata: dict[str, str] = field(default_factory=dict)

    def build(self, sequence_id: str, version: int) -> Sequence:
        """Return the sequence. Raises InvalidError that names every fault."""
        try:
            return Sequence(
                id=sequence_id,
                name=self.name,
                version=version,
                steps=self.steps,
                scope=self.scope,
                catch_up=self.catch_up,
                grace_days=self.grace_days,
                min_gap_days=self.min_gap_days,
                window=self.window,
                bundle=self.bundle,
                quiet_days=self.quiet_days,
                max_contacts=self.max_contacts,
                call_rules=self.call_rules,
                metadata=self.metadata,
            )
        except InvalidSequenceError as invalid:
            fields = tuple(FieldError(fault.pointer, fault.detail) for fault in invalid.faults)
            raise InvalidError("The sequence contradicts itself.", fields=fields) from None


def add_sequence(ports: Ports, tenant: Tenant, change: Change, draft: SequenceDraft) -> Sequence:
    """Store version 1 of a new sequence. Raises InvalidError."""
    now = ports.clock.now()
    sequence = draft.build(f"seq_{new_part(ports, now)}", 1)
    event = event_of_sequence(tenant, sequence, change, now)
    ports.configuration.add_sequence(tenant, sequence, event)
    return sequence


def change_sequence(
    ports: Ports, tenant: Tenant, change: Change, sequence_id: str, draft: SequenceDraft
) -> Sequence:
    """Store the next version; an unchanged sequence keeps its version.

    Raises NotFoundError, InvalidError.
    """

    def attempt() -> Sequence:
        newest = ports.configuration.sequence(tenant, sequence_id)
        if newest is None:
            raise NotFoundError(f"There is no sequence {sequence_id}.")
        after = draft.build(sequence_id, newest.version + 1)
        if replace(after, version=newest.version) == newest:
            return newest
        event = event_of_sequence(tenant, after, change, ports.clock.now())
        ports.configuration.add_sequence(tenant, after, event)
        return after

    return retrying(attempt)
