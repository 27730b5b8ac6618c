"""Say why a customer was, or wasn't, reminded about an invoice, and what comes next."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.case import Case, Outcome
from chalicelib.domain.choice import ChosenBy
from chalicelib.domain.customer import Customer
from chalicelib.domain.decide import Rules
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.explain import explain
from chalicelib.domain.explain_choice import ExplainedChoice, explain_choice
from chalicelib.domain.explanation import ExplainedStep, Explanation
from chalicelib.domain.rehearsed_charges import CHARGING
from chalicelib.domain.step_charge import charge_id
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import load_case, load_invoice, now_of, rules_for
from chalicelib.services.payments_known import stale_until
from chalicelib.services.sending_quotas import quotas


def explain_case(ports: Ports, tenant: Tenant, case_id: str) -> Explanation:
    """Explain a case, open or closed, as of the customer's present time. Raises NotFoundError."""
    customer_id = load_case(ports, tenant, case_id).customer_id
    file = ports.ledger.file(tenant, customer_id)
    if file is None:
        raise NotFoundError(f"There is no case {case_id}.")
    filed = next((each for each in file.cases if each.id == case_id), None)
    case = filed or load_case(ports, tenant, case_id)
    now = now_of(ports, file.customer)
    rules = replace(
        rules_for(ports, tenant, [*file.cases, case]),
        payments_stale_until=stale_until(ports, file.customer, now),
        quotas=quotas(ports, file.customer, now),
    )
    told = explain(file, case, rules, now)
    steps = tuple(_with_charge(ports, case, each) for each in told.steps)
    return replace(told, steps=steps, choice=_choice(ports, file.customer, case, rules))


def _with_charge(ports: Ports, case: Case, step: ExplainedStep) -> ExplainedStep:
    if step.do not in CHARGING or step.state != Outcome.ACTED:
        return step
    charge = ports.ledger.charge(case.tenant, charge_id(case.id, step.key))
    return replace(step, charge=charge.id, charged=charge.amount) if charge else step


def _choice(ports: Ports, customer: Customer, case: Case, rules: Rules) -> ExplainedChoice:
    by, named = (case.choice.by, case.choice.segment) if case.choice else (None, None)
    segment = ports.configuration.segment(case.tenant, *named) if named else None
    override = customer.override if by is ChosenBy.CUSTOMER else None
    if by is ChosenBy.INVOICE:
        override = load_invoice(ports, case.tenant, case.invoice_id).override
    return explain_choice(case, rules.of(case), segment=segment, override=override)
