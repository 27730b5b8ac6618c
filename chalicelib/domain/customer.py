"""The customer: who owes, how to reach them, and where their calendar hangs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.address import PostalAddress
from chalicelib.domain.calendar import LocalCalendar, SendWindow
from chalicelib.domain.choice import Override
from chalicelib.domain.contacts import Contact
from chalicelib.domain.history import History
from chalicelib.domain.privacy import Consent, Erasure
from chalicelib.domain.tenant import Tenant


class Suppression(StrEnum):
    """Why an address is no longer written to."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    OPTED_OUT = "opted_out"
    INVALID = "invalid"


class CustomerKind(StrEnum):
    """Whether a customer buys for a business; the law asks less of consumers who pay late."""

    BUSINESS = "business"
    CONSUMER = "consumer"


@dataclass(frozen=True, slots=True)
class Change:
    """Who made a change, and why: `by` is `api_key:…`, `customer`, `stripe`, `ses`, `system`…

    `at` is when, by the customer's clock. The events that tell of the change take it from here.
    """

    by: str
    why: str
    at: datetime | None = None

    def when(self, at: datetime) -> Change:
        """Return the change as made at that moment."""
        return replace(self, at=at)


SYSTEM = Change(by="system", why="")


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer of one creditor.

    `balance` is what is owed and `credit` what was paid and not yet applied, in minor units by
    currency code. `credit_payments` names the payments that hold the credit. `suppressed` maps
    an address to the reason it is no longer used. `last_contact_at` covers closed cases only:
    open ones carry their own. `checkouts` are the provider's pages opened last, newest first, and
    `visited_at` is when the newest was. `request` stands for the request that made the customer, if
    that had an Idempotency-Key. `consents` are by channel, `exported_at` is when all that is stored
    was last handed out, and `erasure` says that the customer is nameless, or is becoming so.
    `contacts` are those of closed cases and those that people told of (contacts.py), and
    `contact_hours` narrow the windows of all sequences.
    `broken_promises` and `broken_plans` are how many of those were broken. `tags` and `risk_grade`
    are the creditor's own words, `credit_limit` minor units by currency code. `override` gives all
    invoices a sequence, and `history` counts how the customer paid.
    """

    id: str
    tenant: Tenant
    name: str
    country: str
    locale: str
    timezone: str
    created_at: datetime
    external_id: str | None = None
    email: str | None = None
    phone: str | None = None
    test_clock: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    balance: dict[str, int] = field(default_factory=dict)
    credit: dict[str, int] = field(default_factory=dict)
    credit_payments: tuple[str, ...] = ()
    suppressed: dict[str, Suppression] = field(default_factory=dict)
    last_contact_at: datetime | None = None
    visited_at: datetime | None = None
    checkouts: tuple[str, ...] = ()
    request: str | None = None
    consents: dict[str, Consent] = field(default_factory=dict)
    exported_at: datetime | None = None
    address: PostalAddress | None = None
    contacts: tuple[Contact, ...] = ()
    contact_hours: SendWindow | None = None
    erasure: Erasure | None = None
    tags: tuple[str, ...] = ()
    risk_grade: str | None = None
    credit_limit: dict[str, int] = field(default_factory=dict)
    override: Override | None = None
    history: History = field(default_factory=History)
    kind: CustomerKind = CustomerKind.BUSINESS
    broken_promises: int = 0
    broken_plans: int = 0
    version: int = 0
    change: Change = SYSTEM

    @property
    def calendar(self) -> LocalCalendar:
        """The customer's local calendar."""
        return LocalCalendar(timezone=self.timezone, country=self.country)

    def usable_email(self, *, legal: bool = False) -> str | None:
        """Return the e-mail address unless it is missing, suppressed or objected to."""
        return self._usable(self.email, "email", legal=legal)

    def usable_phone(self, *, legal: bool = False) -> str | None:
        """Return the phone number in E.164 unless it is missing, suppressed or objected to."""
        return self._usable(self.phone, "sms", legal=legal)

    def usable_letter(self, *, legal: bool = False) -> str | None:
        """Return the postal address on one line unless it is missing, suppressed or objected to."""
        return self._usable(self.postal_line(), "letter", legal=legal)

    def postal_line(self) -> str | None:
        """Return the postal address on one line, as the log names it."""
        return self.address.one_line if self.address else None

    def allows(self, channel: str, *, legal: bool = False) -> bool:
        """Say whether the customer hasn't refused the channel, by what they said last."""
        consent = self.consents.get(channel)
        return consent is None or consent.allows(legal=legal)

    def _usable(self, address: str | None, channel: str, *, legal: bool) -> str | None:
        if address is None or address.lower() in self.suppressed:
            return None
        return address if self.allows(channel, legal=legal) else None
