"""What another writer does at the worst moment: between this one's reading and its commit."""

from __future__ import annotations

from collections.abc import Callable

from tests.world import World


def just_before_the_commit(world: World, deed: Callable[[], object]) -> None:
    """Let something be done once, right before the next commit. Needs a `MeddledLedger`."""

    def meddle(_: object) -> None:
        world.ledger.before_commit = None
        deed()

    world.ledger.before_commit = meddle
