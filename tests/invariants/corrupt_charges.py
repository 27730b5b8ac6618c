"""Files of a customer in which a charge can't be right, by the rule that is there to find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chalicelib.domain.charge import Charge, ChargeKind
from chalicelib.domain.invariants import Rule
from chalicelib.domain.whole_file import WholeFile
from tests.invariants.corrupt_files import FILE, changed
from tests.invariants.corruption import without_record


def charge(kind: ChargeKind) -> Charge:
    return next(each for each in FILE.charges if each.kind is kind)


def again(of: Charge) -> WholeFile:
    """Return the file with a charge a second time, under another id."""
    other = replace(of, id=f"{of.id[:-1]}{'A' if of.id[-1] != 'A' else 'B'}")
    return replace(FILE, charges=(*FILE.charges, other))


FEE, INTEREST = charge(ChargeKind.FEE), charge(ChargeKind.INTEREST)
WAIVER = charge(ChargeKind.WAIVER)

FOUND_BY: list[tuple[Rule, str, Callable[[], WholeFile]]] = [
    (Rule.CHARGES_ADD_UP, "a charge gone", lambda: without_record(FILE, FEE)),
    (Rule.CHARGES_ADD_UP, "dearer", lambda: changed(FEE, amount=FEE.amount + 1)),
    (Rule.CHARGES_ADD_UP, "more than there was", lambda: changed(FEE, amount=1_00)),
    (Rule.CHARGES_ADD_UP, "waives nothing", lambda: changed(WAIVER, waives=())),
    (Rule.CHARGES_ADD_UP, "the same days again", lambda: again(INTEREST)),
    (
        Rule.CHARGES_ADD_UP,
        "compensated twice",
        lambda: changed(FEE, kind=ChargeKind.COMPENSATION),
    ),
    (
        Rule.CHARGES_ADD_UP,
        "more than its days bear",
        lambda: changed(INTEREST, amount=INTEREST.amount + 1),
    ),
    (Rule.CHARGES_ADD_UP, "no days at all", lambda: changed(INTEREST, basis=None)),
]
"""What the rule of charges is there for."""
