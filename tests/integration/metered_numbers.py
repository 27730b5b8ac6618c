"""What it costs that a customer is found by their number: behind the ingest, and once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.services.create_customer import create_customer
from chalicelib.services.keep_references import follow_number
from tests.builders import LIVE
from tests.deeds import BILLING
from tests.world import somebody

if TYPE_CHECKING:
    from tests.integration.metered import Metered, Units


def numbers(metered: Metered) -> dict[str, Units]:
    """Return the units of a reference to a new customer, and of one that is there."""
    ports, now = metered.ports, metered.world.clock.now()
    customer = create_customer(ports, LIVE, BILLING, somebody("found"))

    def follow() -> None:
        follow_number(ports, None, customer, now)

    return {
        "let a customer be found by a number": metered.used("number", follow),
        "… once more": metered.used("number again", follow),
    }
