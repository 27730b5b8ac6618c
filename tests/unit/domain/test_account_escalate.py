"""An account is handed over as a whole, but for what its customer never heard of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.case import Case
from chalicelib.domain.decisions import Act
from chalicelib.domain.sequence import Scope, Sequence
from tests.builders import a_case, a_result, a_sequence, a_step, utc
from tests.unit.domain.accounts import decided

AGENCY = a_step("agency", 30, "escalate", parameters={"to": "Inkasso Nord GmbH"})
REMINDED = a_sequence(a_step("reminder", 3), AGENCY, scope=Scope.ACCOUNT)
SILENT = a_sequence(AGENCY, scope=Scope.ACCOUNT)
TOLD = {"reminder": a_result(at="2026-01-08 10:00")}
LATER = a_case("R-2", due="2026-02-03")


def handed_over(*cases: Case, sequence: Sequence = REMINDED) -> list[tuple[str, ...]]:
    """Return the ids of what is handed over together on 4 February."""
    decisions = decided(*cases, now=utc("2026-02-04 10:00"), sequence=sequence)
    return [each.cases for each in decisions if isinstance(each, Act)]


@pytest.mark.parametrize("had", [TOLD, {}])
def test_only_what_a_message_named_is_handed_over_with_the_leading_invoice(had):
    lead = a_case("R-1", due="2026-01-05", results=TOLD)
    other = replace(LATER, results=had)
    together = (lead.id, other.id) if had else (lead.id,)
    assert handed_over(lead, other) == [together]


def test_where_nothing_is_ever_told_an_account_is_handed_over_as_a_whole():
    lead = a_case("R-1", due="2026-01-05")
    assert handed_over(lead, LATER, sequence=SILENT) == [(lead.id, LATER.id)]
