"""Letters: reminders by e-mail, the last word by post, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.domain.address import PostalAddress
from chalicelib.domain.communication import Communication
from chalicelib.domain.customer import Suppression
from chalicelib.domain.privacy import ErasureReason
from chalicelib.domain.sequence import Sequence
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.ports.storage import Cursor
from chalicelib.rendering.renderer import Renderer
from chalicelib.services.erase_customer import erase_customer
from chalicelib.services.update_customer import update_customer
from tests.builders import LIVE, TEST, a_sequence, a_step
from tests.deeds import OFFICE
from tests.scenarios.story import Story
from tests.world import Crash, somebody

HAMBURG = PostalAddress(("Lange Straße 12a",), "Hamburg", "DE", postal_code="20457")
BREMEN = PostalAddress(("Weg 1",), "Bremen", "DE", postal_code="28195")
STEPS = (
    a_step("reminder_first", 4, template="reminder_first"),
    a_step("notice_final", 20, "letter", template="notice_final"),
)
TAKEN = """
    Mon 19 Jan 00:00  email   reminder_first  R-1  100.00 EUR
    Wed 04 Feb 00:00  letter  notice_final    R-1  100.00 EUR
"""


def a_story(sequence: Sequence | None = None, **facts: object) -> Story:
    return Story("2026-01-02 08:00", sequence=sequence or a_sequence(*STEPS), **facts)


def letters_of(story: Story) -> list[Communication]:
    page = story.ledger.communications_page(story.tenant, Cursor(100))
    return [each for each in page.data if each.channel == "letter"]


def test_the_last_word_comes_by_post_and_is_kept():
    story = a_story(renderer=Renderer())
    story.post("R-1", due="2026-01-15", customer=somebody(address=HAMBURG, external_id="C-1"))
    story.until("2026-03-01 00:00")
    story.expect_messages(TAKEN)

    [letter] = story.letters.sent
    [entry] = letters_of(story)
    assert letter.communication_id == entry.id
    assert entry.to == letter.to == "Lange Straße 12a, 20457 Hamburg, DE"
    assert entry.subject == letter.content.subject == "Final reminder: invoice R-1"
    assert story.documents.kept[LIVE.key, entry.id] == letter.content.pdf
    assert letter.content.pdf.startswith(b"%PDF-")


def test_several_invoices_go_in_one_letter():
    story = a_story()
    for number in ("R-1", "R-2"):
        story.post(number, due="2026-01-15", customer=somebody(address=HAMBURG))
    story.until("2026-03-01 00:00")
    assert len(story.letters.sent) == 1
    assert letters_of(story)[0].amounts == {"eur": 200_00}


def test_without_a_postal_address_a_person_sees_to_it_and_an_address_brings_it_back():
    story = a_story()
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-02-05 00:00")
    [task] = story.open_tasks(invoice)
    assert (task.do, task.reason) == ("letter", "no_usable_address")
    update_customer(story.ports, LIVE, OFFICE, invoice.customer_id, {"address": HAMBURG})
    story.until("2026-02-06 00:00")
    assert len(story.letters.sent) == 1
    assert not story.open_tasks(invoice)


def test_letters_of_before_they_were_printed_are_written_by_people_still():
    story = a_story(a_sequence(a_step("letter_1", 1, "letter"), min_gap_days=7))
    invoice = story.post("R-1", due="2026-01-15", customer=somebody(address=HAMBURG))
    story.until("2026-01-17 00:00")
    assert [task.reason for task in story.open_tasks(invoice)] == ["for_a_person"]
    assert not story.letters.attempts


def test_a_letter_counts_as_contact():
    steps = (
        a_step("notice_final", 1, "letter", template="notice_final"),
        a_step("reminder_first", 2, template="reminder_first"),
    )
    story = a_story(a_sequence(*steps, min_gap_days=7))
    story.post("R-1", due="2026-01-15", customer=somebody(address=HAMBURG))
    story.until("2026-03-01 00:00")
    story.expect_messages(
        """
        Fri 16 Jan 00:00  letter  notice_final    R-1  100.00 EUR
        Fri 23 Jan 00:00  email   reminder_first  R-1  100.00 EUR
        """
    )


def test_an_address_that_the_print_service_refuses_is_used_no_more():
    story = a_story()
    story.letters.script(Handover(Delivery.REFUSED, reason="invalid"))
    invoice = story.post("R-1", due="2026-01-15", customer=somebody(address=HAMBURG))
    story.until("2026-02-05 00:00")
    assert story.customer(invoice).suppressed == {HAMBURG.one_line.lower(): Suppression.INVALID}
    assert [task.do for task in story.open_tasks(invoice)] == ["letter"]
    update_customer(story.ports, LIVE, OFFICE, invoice.customer_id, {"address": BREMEN})
    story.until("2026-02-06 00:00")
    assert [letter.address for letter in story.letters.sent] == [BREMEN]


def _no_connection(story: Story) -> None:
    for _ in range(8):  # each sweep's worker tries again while all is quiet
        story.letters.script(Handover(Delivery.NOT_NOW, reason="no connection"))


def _no_bucket(story: Story) -> None:
    story.documents.fails = True


@pytest.mark.parametrize("trouble", [_no_connection, _no_bucket])
def test_a_letter_that_cant_be_handed_over_now_is_later_and_once(trouble: Callable[[Story], None]):
    story = a_story()
    invoice = story.post("R-1", due="2026-01-15", customer=somebody(address=HAMBURG))
    story.until("2026-02-03 12:00")
    trouble(story)
    story.until("2026-02-04 00:05")
    assert not story.letters.sent
    assert story.case(invoice).claim is None
    assert not letters_of(story)
    story.documents.fails = False
    story.until("2026-02-06 00:00")
    assert len(story.letters.sent) == len(letters_of(story)) == 1


def test_whoever_dies_over_a_letter_leaves_it_unconfirmed_and_it_isnt_sent_again():
    story = a_story()
    invoice = story.post("R-1", due="2026-01-15", customer=somebody(address=HAMBURG))

    def dies(_: object) -> None:
        story.letters.before_answer = None
        raise Crash

    story.letters.before_answer = dies
    story.until("2026-03-01 00:00")
    assert len(story.letters.attempts) == 1
    assert [each.status.value for each in letters_of(story)] == ["unconfirmed"]
    assert [task.do for task in story.open_tasks(invoice)] == ["investigate"]


def test_a_test_letter_that_is_only_captured_can_be_looked_at():
    story = a_story(tenant=TEST, delivers_test_mode=False)
    story.post("R-1", due="2026-01-15", customer=somebody(address=HAMBURG))
    story.until("2026-03-01 00:00")
    [entry] = letters_of(story)
    assert entry.status.value == "captured"
    assert (TEST.key, entry.id) in story.documents.kept
    assert not story.letters.attempts


def test_an_erased_customers_letters_are_gone():
    story = a_story()
    invoice = story.post("R-1", due="2026-01-15", customer=somebody(address=HAMBURG))
    other = story.post("R-2", due="2026-01-15", customer=somebody("two", address=HAMBURG))
    story.until("2026-03-01 00:00")
    story.pay(invoice)
    erase_customer(story.ports, LIVE, OFFICE, invoice.customer_id, ErasureReason.OBJECTION)
    story.days(3)
    kept = [entry for _, entry in story.documents.kept]
    assert [each.customer_id for each in letters_of(story) if each.id in kept] == [
        other.customer_id
    ]
