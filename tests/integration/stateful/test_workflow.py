"""Chains of requests, each following a link of an answer before it, on the real app over fakes.

Between requests days pass, so that messages leave, tasks are made and erasures end. No answer may
be a server error, break its description or take back what was said before. At the end of each
chain every customer's file is held against the nightly job's rules, and strangers see none of it.
`DUNLIN_EFFORT=50` lives through fifty times as many chains.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import initialize
from schemathesis import Case, GenerationMode
from schemathesis.core import NOT_SET
from schemathesis.generation.stateful.state_machine import StepInput, StepOutput
from schemathesis.specs.openapi.checks import ensure_resource_availability, use_after_free

from chalicelib.services.advance_clock import advance_clock
from tests.builders import TEST
from tests.described import CHECKS, answering, described, excluded
from tests.integration.stateful.ending import look_as_strangers, look_at_files
from tests.integration.stateful.memory import Memory
from tests.integration.stateful.plausible import give_new_names, operation_of, tame
from tests.integration.strangers.places import Operation, keyed
from tests.integration.strangers.town import BODIES
from tests.invariants.effort import effort

CHAINS, REQUESTS = 40, 60
AT_ONCE = 5
"""Requests, before some days pass."""
LATER = timedelta(days=4)
SETTLED = timedelta(days=3)
"""Longer than anything takes that follows from a change by itself."""
RARE = 40
"""Of fewer operations (a third) it may be chance that none was done: some need several before."""

schema = described()
schema.config.generation.update(modes=[GenerationMode.POSITIVE], with_security_parameters=False)
schema.config.phases.stateful.inference.algorithms = []  # links are what the document says
tame(schema)


def machine() -> Any:
    """Return schemathesis' state machine without its own beginnings, which find empty lists."""
    made = schema.as_state_machine()
    for rule in made.root_rules:
        delattr(made, rule)
    made.root_rules = frozenset()
    return made


class Workflow(machine()):  # type: ignore[misc] # made at run time
    """One chain of requests to a new API. `totals` counts over all chains."""

    totals: ClassVar[Counter[str]] = Counter()

    def setup(self) -> None:
        self.open = ExitStack()
        self.api = self.open.enter_context(answering())
        self.memory = Memory()
        self.requests = 0
        self.is_whole = True

    @initialize()
    def begin(self) -> None:
        """Do what needs no id once, and what reads again weeks later: then lists have records."""
        openings = [each for each in keyed() if not each.path_names]
        sequence = self._open(next(each for each in openings if each.name == "create_sequence"))
        for operation in openings:
            self._open(operation, sequence=sequence.response.json()["id"])
        self._pass(5 * LATER)
        for operation in (each for each in openings if each.method == "GET"):
            self._open(operation)

    def step(self, input: StepInput) -> StepOutput:  # noqa: A002 - schemathesis' name
        self.is_whole = False
        self.requests += 1
        if self.requests % AT_ONCE == 0:
            self._pass(LATER)
        output = super().step(input)
        self.is_whole = True
        return output

    def before_call(self, case: Case) -> None:
        give_new_names(case)

    def get_call_kwargs(self, case: Case) -> dict[str, Any]:
        return {"headers": {"Authorization": f"Bearer {self.api.key}"}}

    def validate_response(self, response: Any, case: Case, **_: Any) -> None:
        case.validate_response(
            response,
            checks=[*CHECKS, use_after_free, ensure_resource_availability],
            excluded_checks=[*excluded(case), *_of_what_goes(case)],
            recorder=self.recorder,
        )
        self.memory.hear(operation_of(case), response.status_code, response.content)

    def teardown(self) -> None:
        with self.open:
            if self.is_whole:
                self._pass(SETTLED)
                self.totals["files"] += look_at_files(self.api)
                self.totals["strangers"] += look_as_strangers(self.api, self.memory)
                self.totals["messages"] += len(self.api.world.email.sent)
                self.totals += self.memory.done

    def _open(self, operation: Operation, **fields: str) -> StepOutput:
        """Send a request that no link leads to, and let chains go on from its answer."""
        body = BODIES.get(operation.name, NOT_SET)
        if operation.name == "add_invoice":
            body = {**body, **fields}
        describing = schema[operation.path][operation.method]
        case = describing.Case(body=body, media_type="application/json")
        self.recorder.record_case(case=case)
        output = self.step(StepInput.initial(case))
        self._add_results_to_targets(("catch_all",), [output])
        return output

    def _pass(self, while_: timedelta) -> None:
        """Let time pass, and whoever works do what is due."""
        world = self.api.world
        world.until(world.now() + while_)
        for message in world.queues.drain("clock"):
            advance_clock(world.ports, TEST, message["clock"])
        world.work()


def test_no_chain_of_requests_breaks_anything():
    Workflow.totals.clear()
    Workflow.run(
        settings=settings(
            effort(CHAINS, steps=REQUESTS),
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
    )
    never = {each.name for each in keyed()} - Workflow.totals.keys()
    assert len(never) < RARE, never
    assert Workflow.totals["files"]
    assert Workflow.totals["strangers"]
    assert Workflow.totals["messages"]


def _of_what_goes(case: Case) -> list[Any]:
    """A creditor's text that is deleted gives way to the built-in one: it stays where it was."""
    return [use_after_free] if "/templates/" in case.operation.path else []
