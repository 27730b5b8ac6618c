"""Answer a customer's text message: at most once, whatever is repeated or killed.

The answer is logged as `unconfirmed` before it is sent: whoever finds it so doesn't send it again,
since nobody knows whether it left. What certainly did not leave is marked so, and tried again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain import ids
from chalicelib.domain.communication import Communication, CommunicationStatus
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.inbound_sms import Meaning
from chalicelib.domain.tenant import Mode
from chalicelib.ports.all import Ports
from chalicelib.ports.messages import Delivery, Handover, InboundSms, SmsMessage
from chalicelib.ports.storage import WriteConflictError
from chalicelib.services.common import changing, now_of
from chalicelib.services.try_later import TryLaterError, UnderPressureError

ANSWER = Change(by="system", why="answer to a text message")
LEAVES_WITHIN = timedelta(seconds=2)
NOT_NOW = "not_now"
STATUS = {
    Delivery.ACCEPTED: CommunicationStatus.SENT,
    Delivery.REFUSED: CommunicationStatus.FAILED,
    Delivery.NOT_NOW: CommunicationStatus.FAILED,
}
"""What an answer of the gateway makes of the entry; after UNKNOWN it stays `unconfirmed`."""


def answer_sms(
    ports: Ports, customer: Customer, creditor: Creditor, meaning: Meaning, asked: InboundSms
) -> None:
    """Send the answer to the number that wrote. Raises TryLaterError; then nothing was sent."""
    captures = customer.tenant.mode is Mode.TEST and not ports.delivers_test_mode
    refused = None if captures else ports.sms.refusal(asked.sender)
    if refused and refused.delivery is Delivery.NOT_NOW:
        raise TryLaterError(refused.reason or "nobody can say whether it may be sent")
    if not captures and not refused and (seconds := ports.sending.turn("sms")):
        raise UnderPressureError("no turn yet", seconds)
    claimed = _claim(ports, _entry(customer, meaning, asked, now_of(ports, customer)))
    if claimed is None:
        return
    if captures:
        captured = replace(claimed, status=CommunicationStatus.CAPTURED)
        ports.ledger.commit([changing(claimed, captured, ANSWER)])
        return
    handover = refused or _send(ports, customer, creditor, meaning, claimed)
    _record(ports, claimed, handover)


def _send(
    ports: Ports, customer: Customer, creditor: Creditor, meaning: Meaning, entry: Communication
) -> Handover:
    text = ports.renderer.answer(
        meaning,
        locale=customer.locale,
        creditor=creditor,
        test_mode=customer.tenant.mode is Mode.TEST,
    )
    sms = SmsMessage(
        customer.tenant, entry.id, creditor.sms_sender_id, entry.to, text, creditor.sms_number
    )
    return ports.sms.send(sms, ports.clock.now() + LEAVES_WITHIN)


def _claim(ports: Ports, entry: Communication) -> Communication | None:
    """Return the entry if this worker is to send it now."""
    if ports.ledger.append(entry):
        return entry
    known = ports.ledger.communication(entry.tenant, entry.id)
    if known is None or (known.status, known.reason) != (CommunicationStatus.FAILED, NOT_NOW):
        return None
    again = replace(known, status=CommunicationStatus.UNCONFIRMED, reason=None)
    write = changing(known, again, ANSWER)
    try:
        ports.ledger.commit([write])
    except WriteConflictError:
        return None
    return write.after


def _record(ports: Ports, claimed: Communication, handover: Handover) -> None:
    status = STATUS.get(handover.delivery)
    if status is None:
        return
    later = handover.delivery is Delivery.NOT_NOW
    after = replace(
        claimed,
        status=status,
        reason=NOT_NOW if later else handover.reason,
        provider_id=handover.provider_id,
        sent_at=claimed.created_at if status is CommunicationStatus.SENT else None,
    )
    ports.ledger.commit([changing(claimed, after, ANSWER)])
    if later:
        raise TryLaterError(handover.reason or "the gateway can't take it now")


def _entry(customer: Customer, meaning: Meaning, asked: InboundSms, now: datetime) -> Communication:
    own = ids.part(asked.at, ids.meaning(asked.id, "answer"))
    return Communication(
        id=ids.child_id(ids.COMMUNICATION, customer.id, own),
        tenant=customer.tenant,
        customer_id=customer.id,
        channel="sms",
        status=CommunicationStatus.UNCONFIRMED,
        parts=(),
        template=f"answer_{meaning.value}",
        locale=customer.locale,
        to=asked.sender,
        subject=f"answer_{meaning.value}",
        amounts={},
        created_at=now,
        version=1,
        change=ANSWER.when(now),
    )
