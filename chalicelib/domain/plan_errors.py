"""What payment plans are refused for."""

from __future__ import annotations

from chalicelib.domain.errors import ConflictError


class PlanAlreadyActiveError(ConflictError):
    """A payment plan about one of the invoices is active."""

    code = "plan_already_active"


class PlanNotActiveError(ConflictError):
    """The payment plan is completed, broken or cancelled."""

    code = "plan_not_active"


class PlanAmountsDifferError(ConflictError):
    """The instalments don't come to what is owed, or leave nothing for one of them."""

    code = "plan_amounts_differ"


class CaseHandedOverError(ConflictError):
    """The case of one of the invoices is with an agency or a lawyer."""

    code = "case_handed_over"
