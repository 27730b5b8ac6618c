"""A billing system that does with customers' services what it is asked: late, twice, after a newer
request, or never.

What it has done at last, is what was asked at last. It says what it did until it is heard.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.domain.restriction import ServiceAction
from chalicelib.domain.service import Service, ServiceStatus
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.storage import Record
from tests.endings import require
from tests.simulation.client import Client

if TYPE_CHECKING:
    from tests.simulation.life import Life

IGNORES, TWICE = 0.25, 0.2
DELAYS = (1.0, 60.0, 7 * 3600.0, 60 * 3600.0)
"""Seconds that a request may take at most."""


class BillingSystem:
    """What acts upon the requests about services of one tenant's customers."""

    def __init__(self, life: Life, tenant: Tenant) -> None:
        self._life, self._tenant = life, tenant
        self._random = life.branch()
        self._client: Client | None = None
        self._done: dict[str, ServiceAction] = {}
        life.ledger.on_change.append(self._committed)

    def at_the_end(self) -> None:
        """Require that each service is what was asked last, where the billing system said so."""
        for service in self._life.ledger._records.values():
            if not isinstance(service, Service) or service.tenant != self._tenant:
                continue
            waits = service.status is ServiceStatus.REQUESTED
            require(not waits, f"I3: nobody waits for {service.id} any more")
            if service.status is ServiceStatus.ACKNOWLEDGED:
                done = self._done.get(service.id)
                require(done is service.action, f"I3: {service.id} is {done}: {service.action}")

    def _committed(self, before: Record | None, after: Record) -> None:
        if not isinstance(after, Service) or after.tenant != self._tenant:
            return
        known = before if isinstance(before, Service) else None
        follows = after.number - (known.number if known else 0)
        require(follows in {0, 1}, f"I7: {after.id} skips a request")
        is_other = known is None or known.action is not after.action
        require(is_other or not follows, f"I2: {after.id} is asked to be what it is")
        if known and known.asked_at == after.asked_at:
            return
        if self._random.random() < IGNORES:
            return
        for _ in range(2 if self._random.random() < TWICE else 1):
            delay = self._random.uniform(0.2, self._random.choice(DELAYS))
            self._life.scheduler.after(delay, partial(self._do, after))

    def _do(self, asked: Service) -> None:
        """Carry a request out, and say so until that is heard."""
        self._done[asked.id] = asked.action
        self._life.tell(f"{asked.id} is to {asked.action} by {asked.number}")
        if self._client is None:
            self._client = Client(self._life, self._tenant)
        self._say(asked)

    def _say(self, asked: Service) -> None:
        assert self._client is not None
        name = f"acknowledge {asked.number} of {asked.id}"
        body: dict[str, Any] = {"number": asked.number}
        if self._client.post(name, f"/v1/services/{asked.id}/acknowledge", body) is None:
            self._life.scheduler.after(3600, partial(self._say, asked))
