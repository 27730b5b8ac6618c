"""The sample creditor's books: the same every time, and believable."""

from collections import Counter
from datetime import date

import pytest

from local.sample.generate import CUSTOMERS, INVOICES, Sample, generate

LAST_DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def sample() -> Sample:
    return generate(LAST_DAY)


def test_the_same_seed_gives_the_same_sample(sample: Sample) -> None:
    assert generate(LAST_DAY) == sample
    assert generate(LAST_DAY, seed=2) != sample


def test_there_is_as_much_as_promised(sample: Sample) -> None:
    assert (len(sample.customers), len(sample.invoices)) == (CUSTOMERS, INVOICES)
    assert len({one.number for one in sample.invoices}) == INVOICES
    assert len({one.email for one in sample.customers}) == CUSTOMERS
    assert {"eur", "usd", "gbp"} <= {one.place.currency for one in sample.customers}
    assert {one.place.locale[:2] for one in sample.customers} == {"en", "de", "fr", "es"}
    assert {one.customer for one in sample.invoices} == set(sample.customers)


def test_nobody_pays_too_much_or_before_the_invoice(sample: Sample) -> None:
    paid: Counter[str] = Counter()
    for payment in sample.payments:
        paid[payment.invoice.number] += payment.amount
        assert payment.amount > 0
        assert payment.invoice.issued < payment.arrived <= LAST_DAY
    assert all(paid[one.number] <= one.amount for one in sample.invoices)


def test_behaviour_is_believable(sample: Sample) -> None:
    paid: Counter[str] = Counter()
    for payment in sample.payments:
        paid[payment.invoice.number] += payment.amount
    due = [one for one in sample.invoices if one.due < LAST_DAY]
    overdue = [one for one in due if paid[one.number] < one.amount]
    in_part = [one for one in overdue if paid[one.number]]
    assert 0.05 < len(overdue) / len(due) < 0.25
    assert in_part
    late = sorted((one.arrived - one.invoice.due).days for one in sample.payments)
    assert -3 <= late[len(late) // 2] <= 10
    assert late[-1] > 40


def test_addresses_reach_nobody_real(sample: Sample) -> None:
    for customer in sample.customers:
        host = customer.email.rsplit("@", 1)[1]
        assert host.endswith(
            ("example.com", "example.org", "example.net", "simulator.amazonses.com")
        )
        assert customer.name.strip() == customer.name
