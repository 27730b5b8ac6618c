"""I9: a message shows the amount that is owed at its claim, in the right currency, digits, locale.

Guard: the claim's condition on the version (`deliver._claim`): what changes after rendering makes
the claim fail, and the message is rendered anew. Every test of this folder that watches its world
checks the amounts in each message against the cases as they were claimed.
"""

from __future__ import annotations

import pytest

from chalicelib.domain.communication import Communication
from chalicelib.rendering.renderer import Renderer
from tests.invariants.meddling import InterruptedRenderer, MeddledLedger, Writes, is_claim
from tests.invariants.watch import Watch
from tests.world import World, somebody


@pytest.mark.parametrize("how", ["pay", "card", "credit"])
def test_a_part_payment_after_rendering_is_in_the_message_that_leaves(how: str):
    renderer = InterruptedRenderer()
    world = World("2026-01-02 08:00", ledger=MeddledLedger(), renderer=renderer)
    Watch(world)
    invoice = world.post("R-1", due="2026-01-15")
    deeds = {
        "pay": lambda: world.pay(invoice, 60_00),
        "card": lambda: world.hear(world.card(invoice, 60_00)),
        "credit": lambda: world.credit(invoice, 60_00),
    }
    renderer.meanwhile = deeds[how]
    world.until("2026-01-13 00:00")
    assert renderer.rendered == 2
    (message,) = world.email.attempts
    assert "R-1: 40.00 EUR" in message.content.text
    assert "total: 40.00 EUR" in message.content.text


def test_a_part_payment_just_before_the_claim_of_a_bundle_is_in_the_message_that_leaves():
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    Watch(world)
    invoices = [world.post(f"R-{number}", due="2026-01-15") for number in range(3)]
    claims: list[Writes] = []

    def pay_part_of_the_second(writes: Writes) -> None:
        if is_claim(writes):
            claims.append(writes)
            if len(claims) == 1:
                world.pay(invoices[1], 60_00)

    world.ledger.before_commit = pay_part_of_the_second
    world.until("2026-01-13 00:00")
    (message,) = world.email.attempts
    assert len(claims) == 2
    assert "R-1: 40.00 EUR" in message.content.text
    assert "total: 240.00 EUR" in message.content.text


def test_the_log_says_the_same_amount_as_the_message():
    renderer = InterruptedRenderer()
    world = World("2026-01-02 08:00", ledger=MeddledLedger(), renderer=renderer)
    invoice = world.post("R-1", due="2026-01-15")
    world.post("R-2", due="2026-01-15", amount=7_000, of="jpy")
    renderer.meanwhile = lambda: world.pay(invoice, 60_00)
    world.until("2026-01-13 00:00")
    (log,) = [each for each in world.ledger._records.values() if isinstance(each, Communication)]
    assert log.amounts == {"eur": 40_00, "jpy": 7_000}


@pytest.mark.parametrize(
    ("locale", "of", "minor", "written"),
    [
        ("en", "eur", 123_456, "€1,234.56"),
        ("en", "jpy", 123_456, "¥123,456"),
        ("en", "kwd", 1_234_567, "KWD 1,234.567"),
        ("de", "eur", 123_456, "1.234,56 €"),
        ("fr", "eur", 123_456, "1 234,56 €"),
        ("es", "usd", 123_456, "1.234,56 US$"),
    ],
)
def test_digits_and_symbols_are_those_of_the_currency_and_locale(
    locale: str, of: str, minor: int, written: str
):
    world = World("2026-01-02 08:00", renderer=Renderer())
    world.post("R-1", due="2026-01-15", amount=minor, of=of, customer=somebody(locale=locale))
    world.until("2026-01-13 00:00")
    (message,) = world.email.attempts
    plain = message.content.text.replace("\N{NO-BREAK SPACE}", " ")
    assert written in plain.replace("\N{NARROW NO-BREAK SPACE}", " ")
