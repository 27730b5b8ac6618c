"""Every reason is of one kind, so that no decision can come without one."""

from __future__ import annotations

from chalicelib.domain import decisions as sorted_reasons
from chalicelib.domain.case import PauseKind
from chalicelib.domain.decisions import Reason


def test_every_reason_is_sorted_once():
    kinds = [
        sorted_reasons.TO_DO,
        sorted_reasons.TO_WAIT,
        sorted_reasons.TO_SKIP,
        sorted_reasons.TO_PAUSE,
        sorted_reasons.TO_CLOSE,
    ]

    assert frozenset().union(*kinds) == set(Reason)
    assert sum(len(kind) for kind in kinds) == len(Reason)


def test_every_pause_and_ending_is_a_reason():
    assert {Reason(kind.value) for kind in PauseKind} == sorted_reasons.TO_PAUSE
