"""What the disputes of a payment at Stripe come to: which is over, and what each holds back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.provider_facts import Chargeback
from chalicelib.gateways.stripe_amounts import from_stripe
from chalicelib.gateways.stripe_shapes import Dispute
from chalicelib.ports.payments import ProviderPayment

HOLDING = frozenset(
    {"needs_response", "under_review", "lost", "appeal_needs_response", "appeal_under_review"}
)
"""States in which a dispute has taken the money; inquiries (`warning_…`) and won ones have not."""
NOT_HOLDING = frozenset(
    {"warning_needs_response", "warning_under_review", "warning_closed"}
    | {"won", "prevented", "charge_refunded"}
)
OVER = frozenset({"won", "lost", "warning_closed", "prevented", "charge_refunded"})
"""States in which a dispute ends, whether or not an event of that kind tells of it."""


def with_disputes(
    fact: ProviderPayment, about: Dispute, of_the_payment: Iterable[Dispute], asked_at: datetime
) -> ProviderPayment:
    """Add to a payment which dispute the word is about, and how all of its disputes stand.

    `of_the_payment` was asked for after `asked_at`, and may be newer than `about`, or lack it.
    """
    listed = {each.id: each for each in of_the_payment}
    disputes = {about.id: about} | listed
    return replace(
        fact,
        dispute=about.id,
        dispute_closed=not OVER.isdisjoint({about.status, disputes[about.id].status}),
        disputed=sum(_held(each) for each in listed.values()),
        chargebacks=tuple(
            Chargeback(each.id, _held(each), each.status in OVER) for each in disputes.values()
        ),
        asked_at=asked_at,
    )


def _held(dispute: Dispute) -> int:
    """Return what a dispute holds back, in ISO's minor units."""
    return from_stripe(dispute.amount if dispute.status in HOLDING else 0, dispute.currency).amount
