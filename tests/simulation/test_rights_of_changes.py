"""The function that reads the table's stream may do what it does, and no more."""

from __future__ import annotations

from chalicelib.domain.customer import Change
from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.ports.messages import InboundSms
from chalicelib.ports.storage import Reference
from chalicelib.services.phone_references import PHONE
from chalicelib.services.receive_sms import receive_sms
from chalicelib.services.save_webhook_endpoint import EndpointDraft, add_webhook_endpoint
from tests.builders import LIVE, a_creditor
from tests.simulation.calls import Calls
from tests.simulation.test_rights import OF_THE_HANDLER, granted
from tests.world import World

OURS = "+4915119999999"


def test_what_was_committed_is_told_and_customers_are_found_by_their_numbers():
    calls = Calls()
    world = World("2026-01-02 08:00")
    world.ledger.save_creditor(a_creditor(sms_number=OURS, default_sequence=DEFAULT.id))
    draft = EndpointDraft("https://billing.example.com/dunlin", ("*",))
    add_webhook_endpoint(world.ports, LIVE, Change(by="test", why="test"), draft)
    invoice = world.post("R-1", due="2026-01-15")
    number = world.customer(invoice).phone or ""
    receive_sms(world.ports, InboundSms("1", number, OURS, "STOP", world.now()))
    world.ports = calls.recorded(world.ports)
    world.work()
    world.change(invoice, phone="+4915112345679")
    value = world.ports.fingerprints.of(LIVE, number)
    late = Reference(LIVE, PHONE, value, invoice.customer_id, shared=True)
    world.ledger.commit([], [late])  # by a worker who read the customer before
    world.work()

    recorded = calls.by_function["project_changes"] | OF_THE_HANDLER["project_changes"]
    assert granted("project_changes") == recorded
