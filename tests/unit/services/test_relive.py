"""What may have left in a stretch that was lost is never sent again, and the rest goes on."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.case import Case, CustomerFile, LostStretch, Outcome
from chalicelib.domain.communication import STUCK, CommunicationStatus
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.quota import Quota
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.due import DueEntry
from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.ports.storage import Cursor, Write
from chalicelib.services.follow_up import follow_up
from chalicelib.services.relive import relive
from chalicelib.services.stuck import task_of
from tests.builders import LIVE, a_sequence, a_step, utc
from tests.fakes.ledger import InMemoryLedger
from tests.world import Crash, World, somebody

EXPORTED = utc("2026-03-10 00:00")
RESTORED = utc("2026-03-20 12:00")
STEPS = a_sequence(
    a_step("friendly", 1),
    a_step("firm", 8),
    a_step("text", 15, "sms"),
    a_step("last", 29, template="notice_final"),
    min_gap_days=2,
)


class Restored(World):
    """A world as it was exported, ten days later; every message after the export is lost."""

    def __init__(self, *, due: str, others: tuple[str, ...] = (), **facts: Any) -> None:
        super().__init__("2026-03-01 08:00", sequence=STEPS, **facts)
        self.posted = self.post("R-1", due=due)
        self.others = [self.post(name, due=due, customer=somebody(name)) for name in others]
        self.until(EXPORTED)
        self.clock.set(RESTORED)
        self._left_before = self._left

    def relive(self) -> int:
        due = [entry for shard in range(2) for entry in self._due(f"wall#{shard}")]
        return relive(self.ports, due, since=EXPORTED, until=RESTORED)

    def _due(self, partition: str) -> tuple[DueEntry, ...]:
        return self.ledger.page(partition, after=None, until=RESTORED).entries

    @property
    def left_since(self) -> int:
        return self._left - self._left_before

    @property
    def _left(self) -> int:
        return len(self.email.attempts) + len(self.sms.attempts)


def outcomes(case: Case) -> dict[str, Outcome]:
    return {step: result.outcome for step, result in case.results.items()}


def logged(world: World, invoice: Invoice) -> list[CommunicationStatus]:
    page = world.ledger.communications_page(LIVE, Cursor(limit=100))
    return [each.status for each in reversed(page.data) if invoice.id in each.invoices]


def test_every_step_of_the_lost_stretch_ends_unconfirmed_and_is_not_sent_again():
    world = Restored(due="2026-03-04")

    assert world.relive() == 2
    world.days(3)

    assert outcomes(world.case(world.posted)) == {
        "friendly": Outcome.SENT,
        "firm": Outcome.UNCONFIRMED,
        "text": Outcome.UNCONFIRMED,
    }
    assert world.left_since == 0
    assert logged(world, world.posted) == ["sent", "unconfirmed", "unconfirmed"]


def test_what_comes_after_the_stretch_is_sent():
    world = Restored(due="2026-03-04")
    world.relive()

    world.until("2026-04-03 12:00")

    assert outcomes(world.case(world.posted))["last"] is Outcome.SENT
    assert world.left_since == 1


def test_without_reliving_it_would_be_sent_a_second_time():
    """The danger that all of this is about."""
    world = Restored(due="2026-03-04")

    world.days(1)

    assert world.left_since == 1


def test_a_claim_of_the_last_hour_still_waits_for_its_provider():
    world = Restored(due="2026-03-19")  # its friendly notice was due at midnight in Berlin

    assert world.relive() == 1
    world.days(1)

    assert outcomes(world.case(world.posted)) == {"friendly": Outcome.UNCONFIRMED}
    assert world.left_since == 0


def test_after_a_final_notice_a_person_looks_into_it():
    world = Restored(due="2026-02-16")

    world.relive()
    world.days(1)

    [task] = world.open_tasks(world.posted)
    assert (task.step, task.do) == ("last", "investigate")
    assert world.left_since == 0


def test_nothing_changes_where_nothing_was_due():
    world = Restored(due="2026-03-30")
    before = world.case(world.posted)

    assert world.relive() == 0
    assert world.case(world.posted) == before


def test_what_was_due_before_the_export_is_of_the_lost_stretch_too():
    world = World("2026-03-01 08:00", sequence=STEPS)
    invoice = world.post("R-1", due="2026-03-04")
    [entry] = [
        each
        for shard in range(2)
        for each in world.ledger.page(f"wall#{shard}", after=None, until=RESTORED).entries
    ]
    world.clock.set(RESTORED)

    relive(world.ports, [entry, entry], since=EXPORTED, until=RESTORED)
    world.days(1)

    assert world.email.attempts == world.sms.attempts == []
    results = world.case(invoice).results
    assert min(result.at for result in results.values()) == EXPORTED


def test_lived_through_twice_it_does_no_harm():
    world = Restored(due="2026-03-04")
    world.relive()
    first = world.case(world.posted).results

    assert world.relive() == 0
    world.days(3)

    assert world.case(world.posted).results.items() >= first.items()
    assert world.left_since == 0


def test_money_that_comes_to_light_later_closes_the_case():
    world = Restored(due="2026-03-04")
    world.relive()

    world.hear(world.card(world.posted))
    world.days(30)

    assert not world.case(world.posted).is_open
    assert world.left_since == 0


def test_a_quota_that_is_short_now_keeps_nothing_for_later():
    """What waited for it here would be sent afterwards, though it may have left already."""
    world = Restored(due="2026-03-04")
    world.sending.quotas["email"] = Quota(limit=100, left=10)

    assert world.relive() == 2
    world.days(3)

    assert world.left_since == 0


def test_a_file_that_cannot_be_made_out_is_flagged_and_keeps_nobody_else_waiting():
    world = Restored(due="2026-03-08", others=("other",))
    known = outcomes(world.case(world.posted))
    world.ledger.unreadable.add(world.posted.case_id)
    assert world.relive() == 1
    assert world.left_since == 0
    assert outcomes(world.case(world.others[0])) == {**known, "firm": Outcome.UNCONFIRMED}
    [task] = world.ledger.tasks_page(LIVE, Cursor(10)).data
    assert (task.step, task.case_id) == (STUCK, world.posted.case_id)
    assert task.reason == "UnreadableRecordError"


def test_who_follows_a_sequence_that_is_missing_keeps_nobody_else_waiting():
    world = Restored(due="2026-03-08", others=("other",))
    case = world.case(world.posted)
    lost = replace(case, sequence=("seq_0000000000000009", 1), version=case.version + 1)
    world.ledger.commit([Write(case, lost)])

    assert world.relive() == 1

    assert world.left_since == 0
    assert outcomes(world.case(world.others[0]))["firm"] is Outcome.UNCONFIRMED
    [task] = world.ledger.tasks_page(LIVE, Cursor(10)).data
    assert (task.case_id, task.reason) == (world.posted.case_id, "NotFoundError")


def test_even_a_task_that_cannot_be_made_out_keeps_nobody_else_waiting():
    world = Restored(due="2026-03-08", others=("other",))
    world.ledger.unreadable |= {world.posted.case_id, task_of(world.posted.case_id)}

    assert world.relive() == 1


class TestMended:
    """Of a file that couldn't be lived through, and can be read again a while later."""

    @staticmethod
    def damaged(**facts: Any) -> Restored:
        world = Restored(due="2026-03-04", **facts)
        world.ledger.unreadable.add(world.posted.case_id)
        world.relive()
        world.clock.set(RESTORED + timedelta(days=1))
        return world

    @staticmethod
    def look(world: World, invoice: Invoice) -> None:
        about = {"tenant": LIVE.key, "customer": invoice.customer_id}
        world.queues.put("email", [about])
        world.work()

    def test_the_next_message_lives_through_the_stretch_before_anything_is_sent(self):
        world = self.damaged()
        world.ledger.unreadable.clear()

        self.look(world, world.posted)
        world.days(3)

        assert outcomes(world.case(world.posted)) == {
            "friendly": Outcome.SENT,
            "firm": Outcome.UNCONFIRMED,
            "text": Outcome.UNCONFIRMED,
        }
        assert world.left_since == 0
        file = world.ledger.file(LIVE, world.posted.customer_id)
        assert file
        assert file.lost is None
        world.until("2026-04-03 12:00")
        assert outcomes(world.case(world.posted))["last"] is Outcome.SENT
        assert world.left_since == 1

    def test_so_does_the_message_about_another_case_that_falls_due(self):
        world = self.damaged()
        world.ledger.unreadable.clear()

        other = world.post("R-2", due="2026-03-22", customer=world.posted.customer_id)
        world.days(5)

        assert outcomes(world.case(world.posted))["firm"] is Outcome.UNCONFIRMED
        assert outcomes(world.case(other))["friendly"] is Outcome.SENT
        assert world.left_since == 1

    def test_as_long_as_it_is_not_mended_it_stays_to_be_lived_through(self):
        world = self.damaged()
        for _ in range(5):
            with suppress(UnreadableRecordError):
                follow_up(world.ports, LIVE, world.posted.customer_id)
        world.ledger.unreadable.clear()
        file = world.ledger.file(LIVE, world.posted.customer_id)

        assert file
        assert file.lost == LostStretch(EXPORTED, RESTORED)

    @pytest.mark.parametrize("until", [None, "2026-03-25 08:00"])
    def test_a_hold_of_after_the_export_defers_nothing_of_it(self, until: str | None):
        world = self.damaged()
        world.ledger.unreadable.clear()
        world.hold(world.posted, until)

        self.look(world, world.posted)
        if until is None:
            world.release(world.posted)
        world.until("2026-03-28 12:00")

        assert outcomes(world.case(world.posted))["firm"] is Outcome.UNCONFIRMED
        assert world.left_since == 0

    def test_payments_that_are_not_known_yet_defer_nothing_of_it(self):
        world = self.damaged()
        world.marks.begin(LIVE, EXPORTED)
        world.ledger.unreadable.clear()

        self.look(world, world.posted)
        [mark] = world.marks.all()
        world.marks.move(mark, replace(mark, known_until=world.clock.now() + timedelta(days=9)))
        world.days(3)

        assert outcomes(world.case(world.posted))["firm"] is Outcome.UNCONFIRMED
        assert world.left_since == 0

    def test_whoever_dies_before_the_mark_is_gone_is_followed_by_another(self):
        world = self.damaged(ledger=Dying(shards=2))
        world.ledger.unreadable.clear()

        with pytest.raises(Crash):
            follow_up(world.ports, LIVE, world.posted.customer_id, "email")
        lived = outcomes(world.case(world.posted))
        self.look(world, world.posted)
        world.days(3)

        assert lived["firm"] is Outcome.UNCONFIRMED
        assert outcomes(world.case(world.posted)).items() >= lived.items()
        assert world.left_since == 0
        file = world.ledger.file(LIVE, world.posted.customer_id)
        assert file
        assert file.lost is None

    def test_nobody_else_reads_the_file_twice(self):
        world = World("2026-03-01 08:00", ledger=(ledger := Counting(shards=2)), sequence=STEPS)
        invoice = world.post("R-1", due="2026-03-04")
        ledger.files = 0

        follow_up(world.ports, LIVE, invoice.customer_id, "email")

        assert ledger.files == 1


class Dying(InMemoryLedger):
    """A ledger at which the first worker dies that wants to take a mark away."""

    has_died = False

    def unmark_lost(self, tenant: Tenant, customer_id: str) -> None:
        if not self.has_died:
            self.has_died = True
            raise Crash
        super().unmark_lost(tenant, customer_id)


class Counting(InMemoryLedger):
    """A ledger that counts how often a file is read."""

    files = 0

    def file(self, tenant: Tenant, customer_id: str) -> CustomerFile | None:
        self.files += 1
        return super().file(tenant, customer_id)
