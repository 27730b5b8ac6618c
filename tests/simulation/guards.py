"""The guards that keep the invariants, each with the line that is it.

`take_out` loads Dunlin without one of them, so that a run can show what it is there for: the
simulation must find the fault.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType


class GuardMissingError(LookupError):
    """The line isn't there any more: the table below has to follow the code."""


_CLAIMING = """    ports.ledger.commit(writes)
    return [write.after for write in writes]"""
_CLAIMING_ANYWAY = """    stored = ports.ledger.cases(
        attempt.cases[0].tenant, [case.id for case in attempt.cases]
    )
    writes = [
        changing(now, replace(now, claim=each.after.claim), DELIVERY)
        for each in writes
        for now in [stored[each.after.id]]
    ]
    ports.ledger.commit(writes)
    return [write.after for write in writes]"""

GUARDS: dict[str, tuple[str, str, str]] = {
    "refusal": (
        "chalicelib.domain.customer",
        "        return address if self.allows(channel, legal=legal) else None",
        "        return address",
    ),
    "answer's claim": (
        "chalicelib.services.answer_sms",
        "    if ports.ledger.append(entry):\n        return entry",
        "    return ports.ledger.append(entry) and entry or entry",
    ),
    "claim condition": ("chalicelib.services.deliver", _CLAIMING, _CLAIMING_ANYWAY),
    "case version": (
        "tests.fakes.ledger",
        "        if (stored.version if stored else None) != expected:",
        "        if not isinstance(stored, Case) and (stored and stored.version) != expected:",
    ),
    "event dedup": (
        "chalicelib.services.receive_payment_event",
        "    if before and fact.event_id in before.provider_events:",
        "    if False:",
    ),
    "reconciliation": (
        "chalicelib.services.sweep",
        "    if ports.clock.now().minute % STRAGGLER_EVERY == 0:",
        "    if False:",
    ),
    "catch-up": (
        "chalicelib.services.catch_up_payments",
        "            if not take_in(self._ports, fact):",
        "            if False:",
    ),
    "payment knowledge": (
        "chalicelib.services.payments_known",
        "    if certain_until is None or now - certain_until <= limit(ports, customer.tenant):",
        "    if True:",
    ),
    "transaction": (
        "tests.simulation.life",
        'ledger=Behind(self.weather, "ledger", self.ledger)',
        'ledger=Behind(self.weather, "ledger", Torn(self.ledger, self.weather))',
    ),
    "owed until taken": (
        "chalicelib.services.publish_event",
        """    answered = ports.webhooks.deliver(endpoint.url, message, secrets)
    if answered.failure is None:
        ports.endpoints.settle(delivery)""",
        """    ports.endpoints.settle(delivery)
    answered = ports.webhooks.deliver(endpoint.url, message, secrets)
    if answered.failure is None:
        pass""",
    ),
    "sweep of deliveries": (
        "chalicelib.services.sweep",
        "    partitions += [deliveries_partition(shard) for shard in range(ports.shards)]",
        "    pass",
    ),
    "approval": (
        "chalicelib.domain.decide",
        "        elif question := to_ask(case, step, asked, timing.calendar, now):",
        "        elif False:",
    ),
    "approved amount": (
        "chalicelib.domain.approving",
        "known and known.verdict is Verdict.APPROVED and asked <= known.amount",
        "known and known.verdict is Verdict.APPROVED",
    ),
    "minimum gap": (
        "chalicelib.domain.timing",
        "        if contact and self.last_contact_at:",
        "        if False:",
    ),
    "idempotency mark": (
        "chalicelib.services.record_payment",
        "    mark = once or own_mark(ports)",
        "    mark = own_mark(ports)",
    ),
    "first answer": (
        "chalicelib.handlers.routing",
        "    return idempotency.once(call.tenant, key, request, act)",
        "    return act()",
    ),
    "clock's hold": (
        "chalicelib.services.advance_clock",
        "or _is_held(clock, ports.clock.now()):",
        "or False:",
    ),
    "clock's order": (
        "chalicelib.services.advance_clock",
        "        due_at, customer_id = heapq.heappop(agenda)",
        "        due_at, customer_id = agenda.pop()",
    ),
    "clock's partition": (
        "chalicelib.domain.due",
        "    if test_clock is not None:",
        "    if False:",
    ),
    "capture": (
        "chalicelib.services.deliver",
        "mode is Mode.TEST and not ports.delivers_test_mode",
        "mode is None",
    ),
    "strong reads": (
        "tests.fakes.ledger",
        "        record = self._records.get((tenant.key, identifier))",
        "        record = {one.id: one for one in self._all(kind, tenant, None)}.get(identifier)",
    ),
}
"""By name: the module, the text in it that is the guard, and what it becomes."""


MENDED: dict[str, tuple[str, str, str]] = {
    "claim looked at in time": (
        "chalicelib.services.deliver",
        "    return min(case.due_at or settles_at, settles_at)",
        "    return case.due_at or settles_at",
    ),
}
"""Guards that were missing once. What comes of that is rare, so each has a story that was kept."""


def take_out(guard: str) -> None:
    """Let the module of a guard be loaded without it. To be called before it is imported."""
    module, line, instead = (GUARDS | MENDED)[guard]
    if module in sys.modules:
        raise ImportError(f"{module} is loaded already")
    sys.meta_path.insert(0, _Finder(module, line, instead))


class _Finder(MetaPathFinder):
    def __init__(self, module: str, line: str, instead: str) -> None:
        self._module, self._line, self._instead = module, line, instead

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None:
            return None
        spec.loader = _Loader(fullname, spec.origin, self._line, self._instead)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, line: str, instead: str) -> None:
        super().__init__(fullname, path)
        self._line, self._instead = line, instead

    def get_code(self, fullname: str) -> object:
        source = self.get_source(fullname) or ""
        if source.count(self._line) != 1:
            raise GuardMissingError(f"{fullname} doesn't have the line {self._line!r} once")
        return compile(source.replace(self._line, self._instead), self.path, "exec")
