"""The customer's page: what is owed, and the way to the provider's checkout."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from chalicelib.domain import ids
from chalicelib.domain.allocation import MOST_AT_ONCE
from chalicelib.domain.case import Case, CustomerFile, PauseKind
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.errors import InvalidError, NotFoundError
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Currency, Money, currency, total
from chalicelib.domain.notice import PayPage, PayPageInvoice
from chalicelib.domain.promise import promised_on
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.domain.undisputed import undisputed
from chalicelib.ports.all import Ports
from chalicelib.ports.payments import CheckoutRequest
from chalicelib.services.begin_reading import begin_reading
from chalicelib.services.common import changing, load_customer, now_of, retrying

CHECKOUTS_REMEMBERED = 5
MOST_LISTED = 500
"""Open invoices on one page, about 300 kB: those that the link is about, then the oldest due."""
VISIT = Change(by="customer", why="opened the provider's page")


@dataclass(frozen=True, slots=True)
class Visit:
    """Whose page a signed link opens, and the communication that it came with."""

    tenant: Tenant
    customer_id: str
    communication_id: str | None = None


class ChoiceError(InvalidError):
    """What the customer chose can't be paid; `notice` is the banner that says why."""

    code = "invalid_choice"

    def __init__(self, notice: str) -> None:
        super().__init__(notice)
        self.notice = notice


def show_pay_page(
    ports: Ports, visit: Visit, notice: str | None = None, *, form_action: str = ""
) -> PayPage:
    """Return what the page shows now. Raises NotFoundError where the customer is gone or erased."""
    file, creditor = _load(ports, visit)
    customer, now = file.customer, now_of(ports, file.customer)
    today, about = customer.calendar.date_of(now), _about(ports, visit)
    cases, others = _listed(file, about)
    wanted = dict.fromkeys([*(case.invoice_id for case in cases), *about])
    stored = ports.ledger.invoices(customer.tenant, wanted)
    shown = [_of_case(case, stored.pop(case.invoice_id, None), today, now) for case in cases]
    shown += [_of_invoice(invoice, today) for invoice in stored.values()]
    return PayPage(
        locale=customer.locale,
        creditor=creditor,
        customer_name=customer.name,
        invoices=tuple(shown),
        highlighted=_highlighted(cases, about),
        part_payment=_in_parts(creditor, cases),
        form_action=form_action,
        today=today,
        credit=tuple(Money(amount, currency(code)) for code, amount in customer.credit.items()),
        unlisted=tuple(_payable(case, now) for case in others if not _is_processing(case, now)),
        notice=notice,
        test_mode=customer.tenant.mode is Mode.TEST,
    )


def start_checkout(
    ports: Ports,
    visit: Visit,
    of: Currency,
    invoice_ids: tuple[str, ...],
    amount: Money | None,
    return_url: str,
) -> str:
    """Open a checkout for the chosen invoices, or part of them, and return its URL.

    Raises ChoiceError with a notice of PayPage for what can't be paid, PaymentUnavailableError,
    NotFoundError.
    """
    file, creditor = _load(ports, visit)
    now = now_of(ports, file.customer)
    cases = _chosen(file, of, invoice_ids, now)
    owed = total([_payable(case, now) for case in cases], of)
    wanted = owed if amount is None else amount  # nothing chosen isn't zero chosen
    if wanted.amount <= 0 or wanted > owed or (wanted < owed and not _in_parts(creditor, cases)):
        raise ChoiceError("amount_invalid")
    customer = file.customer
    request = CheckoutRequest(
        tenant=visit.tenant,
        customer_id=customer.id,
        email=customer.email,
        locale=customer.locale,
        amount=wanted,
        named=tuple(case.invoice_id for case in cases),
        lines=_lines(cases, now, wanted, owed),
        communication_id=visit.communication_id,
        success_url=f"{return_url}/done",
        cancel_url=f"{return_url}?notice=cancelled",
        idempotency_key=_key_of(customer, wanted, cases, now, return_url),
    )
    try:
        checkout = ports.payments.start_checkout(request)
    except InvalidError:
        raise ChoiceError("amount_not_payable") from None
    begin_reading(ports, visit.tenant)
    _remember(ports, visit, checkout.id)
    return checkout.url


def _in_parts(creditor: Creditor, cases: Iterable[Case]) -> bool:
    """Say whether part of what is owed may be paid: also where a plan says so."""
    return creditor.part_payment or bool(promised_on(cases, PauseKind.PLAN))


def _load(ports: Ports, visit: Visit) -> tuple[CustomerFile, Creditor]:
    file = ports.ledger.file(visit.tenant, visit.customer_id)
    creditor = ports.configuration.creditor(visit.tenant.creditor_id)
    if file is None or creditor is None or file.customer.erasure:
        raise NotFoundError("There is no such page.")
    return file, creditor


