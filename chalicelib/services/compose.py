"""Turn a decision to send into a message that is ready to go, with what is owed right now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.domain.case import Case
from chalicelib.domain.chasing import as_asked
from chalicelib.domain.confirmation import Agreed
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.customer import Customer
from chalicelib.domain.decisions import Send
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.money import Money
from chalicelib.domain.notice import Notice, NoticeItem
from chalicelib.domain.route import address_on
from chalicelib.domain.sequence import Do
from chalicelib.domain.tenant import Mode
from chalicelib.ports.all import Ports
from chalicelib.ports.letters import DocumentsUnavailableError, LetterMessage
from chalicelib.ports.messages import Delivery, EmailMessage, Handover, SmsMessage
from chalicelib.services.refused_addresses import refused_since

TOLD_OF_NEW_CUSTOMERS = timedelta(days=1)
"""How long the stream may take to let a customer be found by their number: it forgets then. A STOP
that comes before isn't on the customer's record yet."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A rendered message, and how the log names it."""

    message: EmailMessage | SmsMessage | LetterMessage
    subject: str

    @property
    def to(self) -> str:
        """The address it goes to."""
        return self.message.to


def compose(
    ports: Ports,
    customer: Customer,
    cases: Iterable[Case],
    send: Send,
    *,
    communication_id: str,
    now: datetime,
    agreed: tuple[Agreed, ...] = (),
) -> Draft:
    """Render the message for the cases. Raises NotFoundError without creditor or address."""
    cases = [as_asked(case) for case in cases]
    agreed = agreed or tuple(_instalment(case) for case in cases if case.instalment)
    creditor = ports.configuration.creditor(customer.tenant.creditor_id)
    address = address_on(send.channel, customer, legal=send.legal)
    if creditor is None or address is None:
        raise NotFoundError("The message has no sender or no address.")
    today = customer.calendar.date_of(now)
    notice = Notice(
        template=send.template,
        locale=customer.locale,
        creditor=creditor,
        customer_name=customer.name,
        items=tuple(_item(case, today, now) for case in sorted(cases, key=_by_due_date)),
        pay_url=ports.links.pay_url(customer.tenant, customer.id, communication_id),
        today=today,
        communication_id=communication_id,
        agreed=agreed,
        test_mode=customer.tenant.mode is Mode.TEST,
        pay_by=send.pay_by,
        words=ports.configuration.own_words(customer.tenant, send.channel.value, send.template),
        recipient=customer.address,
        customer_number=customer.external_id,
    )
    if send.channel is Do.EMAIL:
        return _email(ports, customer, creditor, address, notice, legal=send.legal)
    if send.channel is Do.LETTER:
        return _letter(ports, customer, creditor, address, notice)
    text = ports.renderer.sms(notice)
    sms = SmsMessage(
        customer.tenant,
        communication_id,
        creditor.sms_sender_id,
        address,
        text,
        sender_number=creditor.sms_number,
    )
    return Draft(sms, send.template)


def refusal(ports: Ports, customer: Customer, draft: Draft, now: datetime) -> Handover | None:
    """Ask what takes time and can be asked before the claim: whether the number opted out."""
    if not isinstance(draft.message, SmsMessage):
        return None
    is_new = now - customer.created_at <= TOLD_OF_NEW_CUSTOMERS
    if is_new and (reason := refused_since(ports, customer, customer.created_at)):
        return Handover(Delivery.REFUSED, reason=reason.value)
    return ports.sms.refusal(draft.to)


def keep(ports: Ports, draft: Draft) -> Handover | None:
    """Keep a letter, so that it can be shown; NOT_NOW where that can't be done."""
    message = draft.message
    if isinstance(message, LetterMessage):
        try:
            ports.documents.put(message.tenant, message.communication_id, message.content.pdf)
        except DocumentsUnavailableError as unavailable:
            return Handover(Delivery.NOT_NOW, reason=f"documents: {unavailable}")
    return None


def hand_over(ports: Ports, draft: Draft, deadline: datetime) -> Handover:
    """Give the message to its gateway, from which it leaves by the deadline or not now."""
    match draft.message:
        case EmailMessage() as email:
            return ports.email.send(email, deadline)
        case LetterMessage() as letter:
            return ports.letters.send(letter, deadline)
        case SmsMessage() as sms:
            return ports.sms.send(sms, deadline)


def _letter(ports: Ports, customer: Customer, creditor: Creditor, to: str, notice: Notice) -> Draft:
    if customer.address is None:
        raise NotFoundError("The letter has no address.")
    content = ports.renderer.letter(notice)
    message = LetterMessage(
        tenant=customer.tenant,
        communication_id=notice.communication_id,
        creditor=creditor,
        name=customer.name,
        address=customer.address,
        to=to,
        content=content,
    )
    return Draft(message, content.subject)


def _email(
    ports: Ports,
    customer: Customer,
    creditor: Creditor,
    address: str,
    notice: Notice,
    *,
    legal: bool,
) -> Draft:
    content = ports.renderer.email(notice)
    message = EmailMessage(
        tenant=customer.tenant,
        communication_id=notice.communication_id,
        sender_name=creditor.name,
        sender_email=creditor.sender_email,
        reply_to=creditor.reply_to,
        to=address,
        to_name=customer.name,
        content=content,
        unsubscribe_url=None if legal else notice.mails_url,
    )
    return Draft(message, content.subject)


def _item(case: Case, today: date, now: datetime) -> NoticeItem:
    return NoticeItem(
        number=case.number,
        amount=Money(case.amount, case.currency),
        remaining=case.asked_at(now),
        disputed=case.owed - case.asked_at(now),
        issue_date=case.issue_date,
        due_date=case.due_date,
        days_overdue=(today - case.due_date).days,
        charges=Money(case.charges, case.currency) if case.charges else None,
    )


def _instalment(case: Case) -> Agreed:
    """Return what a message about an instalment says in place of an invoice's facts."""
    return Agreed(case.due_date, case.owed)


def _by_due_date(case: Case) -> tuple[date, str]:
    return case.due_date, case.number
