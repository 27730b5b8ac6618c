"""A notice: the facts that a message to a customer states. Rendering turns it into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from chalicelib.domain.address import PostalAddress
from chalicelib.domain.confirmation import Agreed
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.money import Money, totals_by_currency
from chalicelib.domain.own_template import Words


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """One invoice in a notice. `days_overdue` counts local days; negative = not yet due.

    `remaining` is what the notice asks for; what is `disputed` is owed besides, and set aside.
    `charges` are the fees and interest beside the `amount`, if there are any.
    """

    number: str
    amount: Money
    remaining: Money
    issue_date: date
    due_date: date
    days_overdue: int
    charges: Money | None = None
    disputed: Money | None = None

    @property
    def owed(self) -> Money:
        """What is still owed on it, whether it is disputed or not."""
        return self.remaining + self.disputed if self.disputed else self.remaining

    @property
    def settled(self) -> Money:
        """What was paid or credited."""
        return settled_of(self.amount, self.charges, self.owed)


def settled_of(amount: Money, charges: Money | None, remaining: Money) -> Money:
    """Return what was paid or credited of an amount and what was charged beside it."""
    return (amount + charges if charges else amount) - remaining


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one customer about one or several invoices.

    `template` is a folder under templates/<channel>/; of a bundle's steps the firmest gives it.
    `today` is the customer's local date on which the message goes out, `pay_by` the one until
    which it gives time to pay. `words` are the creditor's
    own for this message on this channel, by language; where there are none, the built-in ones are
    used. `recipient` and `customer_number` (what the creditor calls the customer) are for letters.
    `agreed` is what a confirmation tells of.
    """

    template: str
    locale: str
    creditor: Creditor
    customer_name: str
    items: tuple[NoticeItem, ...]
    pay_url: str
    today: date
    communication_id: str
    test_mode: bool = False
    pay_by: date | None = None
    words: Mapping[str, Words] = field(default_factory=dict)
    recipient: PostalAddress | None = None
    customer_number: str | None = None
    agreed: tuple[Agreed, ...] = ()

    @property
    def mails_url(self) -> str:
        """The page on which the customer stops reminders by e-mail."""
        return f"{self.pay_url}/emails"

    @property
    def totals(self) -> tuple[Money, ...]:
        """What is asked for on the listed invoices, one amount per currency."""
        return totals_by_currency([item.remaining for item in self.items])

    @property
    def asked(self) -> tuple[NoticeItem, ...]:
        """The invoices that the message asks to be paid: what is overdue, or all if nothing is."""
        return tuple(item for item in self.items if item.days_overdue > 0) or self.items


@dataclass(frozen=True, slots=True)
class EmailContent:
    """A rendered e-mail: one-line subject, plain text and HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class LetterContent:
    """A letter that is ready to print: what it is about, on one line, and the PDF."""

    subject: str
    pdf: bytes


@dataclass(frozen=True, slots=True)
class PayPageInvoice:
    """One open or recently settled invoice on the customer's page.

    `remaining` is what can be paid there; what is `disputed` is owed besides, and set aside.
    """

    id: str
    number: str
    amount: Money
    remaining: Money
    issue_date: date
    due_date: date
    days_overdue: int
    status: str
    processing: bool = False
    pdf_url: str | None = None
    charges: Money | None = None
    disputed: Money | None = None

    @property
    def settled(self) -> Money:
        """What was paid or credited."""
        owed = self.remaining + self.disputed if self.disputed else self.remaining
        return settled_of(self.amount, self.charges, owed)


@dataclass(frozen=True, slots=True)
class PayPage:
    """What the customer's page shows. `highlighted`: the invoices that the opened link was about.

    `unlisted` is what can be paid on each open invoice beyond those that a page can show.
    `form_action` is where the choice of invoices and amount is posted (one form per currency),
    `notice` names a banner: `paid`, `processing`, `cancelled`, or a code of what was wrong with
    the posted choice (`nothing_selected`, `too_many`, `amount_invalid`, `amount_unreadable`,
    `amount_not_payable`, `already_paid`, `payment_unavailable`).
    """

    locale: str
    creditor: Creditor
    customer_name: str
    invoices: tuple[PayPageInvoice, ...]
    highlighted: frozenset[str]
    part_payment: bool
    form_action: str
    today: date
    credit: tuple[Money, ...] = ()
    unlisted: tuple[Money, ...] = ()
    notice: str | None = None
    test_mode: bool = False


@dataclass(frozen=True, slots=True)
class MailPage:
    """What the page shows on which a customer stops reminders by e-mail.

    `state` is `on`, `off`, or `objected` (to all e-mail, which this page can't change). `notice` is
    what was just done: `stopped`, `resumed`.
    """

    locale: str
    creditor: Creditor
    customer_name: str
    state: str
    form_action: str
    notice: str | None = None
    test_mode: bool = False
