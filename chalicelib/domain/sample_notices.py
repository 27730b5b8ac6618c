"""Made-up notices of every situation in which a message is sent, to try a creditor's text on.

A step can run late and a bundle mixes due dates, so any message meets any of them. The creditor is
the real one. `is_usual` marks those of ordinary size, by which lengths are judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from chalicelib.domain.bundle import LARGEST_BUNDLE
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.money import Currency, Money, currency
from chalicelib.domain.notice import Notice, NoticeItem
from chalicelib.domain.own_template import TemplateName, Words

TODAY = date(2026, 3, 17)
PAY_URL = (
    "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/api/pay/" + "Sample-" * 9 + "links"
)
"""As long as a link with API Gateway's own address, which is the longest that is usual."""
LONGEST_NAME, LONGEST_NUMBER = 200, 64
"""Characters, as the API takes them."""
EUR = currency("eur")


@dataclass(frozen=True, slots=True)
class Sample:
    """A notice, and what it is about in a few words."""

    situation: str
    notice: Notice
    is_usual: bool = True


def samples(creditor: Creditor, name: TemplateName, words: Words | None) -> tuple[Sample, ...]:
    """Return a sample of every situation, with these words, or the built-in ones for None."""
    whole = Notice(
        template=name.message,
        locale=name.locale,
        creditor=creditor,
        customer_name="Muster GmbH",
        items=(_item("R-2026-0815", 12),),
        pay_url=PAY_URL,
        today=TODAY,
        communication_id="sample",
        words={name.locale: words} if words else {},
    )
    return (*_usual(whole), *_unusual(whole))


def _usual(whole: Notice) -> Iterator[Sample]:
    first, second = _item("R-2026-0815", 12), _item("R-2026-0816", 40)
    situations = {
        "overdue": (first,),
        "not yet due": (_item("R-2026-0815", -5),),
        "due today": (_item("R-2026-0815", 0),),
        "one day overdue": (_item("R-2026-0815", 1),),
        "partly paid": (replace(first, remaining=Money(500_00, EUR)),),
        "several overdue": (second, first),
        "several not yet due": (_item("R-2026-0815", -5), _item("R-2026-0816", -1)),
        "some overdue": (first, _item("R-2026-0817", 0), _item("R-2026-0818", -3)),
        "without minor units": (_item("R-2026-0815", 12, of=currency("jpy")),),
        "several currencies": (first, _item("R-2026-0816", 40, of=currency("kwd"))),
    }
    for situation, items in situations.items():
        yield Sample(situation, replace(whole, items=items))


def _unusual(whole: Notice) -> Iterator[Sample]:
    bare = replace(whole.creditor, phone=None, bank=None, address=())
    long = _item("N" * LONGEST_NUMBER, 12)
    many = tuple(_item(f"R-2026-{number:04}", number % 40) for number in range(LARGEST_BUNDLE))
    situations = {
        "a creditor without telephone and bank": replace(whole, creditor=bare),
        "a customer without name": replace(whole, customer_name=""),
        "a name from right to left": replace(whole, customer_name="مكتبة النور"),
        "signs of HTML in a name": replace(whole, customer_name="<b>Muster</b> & Co"),
        "long names": replace(whole, customer_name="M" * LONGEST_NAME, items=(long,)),
        "as many invoices as a message may name": replace(whole, items=many),
        "a test": replace(whole, test_mode=True),
    }
    for situation, notice in situations.items():
        yield Sample(situation, notice, is_usual=False)


def _item(number: str, overdue: int, *, of: Currency = EUR) -> NoticeItem:
    due = TODAY - timedelta(days=overdue)
    amount = Money(119_000, of)
    return NoticeItem(
        number=number,
        amount=amount,
        remaining=amount,
        issue_date=due - timedelta(days=14),
        due_date=due,
        days_overdue=overdue,
    )
