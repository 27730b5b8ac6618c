"""What disputes at Stripe hold back, and which are over, whatever the event's type says."""

from __future__ import annotations

from typing import get_args

import pytest
import stripe

from chalicelib.domain.provider_facts import Chargeback
from chalicelib.gateways.stripe_disputes import HOLDING, NOT_HOLDING, OVER, with_disputes
from chalicelib.gateways.stripe_events import Source, of_charge
from chalicelib.gateways.stripe_shapes import Charge, Dispute, read
from chalicelib.ports.payments import ProviderPayment
from tests.unit.gateways.stripe_payloads import AT, charge, dispute

ENDED = {"won", "lost", "warning_closed", "prevented", "charge_refunded"}


def told(about: Dispute, *listed: Dispute) -> ProviderPayment:
    paid = of_charge(read(Charge, charge()), Source("evt_1", "charge.dispute.updated", AT))
    assert paid is not None
    return with_disputes(paid, about, listed, AT)


@pytest.mark.parametrize("status", sorted(HOLDING | NOT_HOLDING))
def test_a_dispute_holds_money_while_open_and_when_lost_and_is_over_by_its_status(status: str):
    about, other = read(Dispute, dispute(status)), read(Dispute, dispute("won", id="dp_0"))
    held = 0 if status.startswith("warning_") or status in ENDED - {"lost"} else 119000
    found = told(about, about, other)
    assert (found.dispute, found.disputed, found.dispute_closed) == ("dp_1", held, status in ENDED)
    assert found.asked_at == AT
    assert found.chargebacks == (
        Chargeback("dp_1", held, status in ENDED),
        Chargeback("dp_0", 0, is_over=True),
    )


def test_what_was_fetched_is_newer_than_the_event_and_what_was_over_once_is_over():
    opened, appeal = dispute("needs_response"), dispute("appeal_under_review")
    won, lost = read(Dispute, dispute("won")), read(Dispute, dispute("lost"))
    assert told(read(Dispute, opened), won).dispute_closed
    assert told(lost, read(Dispute, appeal)).dispute_closed


def test_a_dispute_that_the_list_lacks_is_as_its_event_says():
    found = told(read(Dispute, dispute("prevented")))
    assert (found.disputed, found.dispute_closed) == (0, True)
    assert found.chargebacks == (Chargeback("dp_1", 0, is_over=True),)


def test_every_dispute_status_of_the_sdk_is_classified():
    (stated, _) = get_args(stripe.Dispute.__annotations__["status"])
    assert set(get_args(stated)) <= HOLDING | NOT_HOLDING
    assert {"won", "lost", "needs_response"} <= set(get_args(stated))
    assert not HOLDING & NOT_HOLDING


def test_what_isn_t_over_is_waited_for():
    waiting = {"needs_response", "under_review"}
    inquiries, appeals = ({f"{kind}_{each}" for each in waiting} for kind in ("warning", "appeal"))
    assert waiting | inquiries | appeals == (HOLDING | NOT_HOLDING) - OVER
