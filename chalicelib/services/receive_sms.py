"""What customers write by SMS: STOP and START count at once, HELP is answered, words get a person.

    each customer with the number: what they said is recorded ── the message is logged
    then once: the answer, or the task

A message is known by the provider's id. Each of its effects is recorded under an id made of that,
so a message that comes twice, or a worker that dies on the way, adds nothing and leaves nothing
out. What counts is when it was sent: a STOP that arrives after a later START changes nothing.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain import ids
from chalicelib.domain.communication import (
    Communication,
    CommunicationStatus,
    Direction,
    Task,
)
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.customer import Change, Customer, Suppression
from chalicelib.domain.inbound_sms import INBOUND, KEYWORD, Meaning, meaning_of
from chalicelib.domain.privacy import Consent
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.logs import log
from chalicelib.ports.messages import InboundSms
from chalicelib.ports.storage import Cursor, WriteConflictError
from chalicelib.services.answer_sms import answer_sms
from chalicelib.services.common import creating, now_of
from chalicelib.services.phone_references import customers_with
from chalicelib.services.record_consent import record_consent
from chalicelib.services.refused_addresses import forget, remember

SMS = "sms"
WROTE = Change(by="customer", why="wrote by SMS")
TO_READ = "A text message came in; read it and answer."


def receive_sms(ports: Ports, message: InboundSms) -> None:
    """Do what a message asks for. Raises TryLaterError where it can't be answered now."""
    meaning = meaning_of(message.text)
    concerned: list[tuple[Customer, Creditor]] = []
    for creditor in _addressed(ports, message.recipient):
        for tenant in (Tenant(creditor.id, Mode.LIVE), Tenant(creditor.id, Mode.TEST)):
            _keep_in_mind(ports, tenant, message.sender, meaning)
            found = customers_with(ports, tenant, message.sender)
            concerned += [(customer, creditor) for customer in found]
    facts = {"inbound": message.id, "meaning": meaning.value, "customers": len(concerned)}
    log().info("text message received", extra=facts)
    said = [(_said(ports, each, meaning, message), creditor) for each, creditor in concerned]
    for customer, _ in concerned:
        ports.ledger.append(_entry(customer, message, now_of(ports, customer)))
    asked = [(customer, creditor) for customer, creditor in said if customer]
    if asked and meaning is Meaning.WORDS:
        _ask_a_person(ports, [customer for customer, _ in asked], message)
    elif asked:
        customer, creditor = asked[0]
        answer_sms(ports, customer, creditor, meaning, message)


def _addressed(ports: Ports, recipient: str) -> list[Creditor]:
    """Return the creditors whose number it is: they are few, so their list is read."""
    found = map(ports.configuration.creditor, sorted(ports.configuration.creditors()))
    return [each for each in found if each and each.sms_number == recipient]


def _keep_in_mind(ports: Ports, tenant: Tenant, number: str, meaning: Meaning) -> None:
    """Let the number stay unused by customers to come, too, or be used again."""
    if meaning is Meaning.STOP:
        remember(ports, tenant, {number: Suppression.OPTED_OUT})
    elif meaning is Meaning.START:
        forget(ports, tenant, number, Suppression.OPTED_OUT)


def _said(
    ports: Ports, customer: Customer, meaning: Meaning, message: InboundSms
) -> Customer | None:
    """Record what a keyword says, and return the customer unless it is no news of theirs."""
    if meaning not in {Meaning.STOP, Meaning.START}:
        return customer
    given = meaning is Meaning.START
    at = message.at if customer.test_clock is None else now_of(ports, customer)
    at = min(at, now_of(ports, customer))
    said = Consent(given, KEYWORD, at, words=message.text[:500])
    known = customer.consents.get(SMS)
    if known == said:
        return customer
    if known and (_overtakes(known, said) or _is_same(customer, known, given=given)):
        return None
    return record_consent(ports, customer.tenant, WROTE, customer.id, SMS, said)


def _overtakes(known: Consent, said: Consent) -> bool:
    """Say whether something was said later; of two at the same moment the refusal counts."""
    return (known.at, not known.given) > (said.at, not said.given)


def _is_same(customer: Customer, known: Consent, *, given: bool) -> bool:
    if given:
        return known.given and customer.usable_phone() is not None
    return not known.allows(legal=True)


def _entry(customer: Customer, message: InboundSms, now: datetime) -> Communication:
    """Return the message as the log has it; `to` is the creditor's number."""
    return Communication(
        id=ids.child_id(ids.COMMUNICATION, customer.id, _own(message, "in")),
        tenant=customer.tenant,
        customer_id=customer.id,
        channel=SMS,
        status=CommunicationStatus.RECEIVED,
        parts=(),
        template=INBOUND,
        locale=customer.locale,
        to=message.recipient,
        subject="",
        amounts={},
        created_at=now,
        direction=Direction.IN,
        provider_id=message.id,
        text=message.text,
        version=1,
        change=WROTE.when(now),
    )


def _own(message: InboundSms, what: str) -> str:
    return ids.part(message.at, ids.meaning(message.id, what))


def _ask_a_person(ports: Ports, customers: list[Customer], message: InboundSms) -> None:
    """Give somebody the message to read: once, at the first customer with a case."""
    for customer in customers:
        if case_id := _case_of(ports, customer):
            break
    else:
        log().warning("nobody is asked about a text message", extra={"inbound": message.id})
        return
    now = now_of(ports, customer)
    task = Task(
        id=ids.child_id(ids.TASK, customer.id, _own(message, "task")),
        tenant=customer.tenant,
        customer_id=customer.id,
        case_id=case_id,
        step=INBOUND,
        do="read",
        reason=TO_READ,
        created_at=now,
    )
    if ports.ledger.task(customer.tenant, task.id) is None:
        try:
            ports.ledger.commit([creating(task, WROTE.when(now))])
        except WriteConflictError:
            return  # another worker with the same message was faster


def _case_of(ports: Ports, customer: Customer) -> str | None:
    """Return the case that the customer most likely writes about: the oldest due, or the last."""
    file = ports.ledger.file(customer.tenant, customer.id)
    unfinished = sorted(file.open_cases, key=lambda case: (case.due_date, case.id)) if file else []
    if unfinished:
        return unfinished[0].id
    last = ports.ledger.cases_page(customer.tenant, Cursor(1), customer_id=customer.id).data
    return last[0].id if last else None
