"""Choose a new invoice's sequence: the named one, an override, what a segment says, the default."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.assignment import Segmentation, chosen
from chalicelib.domain.case import Case
from chalicelib.domain.choice import Choice, ChosenBy
from chalicelib.domain.customer import Customer
from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports

Chosen = tuple[tuple[str, int], Choice]
"""A sequence with its version, and what decided."""


def segmentation_of(ports: Ports, tenant: Tenant) -> Segmentation:
    """Return the segments as they apply now. Raises InvalidError for a creditor without default."""
    creditor = ports.configuration.creditor(tenant.creditor_id)
    if creditor is None or creditor.default_sequence is None:
        raise _unknown(None)
    return Segmentation(ports.configuration.segments(tenant), creditor.default_sequence)


def choose_sequence(
    ports: Ports, customer: Customer, case: Case, now: datetime, *, named: str | None
) -> Chosen:
    """Return the newest version of the sequence that a new invoice's case is to follow.

    The customer's balance has the invoice in it. Raises InvalidError where there is no such
    sequence as is named.
    """
    if named:
        return newest(ports, customer.tenant, named), Choice(ChosenBy.INVOICE)
    if customer.override:
        override = newest(ports, customer.tenant, customer.override.sequence_id)
        return override, Choice(ChosenBy.CUSTOMER)
    segmentation = segmentation_of(ports, customer.tenant)
    unchosen = replace(case, choice=Choice(ChosenBy.DEFAULT))
    wanted, choice = chosen(customer, unchosen, segmentation, now)
    return newest(ports, customer.tenant, wanted), choice


def newest(ports: Ports, tenant: Tenant, sequence_id: str) -> tuple[str, int]:
    """Return a sequence with its newest version. Raises InvalidError where there is none."""
    sequence = ports.configuration.sequence(tenant, sequence_id)
    if sequence is None:
        raise _unknown(sequence_id)
    return sequence.id, sequence.version


def _unknown(wanted: str | None) -> InvalidError:
    fault = FieldError("/sequence", f"There is no sequence {wanted}.")
    return InvalidError("The invoice's sequence is unknown.", fields=(fault,))
