"""1,000 customers with one due invoice each, through the real services on the fakes of the tests.

Everything but AWS: finding, deciding, rendering, claiming, recording. The renderer is the real one.
"""

from bench.measure import Row, once
from chalicelib.domain.tenant import tenant_of
from chalicelib.rendering.renderer import Renderer
from chalicelib.services.follow_up import follow_up
from chalicelib.services.sweep import sweep, sweep_shard
from tests.builders import a_sequence, a_step
from tests.world import World, somebody

COUNT = 1_000


def run(count: int = COUNT) -> list[Row]:
    """Posting, finding, and what comes after; checks that each customer got one mail."""
    world = World(
        "2026-01-02 08:00", sequence=a_sequence(a_step("reminder_first")), renderer=Renderer()
    )
    posting = once("post an invoice with a new customer", count, lambda: _post(world, count))
    world.clock.advance(days=30)
    finding = once("find what is due", count, lambda: _find(world))
    work = world.queues.drain("email")
    sending = once("decide, render, claim, send, record", count, lambda: _send(world, work))
    if len(world.email.sent) != count:
        raise AssertionError(f"{len(world.email.sent)} mails for {count} customers")
    return [posting, finding, sending]


def _post(world: World, count: int) -> None:
    for number in range(count):
        world.post(f"R-{number}", due="2026-01-05", customer=somebody(f"c{number}"))


def _find(world: World) -> None:
    sweep(world.ports)
    for message in world.queues.drain("sweep"):
        sweep_shard(world.ports, message["partition"])


def _send(world: World, work: list[dict[str, str]]) -> None:
    for message in work:
        follow_up(world.ports, tenant_of(message["tenant"]), message["customer"], "email")
