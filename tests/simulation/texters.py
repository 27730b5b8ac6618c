"""Customers who write back: STOP, START, HELP or words by SMS, and clicks on their mails' page.

What they text arrives late, twice and out of order. What they said last is remembered here, apart
from Dunlin, and compared in the end. Who writes before the stream has told of them isn't found yet;
a STOP counts all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

from chalicelib.domain.case import Case
from chalicelib.domain.chasing import step_named
from chalicelib.domain.communication import Communication, Direction
from chalicelib.domain.customer import Customer
from chalicelib.domain.errors import DunlinError, StaleRecordError
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.privacy import Covers
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.messages import InboundSms
from chalicelib.ports.storage import Cursor
from chalicelib.services.choose_mails import choose_mails
from chalicelib.services.pay_page import Visit
from chalicelib.services.phone_references import PHONE
from tests.endings import require
from tests.fakes.fingerprints import FakeFingerprints
from tests.simulation.client import TRIES
from tests.simulation.faults import InjectedError
from tests.simulation.scene import Choice
from tests.simulation.scheduler import Killed

if TYPE_CHECKING:
    from tests.simulation.life import Life
    from tests.simulation.mail import Message

How = Mapping[str, Choice]
AGAIN = (InjectedError, StaleRecordError, Killed)
WORDS = ((0.12, "text"), (0.12, "text"), (0.08, "text"), (0.1, "click"), (0.06, "click"))
"""How often a customer writes back or clicks, per invoice."""
GIVEN = {"STOP": False, "Arrêt": False, "START": True}


def a_word(random: Random, what: str) -> dict[str, Choice]:
    """What a customer writes, and when that arrives: at once or late, once or twice."""
    if what != "text":
        return {"wanted": int(random.random() < 0.4)} if what == "click" else {}
    waits = [random.choice((0.5, 2, 30, 4000)) * random.uniform(0.5, 1.5) for _ in range(2)]
    return {
        "words": random.choice(("STOP", "Arrêt", "START", "START", "HELP", "I paid")),
        "wait": waits[0],
        "again": waits[1] if random.random() < 0.3 else None,
    }


def number_of(tenant: Tenant) -> str:
    """Return the number at which a creditor's customers write."""
    return f"+4930{ord(tenant.creditor_id[-1])}0000"


class Texters:
    """The part of `People` that writes back."""

    _life: Life
    _random: Random

    def text(self, invoice: Invoice, how: How) -> None:
        """Write a text message, which arrives some time, once or twice."""
        life = self._life
        customer = life.ledger.customer(invoice.tenant, invoice.customer_id)
        if customer is None or customer.phone is None:
            return
        words = str(how["words"])
        identifier = f"sms-{len(life.texted)}"
        at = life.scheduler.now()
        message = InboundSms(identifier, customer.phone, number_of(invoice.tenant), words, at)
        life.tell(f"{customer.phone} writes {words}")
        life.texted[message] = frozenset(
            each.id for each in life.ledger.customers() if each.phone == message.sender
        )
        for wait in (how["wait"], how["again"]):
            if wait is not None:
                life.scheduler.after(float(wait), lambda: self._text_comes_in(message))

    def _text_comes_in(self, message: InboundSms) -> None:
        """Let a message come in, and note to whom its number doesn't lead yet."""
        life = self._life
        for customer in _meant(life, message):
            value = FakeFingerprints().of(customer.tenant, message.sender)
            if customer.id not in life.ledger.sharing(customer.tenant, PHONE, value):
                life.unfound.add((message.id, customer.id))
        life.platform.inbound_sms(message)

    def click(self, invoice: Invoice, how: How) -> None:
        """Stop reminders by e-mail on the page, or take them up again."""
        life, wanted = self._life, bool(how["wanted"])
        visit = Visit(invoice.tenant, invoice.customer_id)
        for attempt in range(TRIES):
            try:
                choose_mails(life.ports, visit, wanted=wanted, source="one_click")
            except AGAIN:
                life.scheduler.sleep(self._random.uniform(0.5, 2) * 2**attempt)
            except DunlinError as refused:
                life.tell(f"mails of {invoice.number}: refused, {refused.code}")
                return
            else:
                life.tell(f"mails of {invoice.number}: {'on' if wanted else 'off'}")
                return


def may_be_claimed(life: Life, case: Case) -> None:
    """Nothing is claimed on a channel that the customer refused, as their record stands then."""
    assert case.claim is not None
    customer = life.ledger.customer(case.tenant, case.customer_id)
    said = customer.consents.get(case.claim.channel) if customer else None
    if said is None or said.given:
        return
    sequence = life.ledger.sequence(case.tenant, *case.sequence)
    assert sequence is not None
    is_final = step_named(sequence, case.claim.step).template == "notice_final"
    is_notice = said.covers is Covers.REMINDERS and is_final
    require(is_notice, f"consent: {case.number} is claimed by {case.claim.channel} after {said}")


def is_answer(life: Life, message: Message) -> bool:
    """Say whether a message answers one of a customer."""
    known = life.ledger.communication(message.tenant, message.communication_id)
    return known is not None and known.template in {"answer_stop", "answer_start", "answer_help"}


def what_was_said_last_counts(life: Life) -> None:
    """Everybody stands as they said last, and each message is in the log once."""
    for message in life.texted:
        for customer in _meant(life, message):
            log = _log(life, customer)
            heard = [each for each in log if each.provider_id == message.id]
            came = [each for each in heard if each.direction is Direction.IN]
            enough = came or (message.id, customer.id) in life.unfound
            require(enough and len(came) < 2, f"I5: {message.id} is {len(came)} times in the log")
    for key, (at, refused, name) in _last_said(life).items():
        customer = life.ledger.customer(*key)
        assert customer is not None
        consent = customer.consents.get("sms")
        stands = consent is not None and consent.given is not refused
        if (name, customer.id) in life.unfound:
            stands = not refused or customer.usable_phone() is None
        require(stands, f"consent: {customer.id} said {refused=} on {at}, and stands at {consent}")


def _last_said(life: Life) -> dict[tuple[Tenant, str], tuple[datetime, bool, str]]:
    """Return when each customer said last whether they refuse, and in which message."""
    last: dict[tuple[Tenant, str], tuple[datetime, bool, str]] = {}
    for message in life.texted:
        if (given := GIVEN.get(message.text)) is None:
            continue
        for customer in _meant(life, message):
            if customer.test_clock is None:  # elsewhere the order of arrival counts
                key = (customer.tenant, customer.id)
                # of two at the same moment the refusal counts
                said = (message.at, not given, message.id)
                last[key] = max(last.get(key, said), said)
    return last


def _meant(life: Life, message: InboundSms) -> list[Customer]:
    """Return who has the number at the creditor, and had it when they wrote."""
    return [
        each
        for each in life.ledger.customers()
        if each.phone == message.sender
        and number_of(each.tenant) == message.recipient
        and each.id in life.texted[message]
    ]


def _log(life: Life, customer: Customer) -> tuple[Communication, ...]:
    page = life.ledger.communications_page(customer.tenant, Cursor(10_000), customer_id=customer.id)
    return page.data
