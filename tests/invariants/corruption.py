"""Corruptions of a record, one field at a time: what a bug, a bad restore or a hand in the table
could leave behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from chalicelib.domain.customer import Change
from chalicelib.domain.money import Currency
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.domain.whole_file import FiledRecord, WholeFile

AGES = timedelta(days=400)
WHOLE = (Currency, Tenant, Change)
"""What is corrupted as a whole."""

PLACES = {
    "Customer": "customer",
    "Case": "cases",
    "Invoice": "invoices",
    "Payment": "payments",
    "CreditNote": "credit_notes",
    "Charge": "charges",
    "Promise": "promises",
    "PaymentPlan": "payment_plans",
    "Communication": "communications",
    "Task": "tasks",
    "Dispute": "disputes",
    "Service": "services",
}


def corrupted(value: Any) -> Iterator[Any]:
    """Yield other values of the same type: another whole, or the same with one part corrupted."""
    yield from _another(value)
    if isinstance(value, tuple) and value:
        yield value[1:]
        yield (*value, value[0])
        for place, each in enumerate(value):
            yield from ((*value[:place], other, *value[place + 1 :]) for other in corrupted(each))
    elif isinstance(value, Mapping) and value:
        yield {}
        for key, each in value.items():
            yield from ({**value, key: other} for other in corrupted(each))
    elif is_dataclass(value) and not isinstance(value, WHOLE):
        for field in fields(value):
            for other in corrupted(getattr(value, field.name)):
                yield replace(value, **{field.name: other})


def _another(value: Any) -> Iterator[Any]:
    match value:
        case Enum():
            yield from (other for other in type(value) if other is not value)
        case Currency(code=code):
            yield Currency("gbp" if code == "eur" else "eur", 2)
        case Tenant():
            yield replace(value, mode=Mode.TEST if value.mode is Mode.LIVE else Mode.LIVE)
        case Change():
            yield from (replace(value, by=""), replace(value, why=""))
        case int():
            yield from (value + 1, value - 1, -value - 1)
        case str():
            yield _other_text(value)
        case datetime():
            yield from (value - AGES, value + AGES)
        case date():
            yield value + timedelta(days=1)


def with_record(file: WholeFile, old: FiledRecord, new: FiledRecord) -> WholeFile:
    """Return the file with a record in another's place."""
    place = PLACES[type(old).__name__]
    if place == "customer":
        return replace(file, customer=new)
    records = getattr(file, place)
    return replace(file, **{place: tuple(new if each is old else each for each in records)})


def without_record(file: WholeFile, old: FiledRecord) -> WholeFile:
    """Return the file without a record."""
    place = PLACES[type(old).__name__]
    kept = tuple(each for each in getattr(file, place) if each is not old)
    return replace(file, **{place: kept})


def _other_text(value: str) -> str:
    """Another text; of an id, one of the same kind in another customer's file."""
    prefix, underscore, rest = value.partition("_")
    return f"{prefix}_{'Z' * 16}{rest[16:]}" if underscore and len(rest) >= 16 else f"{value}!"
