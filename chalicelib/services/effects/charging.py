"""Fees and interest of a sequence: charged in the transaction of the step's result, once.

The charge's id is made of case and step, so a step that is done anew finds what it charged.
"""

from __future__ import annotations

from chalicelib.domain.charge import Charge
from chalicelib.domain.decisions import Reason
from chalicelib.domain.errors import DunlinError, InvoiceNotOpenError
from chalicelib.domain.step_charge import NOT_CHARGED, charge_id, demand_of, own_part
from chalicelib.ports.storage import WriteConflictError
from chalicelib.services.add_charge import NewCharge, charge_on
from chalicelib.services.bookkeeping import books_on
from chalicelib.services.common import creating
from chalicelib.services.effects.effect import Done, Job, NotDone
from chalicelib.services.once import Mark


def charge(job: Job) -> Done | NotDone:
    """Charge what the step says on the case's invoice.

    Raises WriteConflictError where the invoice isn't as its case says.
    """
    case, tenant = job.case, job.case.tenant
    demand = demand_of(job.step, case.currency)
    if demand is None:
        return NotDone(Reason.FOR_A_PERSON)
    if job.ports.ledger.charge(tenant, charge_id(case.id, job.step.key)):
        return Done(case)
    opened = books_on(job.ports, job.change, job.file)
    opened.books.now = job.now
    own = own_part(case.id, job.step.key)
    order = NewCharge(case.invoice_id, demand, step=job.step.key)
    try:
        charged: Charge = charge_on(opened, order, Mark(own, own))
    except InvoiceNotOpenError as closed:
        raise WriteConflictError(f"{case.invoice_id} was closed in between") from closed
    except DunlinError as refused:
        if type(refused) not in NOT_CHARGED:
            raise
        return NotDone(NOT_CHARGED[type(refused)])
    writes = (creating(charged, opened.books.change), *opened.beside_cases())
    return Done(opened.books.cases[case.invoice_id], writes)
