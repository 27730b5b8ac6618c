"""A creditor as the file for `create` and `update` says it, checked as strictly as the API's."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from chalicelib.domain.creditor import BankDetails, Creditor, PrintService
from chalicelib.domain.interest import DayCount, InterestRounding, half_year_of
from chalicelib.domain.late_payment import LatePayment, WhenPaid
from chalicelib.domain.reference_rates import KnownRate, ReferenceRate
from chalicelib.domain.retention import SEVEN_YEARS, Retention
from chalicelib.handlers.bodies.base import Body
from chalicelib.handlers.bodies.fields import Country, Day, Email, Label, Name, Phone, Url
from chalicelib.handlers.bodies.rates import LawCode, Percent


def _iban(value: str) -> str:
    """Check an IBAN by its check digits (ISO 13616, ISO 7064 mod 97-10)."""
    text = value.replace(" ", "").upper()
    if re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", text):
        digits = "".join(str(int(each, 36)) for each in text[4:] + text[:4])
        if int(digits) % 97 == 1:
            return text
    raise ValueError("must be an IBAN whose check digits fit")


def _sender_id(value: str) -> str:
    if re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}", value):
        return value
    raise ValueError("must be 1 to 11 letters and digits, with at least one letter")


class BankBody(Body):
    """Where customers can transfer money."""

    account_holder: Name
    iban: Annotated[str, AfterValidator(_iban)]
    bic: Label | None = None


class RetentionBody(Body):
    """How long personal data are kept, in days (docs/personal-data.md says what the law wants).

    A message can't outlive the customer to whom it went.
    """

    communications_days: Annotated[int, Field(ge=30, le=36500)] = SEVEN_YEARS.days
    settled_customers_days: int = Field(
        default=SEVEN_YEARS.days, ge=30, le=36500, validate_default=True
    )

    @field_validator("settled_customers_days")
    @classmethod
    def _not_shorter(cls, value: int, info: ValidationInfo) -> int:
        if value < info.data.get("communications_days", 0):
            raise ValueError("must not be less than communications_days")
        return value

    def retention(self) -> Retention:
        """Return what the domain takes."""
        return Retention(
            communications=timedelta(days=self.communications_days),
            settled_customers=timedelta(days=self.settled_customers_days),
        )


class KnownRateBody(Body):
    """A reference rate of the half-year that begins on `since`, which we don't know."""

    of: Literal["ecb", "de", "at", "gb"]
    since: Day
    percent: Percent

    @field_validator("since")
    @classmethod
    def _half_year(cls, value: date) -> date:
        if value != half_year_of(value):
            raise ValueError("must be 1 January or 1 July")
        return value

    def known(self) -> KnownRate:
        """Return what the domain takes."""
        return KnownRate(ReferenceRate(self.of), self.since, self.percent)


class LatePaymentBody(Body):
    """What is asked of those who pay late (docs/charges.md).

    `percent` is what was agreed on a year; left out, it is what the `law` of a country says, and
    left out that, too, the law of the creditor's.
    """

    law: LawCode | None = None
    percent: Percent | None = None
    day_count: Literal["actual_365", "actual_actual", "actual_360"] = "actual_365"
    rounding: Literal["at_end", "daily"] = "at_end"
    when_paid: Literal["keep", "waive"] = "keep"
    rates: Annotated[list[KnownRateBody], Field(max_length=100)] = Field(default_factory=list)

    def late_payment(self) -> LatePayment:
        """Return what the domain takes."""
        return LatePayment(
            law=self.law,
            contract_rate=self.percent,
            day_count=DayCount(self.day_count),
            rounding=InterestRounding(self.rounding),
            when_paid=WhenPaid(self.when_paid),
            rates=tuple(each.known() for each in self.rates),
        )


class CreditorBody(Body):
    """What messages and pages say about the sender. `phone` is shown as it is written.

    `address` has the lines without the country: `country` names it in each reader's language.
    `print_service` gets the letters: `outbox` or `lob`.
    Reminders wait while online payments were last known longer than `payments_known_within_hours`
    ago. Customers' text messages arrive at `sms_number`; with `sms_needs_consent`, text messages
    only go to who agreed to them before. `dispute_days` is how long a dispute is set aside that
    comes without a deadline.
    """

    name: Name
    country: Country
    sender_email: Email
    reply_to: Email
    phone: Label | None = None
    address: Annotated[list[Label], Field(max_length=6)] = Field(default_factory=list)
    website: Url | None = None
    sms_sender_id: Annotated[str, AfterValidator(_sender_id)] | None = None
    sms_number: Phone | None = None
    sms_needs_consent: bool = False
    bank: BankBody | None = None
    print_service: Literal["outbox", "lob"] = "outbox"
    part_payment: bool = True
    payments_known_within_hours: Annotated[int, Field(ge=1, le=72)] = 6
    dispute_days: Annotated[int, Field(ge=1, le=366)] = 30
    retention: RetentionBody = Field(default_factory=RetentionBody)
    late_payment: LatePaymentBody = Field(default_factory=LatePaymentBody)

    def creditor(self, creditor_id: str) -> Creditor:
        """Return the creditor under that id."""
        bank = self.bank
        return Creditor(
            id=creditor_id,
            name=self.name,
            country=self.country,
            sender_email=self.sender_email,
            reply_to=self.reply_to,
            phone=self.phone,
            address=tuple(self.address),
            website=self.website,
            sms_sender_id=self.sms_sender_id,
            sms_number=self.sms_number,
            sms_needs_consent=self.sms_needs_consent,
            bank=BankDetails(bank.account_holder, bank.iban, bank.bic) if bank else None,
            print_service=PrintService(self.print_service),
            part_payment=self.part_payment,
            payments_known_within=timedelta(hours=self.payments_known_within_hours),
            retention=self.retention.retention(),
            dispute_days=self.dispute_days,
            late_payment=self.late_payment.late_payment(),
        )
