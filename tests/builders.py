"""Builders: a whole record from the one or two facts that a test is about.

Every builder takes the fields of the record as keywords; what isn't named has a harmless default.
Ids follow from meaning (`customer` and `number`), so that equal facts give equal records.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from chalicelib.domain import ids
from chalicelib.domain.calendar import OFFICE_DAYS, LocalCalendar, SendWindow
from chalicelib.domain.case import (
    Case,
    Claim,
    CustomerFile,
    Outcome,
    Pause,
    PauseKind,
    StepResult,
)
from chalicelib.domain.communication import Communication, CommunicationStatus, Task
from chalicelib.domain.creditor import BankDetails, Creditor
from chalicelib.domain.customer import Customer
from chalicelib.domain.decide import Rules
from chalicelib.domain.decisions import Part, Reason
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money, currency
from chalicelib.domain.payment import CreditNote, Method, Payment
from chalicelib.domain.sequence import Do, Sequence, Step
from chalicelib.domain.tenant import Mode, Tenant

CREDITOR_ID = "cr_" + "C" * ids.PART
LIVE = Tenant(CREDITOR_ID, Mode.LIVE)
TEST = Tenant(CREDITOR_ID, Mode.TEST)
EUR = currency("eur")
USD = currency("usd")
JPY = currency("jpy")
KWD = currency("kwd")


def utc(text: str) -> datetime:
    """Return the instant of `2026-01-05 09:00` (or a date alone: its midnight), UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def day(text: str | date) -> date:
    """Return the date of `2026-01-05`."""
    return date.fromisoformat(text) if isinstance(text, str) else text


def eur(amount: int) -> Money:
    """Return so many cents: `eur(100_00)` is €100.00."""
    return Money(amount, EUR)


def customer_id(name: str = "one") -> str:
    """Return the id of the customer called that in a test."""
    return ids.customer_id(_own(f"customer {name}"))


def record_id(prefix: str, name: str, *, customer: str = "one") -> str:
    """Return the id of a record called that, in that customer's partition."""
    return ids.child_id(prefix, customer_id(customer), _own(name))


def a_creditor(**facts: Any) -> Creditor:
    """Return a creditor that has all details that messages can show."""
    creditor = Creditor(
        id=CREDITOR_ID,
        name="Nordlicht Energie GmbH",
        sender_email="rechnung@nordlicht.example",
        reply_to="buchhaltung@nordlicht.example",
        country="DE",
        phone="+493012345678",
        address=("Hafenstraße 1", "10115 Berlin"),
        website="https://nordlicht.example",
        sms_sender_id="Nordlicht",
        bank=BankDetails("Nordlicht Energie GmbH", "DE89370400440532013000", "COBADEFFXXX"),
        created_at=utc("2025-01-01"),
    )
    return replace(creditor, **facts)


def a_customer(name: str = "one", **facts: Any) -> Customer:
    """Return a customer in Berlin with working e-mail address and phone; `name` makes the id."""
    customer = Customer(
        id=customer_id(name),
        tenant=LIVE,
        name=f"Customer {name}",
        country="DE",
        locale="en",
        timezone="Europe/Berlin",
        created_at=utc("2025-12-01 10:00"),
        email=f"{name}@customer.example",
        phone="+4915112345678",
        version=1,
    )
    return replace(customer, **facts)


def an_invoice(
    number: str = "R-1",
    *,
    customer: str = "one",
    due: str | date = "2026-01-15",
    issued: str | date = "2026-01-01",
    **facts: Any,
) -> Invoice:
    """Return an open invoice over €100.00."""
    invoice = Invoice(
        id=record_id(ids.INVOICE, number, customer=customer),
        tenant=LIVE,
        customer_id=customer_id(customer),
        number=number,
        currency=EUR,
        amount=100_00,
        issue_date=day(issued),
        due_date=day(due),
        sequence=("seq_1", 1),
        created_at=datetime.combine(day(issued), time(8), tzinfo=UTC),
        version=1,
    )
    return replace(invoice, **facts)


def case_of(invoice: Invoice, **facts: Any) -> Case:
    """Return the case of an invoice, with the invoice's facts."""
    case = Case(
        id=invoice.case_id,
        tenant=invoice.tenant,
        customer_id=invoice.customer_id,
        number=invoice.number,
        currency=invoice.currency,
        amount=invoice.amount,
        remaining=invoice.remaining,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        sequence=invoice.sequence,
        created_at=invoice.created_at,
        version=1,
    )
    return replace(case, **facts)


def a_case(
    number: str = "R-1",
    *,
    customer: str = "one",
    due: str | date = "2026-01-15",
    issued: str | date = "2026-01-01",
    **facts: Any,
) -> Case:
    """Return the open case of an invoice over €100.00, nothing done yet."""
    return case_of(an_invoice(number, customer=customer, due=due, issued=issued), **facts)


def a_file(*cases: Case, customer: Customer | None = None) -> CustomerFile:
    """Return the working file of a customer with these open cases."""
    return CustomerFile(customer or a_customer(), cases)


