"""How cases follow the one that leads their account: what it does now is theirs, too, and what they
wait for is its next moment, unless a step of their own comes before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.account import Account
from chalicelib.domain.bundle import Ready
from chalicelib.domain.decisions import Act, Decision, Reason, Skip, Wait

_NOTHING_ELSE = frozenset({Reason.NOT_YET_DUE, Reason.SEQUENCE_FINISHED})


def follow_leads(
    outcomes: Mapping[str, list[Decision | Ready]], accounts: Mapping[str, Account], now: datetime
) -> list[Decision | Ready]:
    """Return what was decided case by case, with followers named along with their leading case."""
    named: dict[str, list[Ready]] = {}
    acts: dict[str, list[Act]] = {}
    by_lead = {each.lead.id: each for each in accounts.values()}
    denied = _denied(outcomes, by_lead)
    for account in by_lead.values():
        for outcome in outcomes[account.lead.id]:
            if isinstance(outcome, Ready):
                for share in account.shared(outcome):
                    named.setdefault(share.case.id, []).append(share)
            elif isinstance(outcome, Act):
                others = tuple(share.case.id for share in account.shared(outcome))
                acts.setdefault(account.lead.id, []).append(replace(outcome, named=others))
    cases = {case.id: case for account in accounts.values() for case in account.cases}
    told: list[Decision | Ready] = []
    for case_id, own in outcomes.items():
        told += denied.get(case_id, ())
        found = accounts.get(case_id)
        if found is None:
            told += own
        elif case_id == found.lead.id:
            own_acts = iter(acts.get(case_id, ()))
            told += [next(own_acts) if isinstance(each, Act) else each for each in own]
        elif case_id in named:
            told += [each for each in own if isinstance(each, Skip)]
            told += named[case_id]
        else:
            wait = found.follows(cases[case_id], outcomes[found.lead.id], now)
            told += [_later(each, wait) if isinstance(each, Wait) else each for each in own]
    return told


def _denied(
    outcomes: Mapping[str, list[Decision | Ready]], by_lead: Mapping[str, Account]
) -> dict[str, list[Skip]]:
    """Return, case by case, the steps that nobody agreed to when they were asked for the lead."""
    denied: dict[str, list[Skip]] = {}
    for lead_id, account in by_lead.items():
        skips = (each for each in outcomes[lead_id] if isinstance(each, Skip))
        for skip in (share for each in skips for share in account.denied(each)):
            denied.setdefault(skip.case_id, []).append(skip)
    return denied


def _later(own: Wait, follows: Wait) -> Wait:
    """Return the wait for the leading case, unless the case's own step comes before."""
    if own.reason not in _NOTHING_ELSE:
        return own
    comes_before = own.until and follows.until and own.until <= follows.until
    return own if comes_before else follows
