"""What Dunlin is for, seen by all who take part: an invoice, a mail, a payment, then silence."""

from __future__ import annotations

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.paying import go_to_checkout, line_of, pay, until_remaining
from tests.stack import Running, post_invoice
from tests.waiting import until

SWEEPS = 100
MOST_SECONDS = 90


def test_from_a_posted_invoice_to_silence(running: Running, page: Page) -> None:
    neighbour = post_invoice(running, "SILENCE-2")
    invoice = post_invoice(running, "SILENCE-1")
    posted = time.monotonic()

    read_the_mail(running, page, "SILENCE-1", until_=posted + MOST_SECONDS)
    page = press_the_mails_button(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ihre Rechnungen")
    expect(line_of(page, "SILENCE-1")).to_contain_text("1.190,00 €")
    go_to_checkout(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("1.190,00 €")
    pay(page)
    page.wait_for_url("**/pay/*/done")
    expect(page.get_by_role("status")).to_contain_text("Wir haben Ihre Zahlung erhalten")
    expect(line_of(page, "SILENCE-1")).to_contain_text("Bezahlt")
    expect(page.get_by_role("button")).to_have_count(0)

    until_remaining(running, invoice, 0)
    case = running.api.get(f"/v1/cases/{invoice['case']}")
    assert (case["status"], case["closed_reason"]) == ("closed", "paid")
    customer = running.api.get(f"/v1/customers/{invoice['customer']}")
    assert not any(customer["balance"].values())
    assert not any(customer["credit"].values())
    the_timeline_tells_the_story(running, invoice)

    until(lambda: running.mail("silence-2@"), "the neighbour's reminder")
    nothing_more_is_sent(running)
    assert running.api.get(f"/v1/invoices/{neighbour['id']}")["status"] == "open"


def nothing_more_is_sent(running: Running) -> None:
    """Sweep a hundred times, let all workers finish, and count what was sent, to whomever."""
    running.until_quiet()
    before = running.mails()
    with ThreadPoolExecutor(2) as sweepers:
        list(sweepers.map(lambda _: running.sweep(), range(SWEEPS)))
    running.until_quiet()
    assert running.mails() == before


def read_the_mail(running: Running, page: Page, number: str, *, until_: float) -> None:
    """Look into the inbox until the mail is there, and open it."""
    row = page.get_by_role("row").filter(has_text=f"{number.lower()}@")
    page.goto(running.layout.mail_url)
    while row.count() == 0:
        assert time.monotonic() < until_, f"no mail within {MOST_SECONDS} s"
        page.wait_for_timeout(500)
        page.reload()
    expect(row).to_have_count(1)
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)


def press_the_mails_button(page: Page) -> Page:
    """Read the mail's HTML and press its button; it opens a new tab."""
    mail = page.frame_locator("iframe")
    expect(mail.get_by_text("Bäckerei Sonnenschein GmbH").first).to_be_visible()
    expect(mail.get_by_role("cell", name="1.190,00 €")).to_be_visible()
    with page.expect_popup() as opened:
        mail.get_by_role("link", name="Jetzt bezahlen").click()
    opened.value.wait_for_load_state()
    return opened.value


def the_timeline_tells_the_story(running: Running, invoice: Any) -> None:
    """Who did what, in the order in which it happened; what happened at once is in any order."""
    chapters = [
        {"customer.created", "invoice.created", "case.opened"},
        {"communication.sent"},
        {"payment.recorded", "invoice.payment_applied", "invoice.paid", "case.closed"},
    ]
    path = f"/v1/customers/{invoice['customer']}/timeline?limit=100"
    events: list[Any] = []

    def told() -> bool:
        events[:] = reversed(running.api.get(path)["data"])
        return set().union(*chapters) <= {event["type"] for event in events}

    until(told, "the whole story in the timeline", seconds=30)
    assert all(event["by"] and event["why"] for event in events)
    times = {event["type"]: event["created_at"] for event in events}
    for earlier, later in itertools.pairwise(chapters):
        assert max(times[each] for each in earlier) <= min(times[each] for each in later)
    actors = {event["type"]: event["by"] for event in events}
    assert actors["invoice.created"].startswith("api_key:")
    assert actors["communication.sent"] == "system"
    assert {actors[each] for each in chapters[2]} == {"stripe"}