def _listed(file: CustomerFile, about: tuple[str, ...]) -> tuple[list[Case], list[Case]]:
    """Return the open cases to list, by due date, and those that would be too many."""
    named = set(about)
    first = sorted(
        file.open_cases, key=lambda case: (case.invoice_id not in named, *_by_due_date(case))
    )
    return sorted(first[:MOST_LISTED], key=_by_due_date), first[MOST_LISTED:]


def _about(ports: Ports, visit: Visit) -> tuple[str, ...]:
    if visit.communication_id is None:
        return ()
    communication = ports.ledger.communication(visit.tenant, visit.communication_id)
    return communication.invoices if communication else ()


def _highlighted(cases: list[Case], about: tuple[str, ...]) -> frozenset[str]:
    """What the link was about, or everything; the oldest due of it where one payment can't."""
    chosen = [case.invoice_id for case in cases if not about or case.invoice_id in about]
    return frozenset(chosen[:MOST_AT_ONCE]) if len(chosen) > MOST_AT_ONCE else frozenset(about)


def _chosen(
    file: CustomerFile, of: Currency, invoice_ids: tuple[str, ...], now: datetime
) -> list[Case]:
    wanted = set(invoice_ids)
    if not wanted or len(wanted) > MOST_AT_ONCE:
        raise ChoiceError("nothing_selected" if not wanted else "too_many")
    open_cases = {case.invoice_id: case for case in file.open_cases}
    if not wanted <= open_cases.keys():
        raise ChoiceError("already_paid")
    cases = sorted((open_cases[each] for each in wanted), key=_by_due_date)
    if any(
        case.currency != of or _is_processing(case, now) or not _payable(case, now)
        for case in cases
    ):
        raise ChoiceError("nothing_selected")
    return cases


def _key_of(
    customer: Customer, wanted: Money, cases: list[Case], now: datetime, return_url: str
) -> str:
    """The same choice on the same page gives one checkout, however often it is clicked."""
    owed = [f"{case.invoice_id} {_payable(case, now).amount}" for case in cases]
    facts = (return_url, customer.locale, customer.email or "", str(wanted.amount), *owed)
    return f"{customer.id}-{ids.meaning(*facts)}"


def _lines(
    cases: list[Case], now: datetime, wanted: Money, owed: Money
) -> tuple[tuple[str, Money], ...]:
    if wanted == owed:
        return tuple((case.number, _payable(case, now)) for case in cases)
    return ((", ".join(case.number for case in cases), wanted),)


def _remember(ports: Ports, visit: Visit, checkout_id: str) -> None:
    def attempt() -> None:
        before = load_customer(ports, visit.tenant, visit.customer_id)
        if before.erasure:  # in between: nothing is remembered of them, and nothing is owed
            raise NotFoundError("There is no such page.")
        others = [each for each in before.checkouts if each != checkout_id]
        checkouts = (checkout_id, *others)[:CHECKOUTS_REMEMBERED]
        after = replace(before, checkouts=checkouts, visited_at=now_of(ports, before))
        ports.ledger.commit([changing(before, after, VISIT)])

    retrying(attempt)


def _payable(case: Case, now: datetime) -> Money:
    """Return what is owed but for what is disputed."""
    return Money(undisputed(case, now), case.currency)


def _is_processing(case: Case, now: datetime) -> bool:
    return any(
        pause.kind is PauseKind.PAYMENT_PROCESSING and pause.covers(now) for pause in case.pauses
    )


def _by_due_date(case: Case) -> tuple[date, str]:
    return case.due_date, case.number


def _of_case(case: Case, invoice: Invoice | None, today: date, now: datetime) -> PayPageInvoice:
    """What is owed is read off the case; its invoice only adds where its document is."""
    return PayPageInvoice(
        id=case.invoice_id,
        number=case.number,
        amount=Money(case.amount, case.currency),
        remaining=_payable(case, now),
        disputed=case.owed - _payable(case, now),
        issue_date=case.issue_date,
        due_date=case.due_date,
        days_overdue=(today - case.due_date).days,
        status="open",
        processing=_is_processing(case, now),
        pdf_url=invoice.pdf_url if invoice else None,
        charges=Money(case.charges, case.currency) if case.charges else None,
    )


def _of_invoice(invoice: Invoice, today: date) -> PayPageInvoice:
    return PayPageInvoice(
        id=invoice.id,
        number=invoice.number,
        amount=Money(invoice.amount, invoice.currency),
        remaining=invoice.owed,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        days_overdue=(today - invoice.due_date).days,
        status=invoice.status.value,
        pdf_url=invoice.pdf_url,
        charges=Money(invoice.charges, invoice.currency) if invoice.charges else None,
    )
