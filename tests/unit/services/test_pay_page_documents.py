"""What the customer's page lists: documents, and no more invoices than a page can show."""

from __future__ import annotations

from datetime import date, timedelta

from chalicelib.rendering.renderer import Renderer
from chalicelib.services.pay_page import MOST_LISTED, Visit, show_pay_page
from tests.builders import LIVE, a_communication
from tests.world import World


def test_open_and_paid_invoices_have_their_documents():
    world = World("2026-01-02 08:00")
    urls = {f"R-{number}": f"https://files.example/{number}.pdf" for number in range(3)}
    posted = [world.post(each, due="2026-01-05", pdf_url=url) for each, url in urls.items()]
    world.post("R-9", due="2026-01-05")
    world.until("2026-01-02 09:00")
    message = world.email.sent[0].communication_id
    world.pay(posted[0])

    page = show_pay_page(world.ports, Visit(LIVE, posted[0].customer_id, message))

    assert {each.number: each.pdf_url for each in page.invoices} == {**urls, "R-9": None}
    assert {each.number: each.status for each in page.invoices}["R-0"] == "paid"


def test_of_very_many_invoices_those_of_the_link_and_the_oldest_are_listed():
    world = World("2026-01-02 08:00")
    newest = world.post("R-0", due="2026-01-30", amount=7_00)
    for number in range(1, MOST_LISTED + 5):
        world.post(f"R-{number}", due=date(2026, 1, 10) + timedelta(days=number % 15), amount=1_00)
    world.credit(newest, 1_00)
    message = a_communication(world.case(newest))
    world.ledger.append(message)

    page = show_pay_page(world.ports, Visit(LIVE, newest.customer_id, message.id))

    assert len(page.invoices) == MOST_LISTED
    assert newest.id in {each.id for each in page.invoices}
    assert max(each.due_date for each in page.invoices if each.id != newest.id) <= date(2026, 1, 24)
    assert len(page.unlisted) == 5
    html = Renderer().page(page)
    assert "not listed here: 5" in html
    assert "€510.00" in html, "all that is open"
