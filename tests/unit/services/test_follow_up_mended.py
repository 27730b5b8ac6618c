"""A file that couldn't be lived through is, once it is mended, before anything is sent."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.case import CustomerFile, Outcome
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.lost_stretch import LostStretch
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.services.follow_up import follow_up
from tests.builders import LIVE
from tests.fakes.ledger import InMemoryLedger
from tests.unit.services.restored import EXPORTED, RESTORED, STEPS, Restored, outcomes
from tests.world import Crash, World


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
