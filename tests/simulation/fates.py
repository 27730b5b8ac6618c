"""What is done about an invoice in a life that is drawn, and how often."""

from __future__ import annotations

from tests.simulation.texters import WORDS

FATES = (
    (0.45, "pay_online"),
    (0.35, "transfer"),
    (0.15, "transfer"),
    (0.12, "credit"),
    (0.2, "charge"),
    (0.2, "charge"),
    (0.1, "charge"),
    (0.06, "void"),
    (0.05, "write_off"),
    (0.15, "hold"),
    (0.25, "dispute"),
    (0.1, "correct_address"),
    (0.1, "pay_online"),
    (0.2, "promise"),
    (0.08, "promise"),
    (0.2, "plan"),
    (0.08, "plan"),
    (0.05, "opt_out"),
    *WORDS,
    (0.15, "erase"),
    (0.15, "erase"),
    (0.03, "export"),
    (0.3, "look"),
    (0.2, "segment"),
    (0.08, "overrule_customer"),
    (0.08, "overrule_invoice"),
    (0.15, "hand_back"),
    (0.06, "tag"),
    (0.15, "work_off"),
    (0.15, "work_off"),
    (0.15, "contact"),
    (0.1, "contact"),
)
"""How often something is done about an invoice."""
