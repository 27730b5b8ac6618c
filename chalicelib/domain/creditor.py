"""The creditor: the business that is owed, and how it presents itself to its customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.late_payment import USUAL_POLICY, LatePayment
from chalicelib.domain.retention import USUAL, Retention

PAYMENTS_KNOWN_WITHIN = timedelta(hours=6)
"""Long enough for most outages of a provider, short enough that few pay unseen meanwhile."""


class PrintService(StrEnum):
    """Who prints and posts letters: whoever picks them up from the stage's outbox, or Lob."""

    OUTBOX = "outbox"
    LOB = "lob"


@dataclass(frozen=True, slots=True)
class BankDetails:
    """Where a customer can transfer money instead of paying by card."""

    account_holder: str
    iban: str
    bic: str | None = None


@dataclass(frozen=True, slots=True)
class Creditor:
    """What messages and pages say about the sender, and what the creditor allows.

    `sender_email` is the From address (verified in SES), `reply_to` is read by people and takes
    objections. `stripe_secret` and `stripe_webhook_secrets` are names in the secret store, never
    the values. `sms_number` (E.164) sends text messages and takes the answers; creditors may share
    it. `sms_needs_consent` says that text messages only go to who agreed to them before.
    `address` leaves out the country, which readers see in their own language.
    `part_payment` lets customers pay less than what is owed. `payments_known_within` is how old the
    knowledge of online payments may be for reminders to go out. `retention` is how long personal
    data are kept. A dispute that is opened without a deadline has one after `dispute_days`.
    `late_payment` is what is asked of those who pay late.
    """

    id: str
    name: str
    sender_email: str
    reply_to: str
    country: str
    phone: str | None = None
    address: tuple[str, ...] = ()
    website: str | None = None
    sms_sender_id: str | None = None
    sms_number: str | None = None
    sms_needs_consent: bool = False
    bank: BankDetails | None = None
    part_payment: bool = True
    payments_known_within: timedelta = PAYMENTS_KNOWN_WITHIN
    retention: Retention = USUAL
    dispute_days: int = 30
    print_service: PrintService = PrintService.OUTBOX
    late_payment: LatePayment = USUAL_POLICY
    default_sequence: str | None = None
    created_at: datetime | None = None
    metadata: dict[str, str] = field(default_factory=dict)
