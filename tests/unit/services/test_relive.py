"""What may have left in a stretch that was lost is never sent again, and the rest goes on."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.case import Outcome
from chalicelib.domain.communication import STUCK
from chalicelib.domain.quota import Quota
from chalicelib.ports.storage import Cursor, Write
from chalicelib.services.relive import relive
from chalicelib.services.stuck import task_of
from tests.builders import LIVE
from tests.unit.services.restored import EXPORTED, RESTORED, STEPS, Restored, logged, outcomes
from tests.world import World


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
