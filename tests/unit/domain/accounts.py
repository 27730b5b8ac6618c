"""What the tests of accounts share: a sequence by account, two due invoices, and how to read."""

from __future__ import annotations

from chalicelib.domain.account import accounts_of
from chalicelib.domain.case import Case
from chalicelib.domain.decide import decide
from chalicelib.domain.decisions import Send
from chalicelib.domain.sequence import Scope
from tests.builders import (
    a_case,
    a_file,
    a_result,
    a_sequence,
    a_step,
    rules,
    utc,
)

STEPS = (
    a_step("early", -3),
    a_step("first", 7),
    a_step("second", 14),
    a_step("call", 20, "call"),
)
ACCOUNT = a_sequence(*STEPS, scope=Scope.ACCOUNT)
EARLY = {"early": a_result(at="2026-01-02 10:00")}
OLD = a_case("R-1", due="2026-01-05", results=EARLY)
YOUNG = a_case("R-2", due="2026-01-09", results=EARLY)
ON_FIRST = utc("2026-01-12 10:00")
ON_SECOND = utc("2026-01-19 10:00")


def decided(*cases: Case, now=ON_FIRST, sequence=ACCOUNT, customer=None):
    return decide(a_file(*cases, customer=customer), rules(sequence), now)


def parts(decisions):
    """Return which steps of which cases each message is, and why."""
    return [
        [(part.case_id, part.step, part.reason) for part in each.parts]
        for each in decisions
        if isinstance(each, Send)
    ]


def lead_of(*cases: Case, now=ON_FIRST, sequence=ACCOUNT):
    accounts = accounts_of(a_file(*cases), rules(sequence).of, now)
    return {account.lead.number for account in accounts.values()}
