"""Change what a creditor says of itself. Functions keep a creditor for up to a minute."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.configuration_facts import events_of_creditor
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.customer import Change
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import load_creditor

UPDATED = Change(by="system", why="creditor updated")


def update_creditor(ports: Ports, creditor: Creditor, change: Change = UPDATED) -> Creditor:
    """Replace the creditor of that id as a whole, but for what it doesn't say of itself.

    When it was created, its default sequence and its metadata stay. Raises NotFoundError.
    """
    known = load_creditor(ports, creditor.id)
    stored = replace(
        creditor,
        default_sequence=known.default_sequence,
        created_at=known.created_at,
        metadata=known.metadata,
    )
    told = events_of_creditor(known, stored, change, ports.clock.now())
    ports.configuration.save_creditor(stored, told)
    for mode in Mode:
        ports.payment_marks.begin(Tenant(stored.id, mode))
    return stored
