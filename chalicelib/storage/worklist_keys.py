"""The keys of places in the worklist: a partition per customer beside the customer's file, so that
no reading of the file meets them, and a list for each view, by rank."""

from __future__ import annotations

from chalicelib.domain import ids
from chalicelib.domain.tenant import Tenant
from chalicelib.storage import keys
from chalicelib.storage.keys import Key

_DIGITS = 15
"""More than any rank has: amounts have twelve digits, with charges a few more."""


def places(tenant: Tenant, customer_id: str) -> str:
    """Return the partition of the places of a customer's tasks."""
    return f"{tenant.key}#WORK#{customer_id}"


def place(tenant: Tenant, view: str, task_id: str) -> Key:
    """Return the key of a task's place in a view. Raises ValueError for what is no task's id."""
    return Key(places(tenant, ids.owner_of(task_id)), f"{view}#{ids.parse(ids.TASK, task_id).own}")


def view_list(tenant: Tenant, view: str, currency: str | None) -> str:
    """Return the list of a view, or of one currency in it."""
    return f"{tenant.key}#WORK#{view}" + (f"#{currency}" if currency else "")


def rank(of: int, task_id: str) -> str:
    """Return where in the list of a view a place stands; of equal ranks the newest task is first,
    as in every list."""
    return f"{of:0{_DIGITS}d}.{keys.position(ids.TASK, task_id)}"


def rank_in(list_sort: str) -> int:
    """Return the rank that an entry of the list index says."""
    return int(list_sort.partition(".")[0])
