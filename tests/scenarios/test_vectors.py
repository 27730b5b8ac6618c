"""What other systems fail at, of `../shared/vectors`, where it takes a whole Dunlin to try it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chalicelib.domain.case import Outcome
from chalicelib.domain.late_payment import LatePayment, WhenPaid
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.rendering.renderer import Renderer
from tests.builders import a_creditor, a_sequence, a_step
from tests.invariants.meddling import MeddledLedger
from tests.scenarios import test_probes
from tests.unit.domain.test_vectors import PROBES as DECIDED
from tests.unit.domain.test_vectors import VECTORS
from tests.unit.rendering.samples import CASES, LANGUAGES, MESSAGES, notice
from tests.world import World

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not VECTORS.exists(), reason="../shared/vectors is absent"),
]
ONE = a_sequence(a_step("first", 1, template="reminder_first"))
ATTEMPTED = ("failed", "declined", "fehlgeschlagen", "abgelehnt", "échoué", "refus", "rechaz")
"""How a message would speak of an attempt to collect."""


def late_fee():
    for policy, owed in ((WhenPaid.KEEP, 5_00), (WhenPaid.WAIVE, 0)):
        world = World("2026-01-20 08:00", sequence=ONE)
        creditor = a_creditor(default_sequence=ONE.id)
        policied = replace(creditor, late_payment=LatePayment(when_paid=policy))
        world.ledger.save_creditor(policied)
        invoice = world.post("R-1", due="2026-01-15", issued="2026-01-01")
        world.fee(invoice, 5_00)
        world.pay(invoice, 100_00)
        assert world.ledger.invoice(invoice.tenant, invoice.id).remaining == owed


def no_attempt_no_word_of_it():
    renderer = Renderer()
    for template in MESSAGES:
        for language in LANGUAGES:
            for items in CASES.values():
                given = notice(*items, template=template, locale=language)
                email = renderer.email(given)
                said = f"{email.subject} {email.text} {renderer.sms(given)}".lower()
                assert not [word for word in ATTEMPTED if word in said]


def killed_in_mid_delivery():
    for call in range(12):
        for die_after in (False, True):
            world = World("2026-01-02 08:00", sequence=ONE, ledger=MeddledLedger())
            invoice = world.post("R-1", due="2026-01-15")
            world.ledger.die_at = world.ledger.calls + call
            world.ledger.die_after = die_after
            world.until("2026-03-01 00:00")
            result = world.case(invoice).results["first"]
            assert result.outcome in {Outcome.SENT, Outcome.UNCONFIRMED}
            assert len(world.email.sent) <= 1
            assert result.outcome is Outcome.UNCONFIRMED or len(world.email.sent) == 1


def provider_down():
    world = World("2026-01-02 08:00", sequence=ONE)
    invoice = world.post("R-1", due="2026-01-15")
    for _ in range(5):
        world.email.script(Handover(Delivery.NOT_NOW, reason="down"))
    world.until("2026-01-16 00:00")
    assert world.case(invoice).results == {}
    world.until("2026-01-17 00:00")
    assert len(world.email.sent) == 1
    assert world.case(invoice).results["first"].outcome is Outcome.SENT


def refused_recipient():
    world = World("2026-01-02 08:00", sequence=ONE)
    invoice = world.post("R-1", due="2026-01-15")
    world.email.script(Handover(Delivery.REFUSED, reason="invalid"))
    world.until("2026-01-17 00:00")
    customer = world.customer(invoice)
    assert [str(why) for why in customer.suppressed.values()] == ["invalid"]
    assert len(world.sms.sent) == 1


PROBES = {
    "a late fee stays owed after the principal is paid, unless the policy says waive": late_fee,
    "a message states what really happened: no 'payment failed' without an attempt": (
        no_attempt_no_word_of_it
    ),
    "two runs at once on the same 100 due steps send 100 messages, not 200": (
        test_probes.test_two_runs_at_once_on_the_same_100_due_steps_send_100
    ),
    "killed in mid-delivery: none is sent twice, none is lost": killed_in_mid_delivery,
    "mail provider down: nothing counts as sent, everything goes out once it is back, once": (
        provider_down
    ),
    "a refused recipient is recorded and acted on": refused_recipient,
}


@pytest.mark.parametrize("probe", PROBES)
def test_what_others_fail(probe):
    PROBES[probe]()


def test_every_published_probe_is_tried():
    published = json.loads(VECTORS.read_text())["probes_that_others_fail"]["must"]
    assert {*PROBES, *DECIDED} == set(published)