def a_step(
    key: str = "reminder", offset_days: int = 1, do: Do | str = Do.EMAIL, **facts: Any
) -> Step:
    """Return a step, by default an e-mail on the day after the due date."""
    return replace(Step(key=key, offset_days=offset_days, do=Do(do)), **facts)


def a_sequence(*steps: Step, **rules: Any) -> Sequence:
    """Return version 1 of `seq_1`; without steps it has one e-mail on the day after due."""
    chosen = steps or (a_step(),)
    return Sequence(
        **{"id": "seq_1", "name": "Test sequence", "version": 1, "steps": chosen, **rules}
    )


def a_window(
    opens: str = "09:00",
    closes: str = "17:00",
    *,
    skip_holidays: bool = True,
    days: Iterable[Any] = OFFICE_DAYS,
) -> SendWindow:
    """Return office hours, Monday to Friday, not on public holidays."""
    return SendWindow(
        days=frozenset(days),
        opens=time.fromisoformat(opens),
        closes=time.fromisoformat(closes),
        skip_holidays=skip_holidays,
    )


def rules(*sequences: Sequence) -> Rules:
    """Return the rules that hold these sequence versions."""
    return Rules({(each.id, each.version): each for each in sequences})


def berlin() -> LocalCalendar:
    """Return the calendar of Berlin."""
    return LocalCalendar("Europe/Berlin", "DE")


def a_claim(step: str = "reminder", at: str = "2026-01-16 09:00", **facts: Any) -> Claim:
    """Return a claim on a step for an e-mail."""
    communication = record_id(ids.COMMUNICATION, f"claim {step}")
    claim = Claim(step=step, communication=communication, channel="email", at=utc(at))
    return replace(claim, **facts)


def a_result(
    outcome: Outcome = Outcome.SENT, at: str = "2026-01-16 09:00", **facts: Any
) -> StepResult:
    """Return how a step ended, by default sent by e-mail because it was due."""
    result = StepResult(outcome=outcome, reason="due", at=utc(at), channel="email")
    return replace(result, **facts)


def a_pause(
    kind: PauseKind = PauseKind.HOLD, until: str | None = None, since: str = "2026-01-01"
) -> Pause:
    """Return a pause, by default a hold without end."""
    end = utc(until) if until else None
    return Pause(kind=kind, reason="test", since=utc(since), until=end)


def a_payment(
    amount: int = 100_00, *, name: str = "P-1", customer: str = "one", **facts: Any
) -> Payment:
    """Return a payment that has arrived and isn't allocated yet."""
    payment = Payment(
        id=record_id(ids.PAYMENT, name, customer=customer),
        tenant=LIVE,
        customer_id=customer_id(customer),
        currency=EUR,
        amount=amount,
        method=Method.BANK_TRANSFER,
        paid_at=utc("2026-01-20 10:00"),
        created_at=utc("2026-01-20 10:00"),
        version=1,
    )
    return replace(payment, **facts)


def a_credit_note(
    amount: int = 10_00, *, number: str = "R-1", customer: str = "one", **facts: Any
) -> CreditNote:
    """Return a credit note on the invoice of that number."""
    note = CreditNote(
        id=record_id(ids.CREDIT_NOTE, f"credit of {number}", customer=customer),
        tenant=LIVE,
        invoice_id=record_id(ids.INVOICE, number, customer=customer),
        currency=EUR,
        amount=amount,
        reason="goods returned",
        created_at=utc("2026-01-20 10:00"),
        version=1,
    )
    return replace(note, **facts)


def a_communication(
    *cases: Case, name: str = "M-1", step: str = "reminder", **facts: Any
) -> Communication:
    """Return an e-mail that was sent about these cases (one default case without any)."""
    concerned = cases or (a_case(),)
    owner = concerned[0].customer_id
    communication = Communication(
        id=ids.child_id(ids.COMMUNICATION, owner, _own(name)),
        tenant=LIVE,
        customer_id=owner,
        channel="email",
        status=CommunicationStatus.SENT,
        parts=tuple(Part(case.id, step, Reason.DUE) for case in concerned),
        template=step,
        locale="en",
        to="one@customer.example",
        subject="Your invoice",
        amounts={"eur": sum(case.remaining for case in concerned)},
        created_at=utc("2026-01-16 09:00"),
        provider_id="0100018-test",
        sent_at=utc("2026-01-16 09:00"),
        version=1,
    )
    return replace(communication, **facts)


def a_task(case: Case | None = None, *, name: str = "T-1", **facts: Any) -> Task:
    """Return an open task: call the customer about a case."""
    concerned = case or a_case()
    task = Task(
        id=ids.child_id(ids.TASK, concerned.customer_id, _own(name)),
        tenant=LIVE,
        customer_id=concerned.customer_id,
        case_id=concerned.id,
        step="call",
        do="call",
        reason=Reason.FOR_A_PERSON.value,
        created_at=utc("2026-01-20 10:00"),
        version=1,
    )
    return replace(task, **facts)


def _own(name: str) -> str:
    return ids.encode(ids.meaning(name), ids.PART)
