"""What the tests of the preview share: a plain sequence, an invoice, and how a preview reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chalicelib.domain.preview import preview
from chalicelib.domain.rehearsal import Happening, HappeningType, PreviewInvoice
from tests.builders import a_sequence, a_step, a_window, berlin, eur, utc

DUE = date(2026, 1, 15)
START, END = utc("2026-01-01"), utc("2026-06-30")
PLAIN = a_sequence(a_step("early", -5), a_step("first", 4), a_step("call", 10, "call"))
OFFICE = replace(PLAIN, window=a_window())


def invoice(number="R-1", due=DUE, amount=100_00, issued=date(2026, 1, 2)):
    """Return an invoice to preview, over €100.00."""
    return PreviewInvoice(number, eur(amount), issued, due)


def told(sequence, invoices, *happenings: Happening, start=START, until=END):
    """Return a preview's entries, shortened to when, what, which step, why and which invoices."""
    entries = preview(sequence, berlin(), invoices, happenings, start=start, until=until)
    return [(f"{e.at:%m-%d %H:%M}", e.outcome, e.step, e.reason, e.invoices) for e in entries]


def happens(at: str, kind: HappeningType, *, of: str = "R-1", **facts: object):
    """Return what happens to an invoice at that moment."""
    return Happening(utc(at), kind, of, **facts)
