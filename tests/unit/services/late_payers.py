"""A world in which somebody pays late, and what is refused to be charged for it."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.charging import Demand, FeeDemand
from chalicelib.domain.errors import DunlinError
from chalicelib.domain.fee import FeeRule, FeeTier
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.late_payment import LatePayment
from tests.builders import a_creditor
from tests.world import World

FIVE = FeeDemand(FeeRule((FeeTier(amount=5_00),)))


def a_world(now: str = "2024-04-01 10:00", **policy: Any) -> World:
    world = World(now)
    world.ports.configuration.save_creditor(
        a_creditor(
            default_sequence=world.ports.configuration.creditor(a_creditor().id).default_sequence,
            late_payment=LatePayment(**policy),
        )
    )
    return world


def refused(world: World, invoice: Invoice, demand: Demand) -> type[DunlinError]:
    with pytest.raises(DunlinError) as error:
        world.demand(invoice, demand)
    return error.type
