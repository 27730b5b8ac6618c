"""Money that goes back in the emulator: refunds add up, disputes open and close."""

import pytest
import stripe

from tests.integration.stripe.emulator import Emulator, Receiver, paid_charge

pytestmark = pytest.mark.enable_socket


def test_refunds_add_up(emulator: Emulator, receiver: Receiver) -> None:
    client = emulator.client()
    charge = paid_charge(emulator)
    part = client.v1.refunds.create(
        params={"payment_intent": charge.payment_intent, "amount": 20000}
    )
    assert (part.status, part.amount) == ("succeeded", 20000)
    first = receiver.wait_for("charge.refunded")
    assert (first.data.object.amount_refunded, first.data.object.refunded) == (20000, False)
    assert first.data.previous_attributes["amount_refunded"] == 0
    assert not hasattr(first.data.object, "refunds")

    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        client.v1.refunds.create(params={"charge": charge.id, "amount": 100001})
    client.v1.refunds.create(params={"charge": charge.id})
    second = receiver.wait_for("charge.refunded", times=2)
    assert (second.data.object.amount_refunded, second.data.object.refunded) == (120000, True)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create(params={"charge": charge.id})
    assert refused.value.code == "charge_already_refunded"

    listed = client.v1.charges.retrieve(charge.id, params={"expand": ["refunds"]})
    assert [refund.amount for refund in listed.refunds.data] == [100000, 20000]
    moved = client.v1.balance_transactions.list(params={"limit": 100})
    assert sorted(row.amount for row in moved.data) == [-100000, -20000, 120000]


@pytest.mark.parametrize("verdict", ["won", "lost"])
def test_a_dispute_opens_and_closes(emulator: Emulator, receiver: Receiver, verdict: str) -> None:
    charge = paid_charge(emulator)
    opened = emulator.post(f"/_emulator/charges/{charge.id}/dispute")
    created = receiver.wait_for("charge.dispute.created").data.object
    assert (created.id, created.amount, created.status) == (opened["id"], 120000, "needs_response")
    assert (created.charge, created.payment_intent) == (charge.id, charge.payment_intent)
    emulator.post(f"/_emulator/disputes/{created.id}/{verdict}")
    closed = receiver.wait_for("charge.dispute.closed").data.object
    assert closed.status == verdict
    assert ("charge.dispute.funds_reinstated" in receiver.types()) is (verdict == "won")
    # A dispute has no metadata of ours: its creditor is the charge's.
    assert {path for path, _, _ in receiver.got} == {"/webhooks/stripe/cred_1"}
