"""A creditor's own first reminder in German: used from the next message on, until it is reset.

What it says is what is owed at its claim, as in every message (I9), and where it can't be used the
built-in one leaves on the same day.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.customer import Change
from chalicelib.domain.own_template import TemplateName, Words
from chalicelib.domain.tenant import Tenant
from chalicelib.rendering.renderer import Renderer
from chalicelib.services.save_template import change_template, reset_template
from tests.builders import CREDITOR_ID, TEST, a_creditor, an_own_template
from tests.builders.templates import EMAIL, SMS
from tests.invariants.meddling import MeddledLedger, Writes, is_claim
from tests.scenarios.clock_story import ClockStory
from tests.scenarios.story import Story
from tests.world import World, somebody

FIRST = TemplateName("reminder_first", "email", "de")
WHO = Change("api_key:ak_1", "replace_text")
GERMAN = somebody(locale="de-DE")
OWN, BUILT_IN = "Einwände? ", "Mit freundlichen Grüßen"


def use(world: World, tenant: Tenant, words: Words, name: TemplateName = FIRST) -> None:
    change_template(world.ports, tenant, WHO, name, words)


def said(world: World) -> list[str]:
    """Return which words each e-mail has: `own` or `built-in`."""
    texts = [message.content.text for message in world.email.sent]
    assert all((OWN in text) is not (BUILT_IN in text) for text in texts)
    return ["own" if OWN in text else "built-in" for text in texts]


def test_the_own_text_is_sent_until_it_is_reset():
    story = ClockStory("2026-01-01 08:00", renderer=Renderer())
    use(story, TEST, Words(EMAIL, "Offen bei {{ creditor.name }}"))
    story.post("R-1", due="2026-01-15", issued="2026-01-01", customer=GERMAN)
    story.until("2026-01-16 00:00")
    assert said(story) == ["built-in"] * 2  # before the due date, and on it
    story.until("2026-01-25 00:00")
    assert said(story) == ["built-in"] * 2 + ["own"]
    first = story.email.sent[-1].content
    assert first.subject == "[TEST] Offen bei Nordlicht Energie GmbH"
    assert "die Rechnung R-1 vom 1. Januar 2026 war am 15. Januar 2026 fällig." in first.text
    assert "Offen: 100,00\N{NO-BREAK SPACE}€." in first.text

    reset_template(story.ports, TEST, WHO, FIRST)
    another = replace(GERMAN, external_id="two")
    story.post("R-2", due="2026-03-15", issued="2026-03-01", customer=another)
    story.until("2026-03-25 00:00")
    assert said(story).count("own") == 1
    assert BUILT_IN in story.email.sent[-1].content.text


def test_live_and_test_mode_have_texts_of_their_own():
    story = Story("2026-01-02 08:00", renderer=Renderer())
    use(story, TEST, Words(EMAIL))
    story.post("R-1", due="2026-01-15", customer=GERMAN)
    story.until("2026-01-25 00:00")
    assert set(said(story)) == {"built-in"}


def test_a_part_payment_just_before_the_claim_is_in_the_own_text_that_leaves():
    """I9. Guard: the claim's condition on the version."""
    world = World("2026-01-19 08:00", ledger=MeddledLedger(), renderer=Renderer())
    use(world, world.tenant, Words(EMAIL))
    invoice = world.post("R-1", due="2026-01-15", customer=GERMAN)
    claims: list[Writes] = []

    def pay_a_part(writes: Writes) -> None:
        if is_claim(writes):
            claims.append(writes)
            if len(claims) == 1:
                world.pay(invoice, 60_00)

    world.ledger.before_commit = pay_a_part
    world.until("2026-01-25 00:00")
    (message,) = world.email.attempts
    assert len(claims) == 2
    assert "Offen: 40,00\N{NO-BREAK SPACE}€." in message.content.text


def test_a_text_that_cant_be_used_any_more_loses_no_reminder():
    """Its address led to the creditor's site, which has moved since."""
    told: list[str] = []
    renderer = Renderer(tell=lambda _, name, code: told.append(f"{name} {code}"))
    story = Story("2026-01-02 08:00", renderer=renderer)
    site = a_creditor(id=CREDITOR_ID, default_sequence="seq_default", website="https://old.example")
    story.ledger.save_creditor(site)
    use(story, story.tenant, Words(f"{EMAIL}\nhttps://old.example/faq"))
    story.ledger.save_creditor(replace(site, website="https://new.example"))
    story.post("R-1", due="2026-01-15", customer=GERMAN)
    story.until("2026-01-25 00:00")
    assert said(story)[-1] == "built-in"
    assert told == ["reminder_first/email/de link"]


def test_an_own_sms_goes_where_the_e_mail_cant():
    story = Story("2026-01-02 08:00", renderer=Renderer())
    use(story, story.tenant, Words(SMS), an_own_template(channel="sms").name)
    story.post("R-1", due="2026-01-15", customer=replace(GERMAN, email=None))
    story.until("2026-01-25 00:00")
    own = "Nordlicht Energie GmbH: 100,00 \N{EURO SIGN} offen."
    assert [message.text.startswith(own) for message in story.sms.sent].count(True) == 1
