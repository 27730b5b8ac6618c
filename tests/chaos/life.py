"""One seed's life: days of weather and deeds, each ended by a jump of the clock; then calm."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from chalicelib.domain.creditor import Creditor
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.domain.whole_file import WholeFile
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Cursor
from chalicelib.services.create_creditor import create_creditor, new_creditor_id
from local.api import Api
from local.layout import STAGE
from tests.chaos.people import People
from tests.chaos.plan import CUSTOMERS, DAYS, Order, Plan, plan_of
from tests.chaos.poison import let_letters_die
from tests.chaos.receiver import Endpoint
from tests.chaos.stage import Stage, quarter_after
from tests.endings import Violation
from tests.waiting import until

AT_ONCE = 8
"""People and schedules that act at the same time."""
SWEEPS = 2
QUIET_SECONDS = 150
SETTLES = timedelta(minutes=65)
"""Longer than a claim waits, a hidden message hides, and what follows from a change may take."""
ALL_ZONES = timedelta(hours=10)
"""Within so long the same local day begins for all customers; the next step is farther away."""
MOST_ROUNDS = 25


class Life:
    """A creditor of its own and everybody around it. `run` leaves it calm, to be checked."""

    def __init__(
        self, stage: Stage, ports: Ports, seed: int, *, customers: int = CUSTOMERS
    ) -> None:
        self.stage, self.ports, self.seed = stage, ports, seed
        self.plan: Plan = plan_of(seed, customers=customers)
        self.dead_letters = self.died = 0
        self.storm: dict[str, Any] = {"calls": 0, "faults": {}, "story": []}
        self.put_off: list[tuple[Order, str]] = []
        stage.weather(None)
        self.tenant, self.people, self.endpoint = self._settle_in()

    def run(self, progress: Callable[[str], None] = lambda _: None) -> None:
        """Live through the days, then until nothing is left to be done."""
        self.stage.weather(self.seed)
        try:
            for day in range(DAYS):
                progress(f"day {day + 1} of {DAYS}")
                self.people.tell(f"day {day + 1}")
                self._day(day)
                self.stage.jump(self.stage.now() + self.plan.jumps[day])
        finally:
            self.storm = self.stage.story()
            self.stage.receiver.is_down = False
            self.stage.weather(None)
        self.people.tell("calm, but for one record")
        self.died = let_letters_die(self)
        self.people.tell("calm, but for lost messages")
        self.stage.weather(self.seed, leaks=True)
        for turn in range(MOST_ROUNDS):
            progress(f"calm, round {turn + 1}")
            if not self._calm():
                return self.stage.weather(None)
        raise Violation(f"I3: after {MOST_ROUNDS} rounds of calm there is still something to do")

    @property
    def story(self) -> list[str]:
        """What was done and what went wrong, in its order."""
        lines = sorted([*self.people.told, *map(tuple, self.storm["story"])])
        return [f"{datetime.fromtimestamp(at, UTC):%H:%M:%S.%f}  {line}" for at, line in lines]

    def files(self) -> list[WholeFile]:
        """Return every customer's whole file."""
        page = self.ports.ledger.customers_page(self.tenant, Cursor(limit=100))
        assert not page.has_more
        found = [self.ports.ledger.whole_file(self.tenant, each.id) for each in page.data]
        return [each for each in found if each]

    def _settle_in(self) -> tuple[Tenant, People, Endpoint]:
        stripe_key = f"sk_test_chaos{self.seed}x{int(time.time())}"
        creditor = Creditor(
            id=new_creditor_id(self.ports),
            name="Blauwasser Werke GmbH",
            sender_email="billing@blauwasser.example.com",
            reply_to="accounts@blauwasser.example.com",
            country="DE",
            created_at=self.stage.now(),
        )
        created = create_creditor(self.ports, creditor)
        secret = {
            "api_keys": {"live": stripe_key, "test": f"{stripe_key}_other"},
            "webhook_secrets": [self.stage.stack.webhook_secret],
        }
        self.stage.client("secretsmanager").create_secret(
            Name=f"dunlin/{STAGE}/stripe/{creditor.id}", SecretString=json.dumps(secret)
        )
        people = People(self.stage, self.seed, created.live_key, stripe_key)
        tenant = Tenant(creditor.id, Mode.LIVE)
        api = Api(self.stage.stack.layout.api_url, created.live_key)
        people.sequence = api.post("/v1/sequences", self.plan.sequence)["id"]
        return tenant, people, Endpoint(self.stage, api, tenant)

    def _day(self, day: int) -> None:
        """Let a day's deeds and schedules happen all at once, and what follows from them."""
        silent = day in self.plan.silent
        self.stage.receiver.is_down = day == self.plan.receives_nothing
        self.people.set_webhooks("off" if silent else "on")
        deeds = [
            (order, deed)
            for order in self.plan.orders
            for planned, deed in order.deeds
            if planned == day
        ]
        posts = [each for each in deeds if each[1] == "post"]
        others = [each for each in deeds if each[1] != "post"]
        again, self.put_off = self.put_off, []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            running = [pool.submit(self._do, *each) for each in posts + again]
            running.append(pool.submit(self._schedules, catches_up=not silent))
            running += [pool.submit(self._do, *each) for each in others]
            changes = [each for each in self.plan.changes if each.day == day]
            running += [pool.submit(each.make, self.people) for each in changes]
        for each in running:
            each.result()  # raises what went wrong with the harness itself
        if day == DAYS - 1:
            self.people.settle_debits()
        self.until_quiet()

    def _schedules(self, *, catches_up: bool) -> None:
        for _ in range(SWEEPS):
            self.stage.call("FunctionSweep")
            time.sleep(1.0)
        if catches_up:
            self.stage.call("FunctionCatchUpPayments")

    def _do(self, order: Order, deed: str) -> None:
        if not self.people.do(order, deed):
            self.put_off.append((order, deed))

    def _calm(self) -> bool:
        """Do what is due, jump to what is due next, and say whether anything was left to do."""
        self.people.set_webhooks("on")
        for function in ("FunctionCatchUpPayments", "FunctionSweep"):
            until(partial(self.stage.call, function), function)
        again, self.put_off = self.put_off, []
        for each in again:
            self._do(*each)
        self.people.settle_debits()
        self.until_quiet()
        moved = self.stage.redrive() if self.stage.messages(dead=True) else 0
        self.dead_letters += moved
        hidden = self.stage.messages()
        due = [case.due_at for file in self.files() for case in file.cases if case.due_at]
        due += [each.due_at for each in self.endpoint.owed(self.ports) if each.due_at]
        now = self.stage.now()
        busy = bool(again or self.put_off or moved or hidden or due)
        next_day = min(due) + ALL_ZONES if due else now
        self.stage.jump(quarter_after(max(next_day, now + SETTLES)))
        return busy

    def until_quiet(self) -> None:
        """Wait until nobody is at work; what is hidden in a queue comes back after the jump."""
        seen = (-1, -1)

        def quiet() -> bool:
            nonlocal seen
            before, seen = seen, (self.stage.story()["calls"], self.stage.messages(hidden=False))
            return before == seen and seen[1] == 0 and not self.stage.is_at_work()

        until(quiet, "quiet", seconds=QUIET_SECONDS, between=0.7)
