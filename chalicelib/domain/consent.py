"""What may be sent to whom: what customers said, and what a creditor asks them for first.

Where a creditor asks for consent to a channel first, a customer who said nothing counts as one who
refused, for reminders and legal notices alike.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from chalicelib.domain.creditor import Creditor
from chalicelib.domain.customer import Customer
from chalicelib.domain.privacy import Consent
from chalicelib.domain.sequence import Do

NEVER_ASKED = "never_asked"
"""The source of a refusal that nobody spoke."""
CHANNELS = ("email", "sms", "letter", "call")
"""What a customer can consent to, or refuse."""


def opt_in_channels(creditor: Creditor | None) -> frozenset[Do]:
    """Return the channels for which the creditor asks for consent first."""
    return frozenset({Do.SMS}) if creditor and creditor.sms_needs_consent else frozenset()


def as_agreed(customer: Customer, opt_in: Collection[Do]) -> Customer:
    """Return the customer with the refusals that silence is. For decisions; never to be stored."""
    silent = {
        channel.value: Consent(given=False, source=NEVER_ASKED, at=customer.created_at)
        for channel in opt_in
        if channel.value not in customer.consents
    }
    return replace(customer, consents={**customer.consents, **silent}) if silent else customer
