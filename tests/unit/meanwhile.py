"""What another writer does at the worst moment: between this one's reading and its commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chalicelib.domain.case import CustomerFile
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.storage import WriteConflictError
from tests.fakes.ledger import InMemoryLedger
from tests.world import Crash, World


class InterruptedLedger(InMemoryLedger):
    """Lets something happen once, right before the next reading of a file, or of invoices."""

    def __init__(self) -> None:
        super().__init__(shards=2)
        self.before_file: Callable[[], object] | None = None
        self.before_invoices: Callable[[], object] | None = None

    def file(self, tenant: Tenant, customer_id: str) -> CustomerFile | None:
        deed, self.before_file = self.before_file, None
        if deed:
            deed()
        return super().file(tenant, customer_id)

    def invoices(self, tenant: Tenant, invoice_ids: Iterable[str]) -> dict[str, Invoice]:
        deed, self.before_invoices = self.before_invoices, None
        if deed:
            deed()
        return super().invoices(tenant, invoice_ids)


def just_before_the_commit(world: World, deed: Callable[[], object]) -> None:
    """Let something be done once, right before the next commit. Needs a `MeddledLedger`."""

    def meddle(_: object) -> None:
        world.ledger.before_commit = None
        deed()

    world.ledger.before_commit = meddle


def die_after_the_next_commit(world: World) -> None:
    """Let the worker die once, when its next commit is done. Needs a `MeddledLedger`."""

    def die(_: object) -> None:
        world.ledger.after_commit = None
        raise Crash

    world.ledger.after_commit = die


def lose_the_next_answer(world: World) -> None:
    """Let the next commit be done and told as lost, once. Needs a `MeddledLedger`."""

    def lose(_: object) -> None:
        world.ledger.after_commit = None
        raise WriteConflictError

    world.ledger.after_commit = lose
