"""Everything that can't be right in a stored file, with the rule that is there to find it."""

from __future__ import annotations

from tests.invariants import (
    corrupt_approvals,
    corrupt_charges,
    corrupt_disputes,
    corrupt_files,
    corrupt_services,
)
from tests.invariants.corrupt_plans import PLANNED_WRONG
from tests.invariants.corrupt_promises import PROMISED_WRONG

FOUND = [
    *corrupt_files.FOUND_BY,
    *corrupt_approvals.FOUND_BY,
    *corrupt_charges.FOUND_BY,
    *PROMISED_WRONG,
    *PLANNED_WRONG,
    *corrupt_disputes.FOUND_BY,
    *corrupt_services.FOUND_BY,
]
