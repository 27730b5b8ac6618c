"""Feeds queues and the table's stream to the functions as AWS does, where MiniStack falls short.

- MiniStack serves all mappings from one thread that sleeps for a second when it finds nothing, so
  one long run holds up all others. Here every mapping has a thread of its own that looks ten times
  a second.
- MiniStack keeps how far a mapping has read its stream, but not the stream, which begins at nought
  after a restart: nothing would be read again until it has grown as long as it ever was. Here
  what no mapping has read yet is kept with the tables, and read first after the restart.
- A message that a function was at when MiniStack stopped would stay hidden for up to six minutes.
  Here it is back in its queue after the restart.
- MiniStack counts a table's items at every write. Here nobody counts; AWS does it every six hours.
"""

# ruff: noqa: SLF001 -- MiniStack offers no other way in than its private names

import math
import os
import threading
import time
from collections.abc import Iterator
from typing import Any, TypeAlias

from ministack.core.persistence import load_state, save_state
from ministack.services import dynamodb, lambda_svc, sqs

from local.processes import answers

_LOOK_SECONDS = 0.1
_UNREAD = "dunlin_unread"  # beside MiniStack's own files of state

Mapping: TypeAlias = tuple[str, str, dict[str, Any]]
"""Account, region and what MiniStack knows of the mapping."""

_served = threading.local()
_all_mappings = lambda_svc._iter_all_esms
_save_tables = dynamodb.get_state


def take_over() -> None:
    """Take the place of MiniStack's poller. To be called before anything is served."""
    _restore_unread()
    _return_messages()
    dynamodb.get_state = _state_of_tables
    dynamodb._update_counts = lambda _table: None
    # Its own thread finds no mappings from now on.
    lambda_svc._iter_all_esms = _mappings_of_this_thread
    threading.Thread(target=_keep_serving, name="mappings", daemon=True).start()


def _mappings_of_this_thread() -> list[Mapping]:
    served = getattr(_served, "mapping", None)
    return [one for one in _all_mappings() if one[2]["UUID"] == served]


def _keep_serving() -> None:
    # A function that is called before the server answers would fail.
    while not answers(f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}/_ministack/health"):
        time.sleep(_LOOK_SECONDS)
    threads: dict[str, threading.Thread] = {}
    while True:
        for _, _, mapping in _all_mappings():
            thread = threads.get(mapping["UUID"])
            if thread is None or not thread.is_alive():
                thread = threading.Thread(target=_serve, args=(mapping,), daemon=True)
                threads[mapping["UUID"]] = thread
                thread.start()
        time.sleep(_LOOK_SECONDS)


def _serve(mapping: dict[str, Any]) -> None:
    _served.mapping = mapping["UUID"]
    of_table = ":dynamodb:" in mapping["EventSourceArn"]
    poll = lambda_svc._poll_dynamodb_streams if of_table else lambda_svc._poll_sqs
    while _mappings_of_this_thread():
        if not poll():
            time.sleep(_LOOK_SECONDS)


def _state_of_tables() -> dict[str, Any]:
    """What MiniStack writes when it stops; at this moment, so that the two files agree."""
    save_state(_UNREAD, {"streams": list(_unread())})
    state: dict[str, Any] = _save_tables()
    return state


def _unread() -> Iterator[dict[str, Any]]:
    positions = lambda_svc._dynamodb_stream_positions
    for account, region, mapping in _all_mappings():
        source = mapping["EventSourceArn"]
        if ":dynamodb:" not in source:
            continue
        table = source.partition("/stream/")[0].rpartition("/")[2]
        records = dynamodb.stream_records_since(
            table,
            positions.get_scoped(account, region, mapping["UUID"], 0),
            dynamodb.stream_end_position(table, account_id=account, region=region),
            account_id=account,
            region=region,
        )
        yield {"account": account, "region": region, "table": table, "records": records}


def _restore_unread() -> None:
    # A change may wait for longer than a day here: this machine is off at night.
    dynamodb._STREAM_RETENTION_SECONDS = math.inf
    with lambda_svc._dynamodb_stream_positions_lock:
        positions = lambda_svc._dynamodb_stream_positions._data
        positions.update(dict.fromkeys(positions, 0))
    for stream in (load_state(_UNREAD) or {}).get("streams", ()):
        scope = (stream["account"], stream["region"], stream["table"])
        dynamodb._stream_records.set_scoped(*scope, stream["records"])


def _return_messages() -> None:
    for queue in sqs._queues._data.values():
        for message in queue["messages"]:
            if message["receive_count"]:
                message["visible_at"] = 0
