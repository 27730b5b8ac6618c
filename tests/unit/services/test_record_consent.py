"""A channel that a customer refused isn't used, and one that they gave back is used again."""

from __future__ import annotations

import pytest

from chalicelib.domain.customer import Suppression
from chalicelib.domain.errors import InvalidError, NotFoundError
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.privacy import Consent
from chalicelib.services.record_consent import record_consent
from tests.builders import LIVE
from tests.deeds import OFFICE
from tests.unit.erika import ERIKA, erase
from tests.world import World, somebody


def say(world: World, invoice: Invoice, channel: str, *, given: bool) -> None:
    said = Consent(given, "phone", world.now())
    record_consent(world.ports, LIVE, OFFICE, invoice.customer_id, channel, said)


def test_who_objects_to_mail_is_written_to_by_sms_and_to_both_by_nobody():
    world = World()
    invoice = world.post("R-1", due="2026-01-15")
    say(world, invoice, "email", given=False)
    world.until("2026-01-12 08:05")
    assert (len(world.email.sent), len(world.sms.sent)) == (0, 1)

    say(world, invoice, "sms", given=False)
    world.days(40)

    assert (len(world.email.sent), len(world.sms.sent)) == (0, 1)
    assert {task.reason for task in world.open_tasks(invoice)} == {"no_usable_address"}


def test_what_waited_for_a_person_only_for_that_comes_back_with_the_consent():
    world = World()
    invoice = world.post("R-1", due="2026-01-15")
    for channel in ("email", "sms"):
        say(world, invoice, channel, given=False)
    world.until("2026-01-12 08:05")
    assert world.open_tasks(invoice)

    say(world, invoice, "email", given=True)
    world.days(1)

    assert len(world.email.sent) == 1
    assert world.open_tasks(invoice) == []


def test_a_refusal_gives_every_open_case_a_new_version_so_that_older_claims_fail():
    """Also a case whose plan stays: whoever prepares a message read it before."""
    world = World()
    invoices = [world.post(f"R-{month}", due=f"2026-0{month}-15") for month in (3, 4)]
    before = [world.case(each).version for each in invoices]
    say(world, invoices[0], "sms", given=False)
    assert [world.case(each).version for each in invoices] == [each + 1 for each in before]

    say(world, invoices[0], "sms", given=True)
    assert [world.case(each).version for each in invoices] == [each + 1 for each in before]


def test_the_other_channel_and_other_customers_go_on():
    world = World()
    invoice = world.post("R-1", due="2026-01-15")
    other = world.post("R-2", due="2026-01-15", customer=somebody("two"))
    say(world, invoice, "sms", given=False)
    world.until("2026-01-12 08:05")

    assert {message.to for message in world.email.sent} == {
        world.customer(invoice).email,
        world.customer(other).email,
    }


def test_an_objection_outlives_the_customer_as_a_hash():
    world = World()
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(**ERIKA))
    say(world, invoice, "sms", given=False)
    world.void(invoice)
    erase(world, invoice)

    back = world.post("R-2", due="2026-02-15", customer=somebody(**ERIKA))

    assert world.customer(back).suppressed == {ERIKA["phone"]: Suppression.OPTED_OUT}
    assert world.customer(back).usable_phone() is None
    assert world.customer(back).usable_email() == ERIKA["email"]

    say(world, back, "sms", given=True)
    assert world.customer(back).usable_phone() == ERIKA["phone"]


def test_saying_the_same_again_writes_nothing():
    world = World()
    invoice = world.post("R-1", due="2026-01-15")
    say(world, invoice, "sms", given=False)
    written = len(world.ledger.changes)

    say(world, invoice, "sms", given=False)

    assert len(world.ledger.changes) == written


def test_nobody_says_anything_before_what_they_said_last():
    world = World()
    invoice = world.post("R-1", due="2026-01-15")
    before = Consent(given=True, source="web_form", at=world.now())
    world.clock.advance(hours=1)
    say(world, invoice, "sms", given=False)

    with pytest.raises(InvalidError):
        record_consent(world.ports, LIVE, OFFICE, invoice.customer_id, "sms", before)
    assert world.customer(invoice).usable_phone() is None
    with pytest.raises(NotFoundError):
        record_consent(world.ports, LIVE, OFFICE, "cus_nobody", "sms", before)
