"""Files of a customer in which something about promises to pay can't be right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chalicelib.domain.invariants import Rule
from chalicelib.domain.promise import Promise, PromiseStatus
from chalicelib.domain.whole_file import WholeFile
from tests.invariants.corrupt_files import FILE, HOURS, NOW, case, changed


def promise(*, is_open: bool) -> Promise:
    return next(each for each in FILE.promises if each.is_open is is_open)


PROMISED_WRONG: list[tuple[Rule, str, Callable[[], WholeFile]]] = [
    (Rule.PAUSE_IS_PROMISED, "held no more", lambda: changed(case("promised"), pauses=())),
    (Rule.PAUSE_IS_PROMISED, "until else", lambda: changed(promise(is_open=True), until=NOW)),
    (
        Rule.PAUSE_IS_PROMISED,
        "held for nobody",
        lambda: changed(case("next"), pauses=case("promised").pauses),
    ),
    (
        Rule.PAUSE_IS_PROMISED,
        "for one that has ended",
        lambda: changed(promise(is_open=True), status=PromiseStatus.BROKEN, ended_at=NOW),
    ),
    (
        Rule.PROMISE_IS_JUDGED,
        "its day is over",
        lambda: changed(
            case("promised"),
            pauses=(replace(case("promised").pauses[0], until=NOW - 5 * HOURS),),
        ),
    ),
    (
        Rule.PROMISE_IS_JUDGED,
        "ended, and not",
        lambda: changed(promise(is_open=True), ended_at=NOW),
    ),
    (
        Rule.PROMISE_IS_JUDGED,
        "more kept than there are",
        lambda: changed(promise(is_open=True), kept=2),
    ),
]
