"""Loads the sample through the public API on a test clock, day by day in the order it happened.

Each morning the clock is moved on, the payments that came in are posted from the bank's statement,
and then the day's invoices. Where it was interrupted it goes on: the mark is kept after every day,
and each request carries a key that makes repeating it harmless.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from local.api import Api, Json
from local.progress import interval
from local.sample.generate import SampleCustomer, SampleInvoice, SamplePayment, generate

# Before anyone's office hours in Europe, so that money that is there stops the day's reminders.
_MORNING = time_of_day(5, 0, tzinfo=UTC)
_BATCH = 100
_ADVANCE_SECONDS = 600.0
_POLL_SECONDS = 0.25
_AT_A_TIME = 4

_ANNOUNCEMENT = """\
Meanwhile the sample is loaded, which only the first run does: {sample.first_day} to
{sample.last_day}, day by day through the API on a test clock, with every reminder. It takes
minutes; if interrupted, the next run goes on with it. (DUNLIN_SAMPLE=0 does without.)"""

_Row = TypeVar("_Row", SampleInvoice, SamplePayment)


class ClockStuckError(Exception):
    """The test clock didn't arrive within ten minutes."""


def load(api: Api, kept: Path, *, last_day: date) -> Json:
    """Load what isn't loaded yet; `kept` is the file with the mark. Returns the mark."""
    mark = _mark(api, kept, last_day)
    if mark["done"]:
        return mark
    sample = generate(date.fromisoformat(mark["last_day"]))
    invoices, payments = _by_day(sample.invoices), _by_day(sample.payments)
    days = [day for day in sample.days() if day.isoformat() > mark["day"]]
    print(_ANNOUNCEMENT.format(sample=sample), file=sys.stderr)
    if len(mark["customers"]) < len(sample.customers):
        with _pool() as pool:
            posted = pool.map(partial(_post_customer, api, mark["clock"]), sample.customers)
            mark["customers"] = dict(_bar(posted, "Sample customers", len(sample.customers)))
        _keep(kept, mark)
    for day in _bar(days, "Sample invoices", len(days)):
        _advance(api, mark["clock"], datetime.combine(day, _MORNING))
        with _pool() as pool:
            list(pool.map(partial(_post_payment, api, mark["invoices"]), payments[day]))
        for some in _batches(invoices[day]):
            mark["invoices"] |= _post_invoices(api, some, mark["customers"])
        mark["day"] = day.isoformat()
        _keep(kept, mark)
    _advance(api, mark["clock"], datetime.combine(sample.last_day, _MORNING))
    mark["done"] = True
    _keep(kept, mark)
    print("The sample is complete.", file=sys.stderr)
    return mark


@contextmanager
def _pool() -> Iterator[ThreadPoolExecutor]:
    pool = ThreadPoolExecutor(_AT_A_TIME)
    try:
        yield pool
    finally:
        # Ctrl-C waits for what is being posted, not for what would be posted next.
        pool.shutdown(cancel_futures=True)


def _mark(api: Api, kept: Path, last_day: date) -> Json:
    if kept.exists():
        mark: Json = json.loads(kept.read_text())
        return mark
    first = generate(last_day).first_day - timedelta(days=1)
    frozen = datetime.combine(first, _MORNING)
    clock = api.post("/v1/test_clocks", {"frozen_time": _instant(frozen), "name": "Sample"})
    mark = {
        "clock": clock["id"],
        "last_day": last_day.isoformat(),
        "day": "",
        "customers": {},
        "invoices": {},
        "done": False,
    }
    _keep(kept, mark)
    return mark


def _advance(api: Api, clock: str, to: datetime) -> None:
    path = f"/v1/test_clocks/{clock}"
    state = api.get(path)
    if datetime.fromisoformat(state["frozen_time"]) < to and state["status"] == "ready":
        state = api.post(f"{path}/advance", {"frozen_time": _instant(to)})
    deadline = time.monotonic() + _ADVANCE_SECONDS
    while state["status"] != "ready":
        if time.monotonic() > deadline:
            raise ClockStuckError(f"test clock {clock} on its way to {to}")
        time.sleep(_POLL_SECONDS)
        state = api.get(path)


def _post_customer(api: Api, clock: str, customer: SampleCustomer) -> tuple[str, str]:
    body = _customer(customer, clock)
    posted = api.post("/v1/customers", body, once=f"sample-{customer.external_id}")
    return customer.external_id, posted["id"]


def _post_payment(api: Api, invoices: Json, payment: SamplePayment) -> None:
    body = {
        "amount": payment.amount,
        "currency": payment.invoice.customer.place.currency,
        "paid_at": _instant(datetime.combine(payment.arrived, _MORNING)),
        "method": payment.method,
        "reference": payment.reference,
    }
    path = f"/v1/invoices/{invoices[payment.invoice.number]}/payments"
    api.post(path, body, once=f"sample-{payment.reference}")


def _post_invoices(api: Api, some: Sequence[SampleInvoice], customers: Json) -> dict[str, str]:
    bodies = [_invoice(one, customers[one.customer.external_id]) for one in some]
    answer = api.post("/v1/invoices/batch", {"invoices": bodies}, once=f"sample-{some[0].number}")
    refused = [row["error"] for row in answer["data"] if "invoice" not in row]
    if refused:
        raise ValueError(f"the API refuses invoices of the sample: {json.dumps(refused[0])}")
    return {row["invoice"]["number"]: row["invoice"]["id"] for row in answer["data"]}


def _customer(customer: SampleCustomer, clock: str) -> Json:
    body: Json = {
        "external_id": customer.external_id,
        "name": customer.name,
        "email": customer.email,
        "country": customer.place.country,
        "locale": customer.place.locale,
        "timezone": customer.place.timezone,
        "test_clock": clock,
        "metadata": {"habit": customer.habit.name},
    }
    return body if customer.phone is None else {**body, "phone": customer.phone}


def _invoice(invoice: SampleInvoice, customer: str) -> Json:
    return {
        "number": invoice.number,
        "customer": customer,
        "currency": invoice.customer.place.currency,
        "amount": invoice.amount,
        "issue_date": invoice.issued.isoformat(),
        "due_date": invoice.due.isoformat(),
        "lines": [{"description": invoice.title, "amount": invoice.amount}],
    }


def _by_day(rows: Sequence[_Row]) -> dict[date, list[_Row]]:
    found: dict[date, list[_Row]] = defaultdict(list)
    for row in rows:
        found[row.day].append(row)
    return found


def _batches(rows: Sequence[SampleInvoice]) -> Iterator[Sequence[SampleInvoice]]:
    for start in range(0, len(rows), _BATCH):
        yield rows[start : start + _BATCH]


_Item = TypeVar("_Item")


def _bar(rows: Iterable[_Item], title: str, total: int) -> Iterator[_Item]:
    yield from tqdm(
        *(rows, title, total),
        unit="",
        file=sys.stderr,
        leave=False,
        mininterval=interval(),
    )


def _keep(kept: Path, mark: Json) -> None:
    beside = kept.with_suffix(".new")
    beside.write_text(json.dumps(mark))
    beside.replace(kept)


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
