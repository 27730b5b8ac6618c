"""A communication knows what it was about."""

from __future__ import annotations

from tests.builders import a_case, a_communication


def test_a_communication_names_its_invoices():
    first, second = a_case("R-1"), a_case("R-2")

    communication = a_communication(first, second)
    assert communication.cases == (first.id, second.id)
    assert communication.invoices == (first.invoice_id, second.invoice_id)
