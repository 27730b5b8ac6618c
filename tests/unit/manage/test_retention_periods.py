"""A creditor's file says how long personal data are kept, within reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import InvalidError
from chalicelib.domain.retention import USUAL, Retention
from chalicelib.services.create_creditor import create_creditor
from chalicelib.services.update_creditor import update_creditor
from tests.builders import CREDITOR_ID
from tests.unit.manage.test_payments_known_within import a_creditor_of
from tests.world import World

PERIODS = {"communications_days": 730, "settled_customers_days": 1461}


def test_what_the_file_says_holds_until_it_says_otherwise():
    world = World()
    create_creditor(world.ports, a_creditor_of(retention=PERIODS))
    said = world.ledger.creditor(CREDITOR_ID).retention
    assert said == Retention(timedelta(days=730), timedelta(days=1461))

    update_creditor(world.ports, a_creditor_of())

    assert world.ledger.creditor(CREDITOR_ID).retention == USUAL


@pytest.mark.parametrize(
    ("periods", "pointer"),
    [
        ({"communications_days": 29}, "/retention/communications_days"),
        ({"settled_customers_days": 36501}, "/retention/settled_customers_days"),
        ({**PERIODS, "settled_customers_days": 729}, "/retention/settled_customers_days"),
        ({"communications_days": 3000}, "/retention/settled_customers_days"),
        ({"events_days": 30}, "/retention/events_days"),
    ],
)
def test_no_letter_is_kept_longer_than_whom_it_went_to(periods: dict[str, Any], pointer: str):
    with pytest.raises(InvalidError) as refused:
        a_creditor_of(retention=periods)

    assert pointer in {field.pointer for field in refused.value.fields}
