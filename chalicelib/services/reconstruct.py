"""The log entry of a message whose worker hasn't written it, from the claims it left.

Where the worker does write after all (the provider's event was faster), its entry completes this
one: only the worker knows what the message said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.domain.case import Case
from chalicelib.domain.chasing import step_named
from chalicelib.domain.communication import Communication, CommunicationStatus
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.decide import Rules
from chalicelib.domain.decisions import Part, Reason
from chalicelib.domain.route import address_on
from chalicelib.domain.sequence import Do


def reconstruct(
    customer: Customer,
    claimed: Sequence[Case],
    status: CommunicationStatus,
    change: Change,
    *,
    rules: Rules,
    to: str | None = None,
    reason: str | None = None,
    provider_id: str | None = None,
) -> Communication:
    """Return the communication that the cases' claims are about.

    Its subject and amounts aren't known, since money may have come in since. `claimed` are cases
    that hold a claim under the same communication. Raises ValueError for none.
    """
    claims = [case.claim for case in claimed if case.claim]
    if not claims:
        raise ValueError("no case holds a claim")
    parts = tuple(
        Part(case.id, claim.step, Reason.DUE) for case, claim in zip(claimed, claims, strict=True)
    )
    steps = [
        step_named(rules.sequences[case.sequence], claim.step)
        for case, claim in zip(claimed, claims, strict=True)
    ]
    firmest = max(steps, key=lambda step: step.offset_days)
    first = claims[0]
    return Communication(
        id=first.communication,
        tenant=customer.tenant,
        customer_id=customer.id,
        channel=first.channel,
        status=status,
        parts=parts,
        template=firmest.template or firmest.key,
        locale=customer.locale,
        to=to or address_on(Do(first.channel), customer, legal=True) or "",
        subject="",
        amounts={},
        created_at=first.at,
        reason=reason,
        provider_id=provider_id,
        sent_at=None if status is CommunicationStatus.FAILED else first.at,
        version=1,
        change=change,
    )


def completed(known: Communication, own: Communication) -> Communication:
    """Return a reconstructed entry with what the worker's own one says; others stay as they are.

    What became of the message since stays, too: the provider knows that better.
    """
    if known.subject:
        return known
    unsure = known.status is CommunicationStatus.UNCONFIRMED
    return replace(
        own,
        status=own.status if unsure else known.status,
        reason=own.reason if unsure else known.reason,
        provider_id=own.provider_id or known.provider_id,
        version=known.version,
        change=known.change,
    )
