"""What must hold after any chain of requests: all files keep the rules, strangers see nothing."""

from __future__ import annotations

from chalicelib.domain.tenant import Mode
from chalicelib.ports.storage import Cursor
from chalicelib.services.nightly import check_customer
from tests.api import OTHER_CREDITOR_ID, Api
from tests.builders import LIVE, TEST
from tests.integration.stateful.memory import Memory
from tests.integration.strangers.places import KIND_OF_PATH, keyed

SHARED = frozenset({"seq_default"})
"""What both modes of a creditor have under the same id."""


def look_at_files(api: Api) -> int:
    """Hold every customer's whole file against the nightly job's rules; return how many."""
    page = api.world.ledger.customers_page(TEST, Cursor(limit=1_000))
    for customer in page.data:
        found = check_customer(api.world.ports, TEST, customer.id)
        assert found == [], found
    assert api.world.ledger.customers_page(LIVE, Cursor(limit=1)).data == ()
    return len(page.data)


def look_as_strangers(api: Api, memory: Memory) -> int:
    """Ask for everything that was seen, by keys that open none of it; return how often."""
    asked = 0
    keys = [api.new_key(mode=Mode.LIVE), api.new_key(creditor=OTHER_CREDITOR_ID)]
    for key in keys:
        for operation in keyed():
            if operation.method != "GET" or not set(operation.path_names) <= KIND_OF_PATH.keys():
                continue  # texts are named by words that everybody has
            if not operation.path_names:
                reply = api.get(operation.path, key=key)
                leaked = [each for each in memory.ids - SHARED if each in reply.body.decode()]
                assert not leaked, f"{operation.name} shows a stranger {leaked}"
                asked += 1
                continue
            [name] = operation.path_names
            for each in sorted(memory.ids - SHARED):
                if each.startswith(f"{KIND_OF_PATH[name]}_"):
                    reply = api.get(operation.path.format(**{name: each}), key=key)
                    assert reply.status == 404, f"{operation.name} shows a stranger {each}"
                    asked += 1
    return asked
