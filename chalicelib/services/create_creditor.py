"""Set a creditor up: profile, default sequence and first keys, for live and test mode."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.domain.access import AccessScope
from chalicelib.domain.configuration_facts import event_of_sequence, events_of_creditor
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.customer import Change
from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import WriteConflictError
from chalicelib.services.common import new_part
from chalicelib.services.issue_api_key import issue_api_key

CREATED = Change(by="system", why="creditor created")


@dataclass(frozen=True, slots=True)
class CreatedCreditor:
    """The stored creditor, and its keys: shown once, stored hashed."""

    creditor: Creditor
    live_key: str
    test_key: str


def create_creditor(ports: Ports, creditor: Creditor, change: Change = CREATED) -> CreatedCreditor:
    """Store the creditor with the default sequence, and return it with two admin keys."""
    now = ports.clock.now()
    before = ports.configuration.creditor(creditor.id)
    stored = replace(
        creditor,
        default_sequence=creditor.default_sequence or DEFAULT.id,
        created_at=creditor.created_at or now,
    )
    told = events_of_creditor(before, stored, change, now)
    ports.configuration.save_creditor(stored, told)
    live, test = (Tenant(creditor.id, mode) for mode in (Mode.LIVE, Mode.TEST))
    for tenant in (live, test):
        ports.payment_marks.begin(tenant, now)
        try:
            event = event_of_sequence(tenant, DEFAULT, change, now)
            ports.configuration.add_sequence(tenant, DEFAULT, event)
        except WriteConflictError:
            continue  # it is there from an earlier run
    return CreatedCreditor(
        stored,
        live_key=issue_api_key(ports, live, [AccessScope.ADMIN], change=change),
        test_key=issue_api_key(ports, test, [AccessScope.ADMIN], change=change),
    )


def new_creditor_id(ports: Ports) -> str:
    """Return an id for a creditor that doesn't exist yet."""
    return f"cr_{new_part(ports, ports.clock.now())}"
