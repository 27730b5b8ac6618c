"""Makes the sample: 200 customers and 1,000 invoices, with what was paid until the last day.

Pure: the same seed and the same days give the same sample, whatever the machine.
"""

import math
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from local.sample.behaviour import HABITS, Habit, parts
from local.sample.places import PLACES, Place

CUSTOMERS, INVOICES, DAYS = 200, 1000, 90
_SEED = 1953
_TERMS = ((14, 40), (30, 45), (45, 10), (7, 5))
_DIGITLESS = {"jpy"}
_WEEKEND = 5
# These stand for addresses that fail: bounces, complaints, out-of-office answers.
_SIMULATED = {17: "bounce", 58: "bounce", 103: "complaint", 144: "ooto", 181: "suppressionlist"}
_WORK = ("Maintenance", "Delivery", "Licence", "Consulting", "Subscription", "Spare parts")


@dataclass(frozen=True, slots=True)
class SampleCustomer:
    """Who owes, how they pay (`habit`), and after how many days invoices are due (`terms`)."""

    external_id: str
    name: str
    email: str
    phone: str | None
    place: Place
    habit: Habit
    terms: int


@dataclass(frozen=True, slots=True)
class SampleInvoice:
    """`amount` is in the minor unit of the customer's currency."""

    number: str
    customer: SampleCustomer
    amount: int
    issued: date
    due: date
    title: str

    @property
    def day(self) -> date:
        """When it is posted."""
        return self.issued


@dataclass(frozen=True, slots=True)
class SamplePayment:
    """Money for one invoice that arrived on a day."""

    invoice: SampleInvoice
    amount: int
    arrived: date
    method: str
    reference: str

    @property
    def day(self) -> date:
        """When it is posted."""
        return self.arrived


@dataclass(frozen=True, slots=True)
class Sample:
    """Everything, each in the order of its days."""

    first_day: date
    last_day: date
    customers: tuple[SampleCustomer, ...]
    invoices: tuple[SampleInvoice, ...]
    payments: tuple[SamplePayment, ...]

    def days(self) -> list[date]:
        """The days on which something is posted."""
        busy = {one.issued for one in self.invoices} | {one.arrived for one in self.payments}
        return sorted(busy)


def generate(last_day: date, *, seed: int = _SEED) -> Sample:
    """A sample whose days end with `last_day`."""
    random = Random(seed)
    first_day = last_day - timedelta(days=DAYS)
    customers = tuple(_customers(random))
    invoices = _invoices(customers, first_day, random)
    payments = [
        payment
        for invoice in invoices
        for payment in _payments(invoice, random)
        if payment.arrived <= last_day
    ]
    payments.sort(key=lambda one: (one.arrived, one.reference))
    return Sample(first_day, last_day, customers, invoices, tuple(payments))


def _customers(random: Random) -> list[SampleCustomer]:
    made: list[SampleCustomer] = []
    addresses: set[str] = set()
    for index in range(CUSTOMERS):
        place = random.choices(PLACES, [one.weight for one in PLACES])[0]
        name = _name(place, random)
        while (email := _email(index, name, place)) in addresses:
            name = _name(place, random)
        addresses.add(email)
        made.append(
            SampleCustomer(
                external_id=f"C-{10001 + index}",
                name=name,
                email=email,
                phone=_phone(index, place, random),
                place=place,
                habit=random.choices(HABITS, [one.weight for one in HABITS])[0],
                terms=random.choices([t for t, _ in _TERMS], [w for _, w in _TERMS])[0],
            )
        )
    return made


def _name(place: Place, random: Random) -> str:
    first, second = random.choice(place.first), random.choice(place.second)
    if random.random() < 0.3:  # noqa: PLR2004 -- some firms are named after two places
        first = f"{first}-{random.choice([one for one in place.first if one != first])}"
    return f"{first} {second} {random.choice(place.form)}"


def _email(index: int, name: str, place: Place) -> str:
    if index in _SIMULATED:
        return f"{_SIMULATED[index]}+c{10001 + index}@simulator.amazonses.com"
    plain = unicodedata.normalize("NFKD", name.rsplit(" ", 1)[0]).encode("ascii", "ignore")
    host = "".join(c if c.isalnum() else "-" for c in plain.decode().lower()).strip("-")
    return f"{place.office}@{host.replace('--', '-')}.{place.domain}"


def _phone(index: int, place: Place, random: Random) -> str | None:
    if place.mobile is None or random.random() < 0.35:  # noqa: PLR2004 -- a third gives no mobile
        return None
    if place.country == "US":
        return place.mobile.format(100 + index % 100)  # 555-0100 to 555-0199
    return place.mobile.format(index)


def _invoices(
    customers: tuple[SampleCustomer, ...], first_day: date, random: Random
) -> tuple[SampleInvoice, ...]:
    # Everyone has one; the rest goes by size, which differs widely between customers.
    sizes = [random.lognormvariate(0, 0.9) for _ in customers]
    owners = [*customers, *random.choices(customers, sizes, k=INVOICES - len(customers))]
    last_issue = DAYS - 3
    planned = sorted(
        ((_workday(first_day, random.randint(0, last_issue)), n) for n in range(INVOICES)),
    )
    made = []
    for position, (issued, index) in enumerate(planned):
        owner = owners[index]
        made.append(
            SampleInvoice(
                number=f"R-{issued.year}-{position + 1:05d}",
                customer=owner,
                amount=_amount(owner.place, random),
                issued=issued,
                due=issued + timedelta(days=owner.terms),
                title=f"{random.choice(_WORK)} {issued:%m/%Y}",
            )
        )
    return tuple(made)


def _workday(first_day: date, offset: int) -> date:
    day = first_day + timedelta(days=offset)
    return day - timedelta(days=max(0, day.weekday() - _WEEKEND + 1))


def _amount(place: Place, random: Random) -> int:
    units = random.lognormvariate(math.log(640), 1.0) * place.scale
    if place.currency in _DIGITLESS:
        return max(1000, round(units, -2).__trunc__())
    return max(2000, round(units * 100) // 5 * 5)


def _payments(invoice: SampleInvoice, random: Random) -> list[SamplePayment]:
    planned = parts(invoice.customer.habit, random)
    methods = ("bank_transfer", "card", "check") if invoice.customer.place.country == "US" else (
        "bank_transfer", "bank_transfer", "bank_transfer", "card")  # fmt: skip
    made, left = [], invoice.amount
    for position, part in enumerate(planned):
        amount = min(left, invoice.amount * part.percent // 100)
        if position + 1 == len(planned) and sum(one.percent for one in planned) == 100:  # noqa: PLR2004
            amount = left
        left -= amount
        made.append(
            SamplePayment(
                invoice=invoice,
                amount=amount,
                arrived=max(
                    _bank_day(invoice.due + timedelta(days=part.days)),
                    invoice.issued + timedelta(days=1),
                ),
                method=random.choice(methods),
                reference=f"{invoice.number}/{position + 1}",
            )
        )
    return made


def _bank_day(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= _WEEKEND else 0)
