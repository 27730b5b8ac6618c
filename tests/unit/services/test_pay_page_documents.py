"""The customer's page links every invoice's document, open or paid."""

from __future__ import annotations

from chalicelib.services.pay_page import Visit, show_pay_page
from tests.builders import LIVE
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
