"""Files of a customer in which something about their service can't be right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chalicelib.domain.case import Case
from chalicelib.domain.invariants import Rule
from chalicelib.domain.restriction import Restriction, ServiceAction
from chalicelib.domain.service import ServiceStatus
from chalicelib.domain.whole_file import WholeFile
from tests.invariants.corrupt_files import FILE, HOURS, NOW, case, changed
from tests.invariants.corruption import without_record

[SERVICE] = FILE.services
CUT_OFF = [each for each in FILE.cases if each.restriction]
TOMORROW = NOW + 24 * HOURS
LONG_AGO = NOW - 24 * HOURS
SETTLED = case("paid")


def restricting(of: Case, *, lifted: bool = False, at_least: int = 1) -> WholeFile:
    """Return the file with a case that restricts the service."""
    restriction = Restriction(ServiceAction.SUSPEND, at_least, lifted=lifted)
    return changed(of, restriction=restriction)


def all_settled() -> WholeFile:
    """Return the file with a service that stays suspended though nothing that caused it is left."""
    loose = {each.id: replace(each, restriction=None) for each in CUT_OFF}
    return replace(FILE, cases=tuple(loose.get(each.id, each) for each in FILE.cases))


FOUND_BY: list[tuple[Rule, str, Callable[[], WholeFile]]] = [
    (Rule.SERVICE_FOLLOWS_DEBT, "still suspended", all_settled),
    (Rule.SERVICE_FOLLOWS_DEBT, "no service", lambda: without_record(FILE, SERVICE)),
    (
        Rule.SERVICE_FOLLOWS_DEBT,
        "only limited",
        lambda: changed(SERVICE, action=ServiceAction.LIMIT),
    ),
    (Rule.SERVICE_FOLLOWS_DEBT, "never asked", lambda: changed(SERVICE, number=0)),
    (Rule.SERVICE_FOLLOWS_DEBT, "asked no time", lambda: changed(SERVICE, asked=0)),
    (Rule.SERVICE_FOLLOWS_DEBT, "asked at no time", lambda: changed(SERVICE, asked_at=None)),
    (
        Rule.SERVICE_FOLLOWS_DEBT,
        "asked before it was wanted",
        lambda: changed(SERVICE, requested_at=NOW),
    ),
    (Rule.SERVICE_FOLLOWS_DEBT, "done at no time", lambda: changed(SERVICE, acknowledged_at=None)),
    (Rule.SERVICE_FOLLOWS_DEBT, "of nothing", lambda: changed(SERVICE, invoices=())),
    (
        Rule.SERVICE_FOLLOWS_DEBT,
        "nobody's task",
        lambda: changed(SERVICE, status=ServiceStatus.UNANSWERED, acknowledged_at=None, task=None),
    ),
    (Rule.SERVICE_FOLLOWS_DEBT, "borne by none", lambda: changed(SERVICE, bearer=None)),
    (
        Rule.REQUEST_IS_BORNE,
        "waits for nobody",
        lambda: changed(SERVICE, status=ServiceStatus.REQUESTED, acknowledged_at=None),
    ),
    (Rule.REQUEST_IS_BORNE, "bears what is over", lambda: restricting(SETTLED, lifted=True)),
    (Rule.REQUEST_IS_BORNE, "for nothing", lambda: restricting(CUT_OFF[0], at_least=0)),
    (Rule.FINISHED_CASE_RESTS, "never given back", lambda: restricting(SETTLED)),
    (Rule.STAYS_IN_ITS_FILE, "another's task", lambda: changed(SERVICE, task="task_x")),
    (Rule.HAPPENED_ALREADY, "done tomorrow", lambda: changed(SERVICE, acknowledged_at=TOMORROW)),
]
"""What the rules are there for."""
