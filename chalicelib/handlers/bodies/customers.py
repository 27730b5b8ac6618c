"""What is said of a customer when one is created or changed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from chalicelib.domain.address import PostalAddress
from chalicelib.domain.customer import CustomerKind
from chalicelib.domain.money import UnknownCurrencyError, currency
from chalicelib.handlers.bodies import places
from chalicelib.handlers.bodies.base import Body
from chalicelib.handlers.bodies.contacts import HoursBody
from chalicelib.handlers.bodies.fields import (
    AddressLine,
    Amount,
    ClockId,
    Country,
    Email,
    ExternalId,
    Locale,
    Metadata,
    Name,
    Phone,
    PostalCode,
    RiskGrade,
    Tag,
    Timezone,
)
from chalicelib.services.create_customer import NewCustomer

MOST_TAGS = 20
MOST_LIMITS = 10


def _different(value: list[str]) -> list[str]:
    if len(set(value)) < len(value):
        raise ValueError("must be different")
    return value


def _code(value: str) -> str:
    try:
        return currency(value).code
    except UnknownCurrencyError:
        raise ValueError("must be the ISO 4217 code of a currency, like eur") from None


Tags = Annotated[
    list[Tag],
    Field(max_length=MOST_TAGS, json_schema_extra={"uniqueItems": True}),
    AfterValidator(_different),
]
Code = Annotated[
    str,
    AfterValidator(_code),
    WithJsonSchema({"type": "string", "format": "iso-4217", "minLength": 3, "maxLength": 3}),
]
CreditLimit = Annotated[dict[Code, Amount], Field(max_length=MOST_LIMITS)]


class AddressBody(Body):
    """A postal address. `lines` are who takes it in, building, street and number, or box: at most
    three, without the customer's name, which stands above them, and without city and country.

    `region` is the state, province or county, where the country's post writes one.
    """

    lines: Annotated[list[AddressLine], Field(min_length=1, max_length=3)]
    city: AddressLine
    country: Country
    postal_code: PostalCode | None = None
    region: AddressLine | None = None

    def address(self) -> PostalAddress:
        """Return the address."""
        return PostalAddress(
            lines=tuple(self.lines),
            city=self.city,
            country=self.country,
            postal_code=self.postal_code,
            region=self.region,
        )


class CustomerBody(Body):
    """A new customer.

    `locale` may be left out: it is then the most spoken official language of the country.
    `timezone` may be left out where all clocks of the country show the same time. `tags`,
    `risk_grade` and `credit_limit` (minor units by currency) are for segments to ask.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "external_id": "C-4711",
                    "name": "Bäckerei Sonnenschein GmbH",
                    "email": "rechnung@sonnenschein.example",
                    "phone": "+4915112345678",
                    "address": {
                        "lines": ["Lange Straße 12a"],
                        "postal_code": "10243",
                        "city": "Berlin",
                        "country": "DE",
                    },
                    "country": "DE",
                    "locale": "de-DE",
                    "timezone": "Europe/Berlin",
                }
            ]
        }
    )

    name: Name
    country: Country
    external_id: ExternalId | None = None
    email: Email | None = None
    phone: Phone | None = None
    address: AddressBody | None = None
    locale: Locale | None = None
    timezone: Timezone | None = Field(default=None, validate_default=True)
    kind: Literal["business", "consumer"] = "business"
    test_clock: ClockId | None = None
    contact_hours: HoursBody | None = None
    metadata: Metadata = Field(default_factory=dict)
    tags: Tags = Field(default_factory=list)
    risk_grade: RiskGrade | None = None
    credit_limit: CreditLimit = Field(default_factory=dict)

    @field_validator("timezone")
    @classmethod
    def _known_from_country(cls, value: str | None, info: ValidationInfo) -> str | None:
        return places.timezone_or_none(value, info.data.get("country"))

    def order(self) -> NewCustomer:
        """Return what the use case takes, with the defaults of the country."""
        return NewCustomer(
            name=self.name,
            country=self.country,
            locale=self.locale or places.likely_locale(self.country),
            timezone=self.timezone or places.only_timezone(self.country) or "UTC",
            external_id=self.external_id,
            email=self.email,
            phone=self.phone,
            kind=CustomerKind(self.kind),
            address=self.address.address() if self.address else None,
            contact_hours=self.contact_hours.window() if self.contact_hours else None,
            test_clock=self.test_clock,
            metadata=self.metadata,
            tags=tuple(self.tags),
            risk_grade=self.risk_grade,
            credit_limit=self.credit_limit,
        )


class CustomerChanges(Body):
    """The fields of a customer to change; the others stay. `metadata`, `tags` and `credit_limit`
    are replaced as a whole."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"email": "neu@sonnenschein.example", "phone": None}]}
    )

    name: Name = Field(default_factory=str)
    email: Email | None = None
    phone: Phone | None = None
    address: AddressBody | None = None
    country: Country = Field(default_factory=str)
    locale: Locale = Field(default_factory=str)
    timezone: Timezone = Field(default_factory=str)
    kind: Literal["business", "consumer"] = "business"
    contact_hours: HoursBody | None = None
    metadata: Metadata = Field(default_factory=dict)
    tags: Tags = Field(default_factory=list)
    risk_grade: RiskGrade | None = None
    credit_limit: CreditLimit = Field(default_factory=dict)

    def given(self) -> dict[str, Any]:
        """Return the fields that were given."""
        fields = {name: getattr(self, name) for name in self.model_fields_set}
        if self.address:
            fields["address"] = self.address.address()
        if self.contact_hours:
            fields["contact_hours"] = self.contact_hours.window()
        if "tags" in fields:
            fields["tags"] = tuple(self.tags)
        if "kind" in fields:
            fields["kind"] = CustomerKind(self.kind)
        return fields
