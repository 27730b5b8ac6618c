"""A postal address, in the parts that posts, banks and print services ask for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where post reaches somebody; the name of whom it reaches stands elsewhere.

    `lines` are one to three: who takes it in, building, street and number or box. `region` is the
    state, province or county where the country's post writes one. `country` is ISO 3166-1 alpha-2.
    Some countries have no postal codes. Source of the parts: UPU S42 (international addressing).
    """

    lines: tuple[str, ...]
    city: str
    country: str
    postal_code: str | None = None
    region: str | None = None
