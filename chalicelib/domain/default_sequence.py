"""The sequence that a creditor starts with: courteous before and on the due date, then firmer; and
the one by which instalments are chased where a plan names no other.

Five weeks after the due date everything that a machine should say has been said.
"""

from __future__ import annotations

from datetime import time

from chalicelib.domain.calendar import OFFICE_DAYS, SendWindow
from chalicelib.domain.instalment import MESSAGE
from chalicelib.domain.sequence import CatchUp, Do, Sequence, Step

OFFICE_HOURS = SendWindow(days=OFFICE_DAYS, opens=time(9), closes=time(17), skip_holidays=True)

MIN_GAP_DAYS = 3
"""At least 48 hours between messages. Two local days would allow 40 of them (from just before
17:00 to 09:00 two days later); three allow 64, and 63 where the clocks go forward between."""

MIN_AMOUNT = 1_00
"""Minor units that must still be owed: nobody is written to about the cent that a bank took."""


def _step(key: str, offset_days: int, do: Do) -> Step:
    return Step(key, offset_days, do, template=key, min_amount=MIN_AMOUNT)


DEFAULT = Sequence(
    id="seq_default",
    name="Friendly to firm",
    version=1,
    steps=(
        _step("notice_upcoming", -5, Do.EMAIL),
        _step("notice_due", 0, Do.EMAIL),
        _step("reminder_first", 4, Do.EMAIL),
        _step("reminder_second", 11, Do.SMS),
        _step("reminder_third", 20, Do.EMAIL),
        _step("notice_final", 34, Do.EMAIL),
    ),
    catch_up=CatchUp.LATEST,
    grace_days=0,
    min_gap_days=MIN_GAP_DAYS,
    window=OFFICE_HOURS,
    bundle=True,
)

INSTALMENTS = Sequence(
    id="seq_instalments",
    name="Instalments",
    version=1,
    steps=(
        Step("upcoming", -3, Do.EMAIL, template=MESSAGE),
        Step("due", 0, Do.EMAIL, template=MESSAGE),
        Step("late", 3, Do.EMAIL, template=MESSAGE),
    ),
    catch_up=CatchUp.LATEST,
    min_gap_days=MIN_GAP_DAYS,
    window=OFFICE_HOURS,
    bundle=False,
)
"""It is part of Dunlin rather than of a creditor's configuration, so every plan finds it."""
