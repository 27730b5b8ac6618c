"""Lists as Stripe pages them (newest first, cursors, `created` ranges) and `expand`."""

import copy
import operator
from collections.abc import Callable, Iterable

from local.stripe_emulator import forms, shapes
from local.stripe_emulator.errors import Refused, no_such
from local.stripe_emulator.store import Json, Store

PAGING: dict[str, forms.Spec] = {
    "ending_before": forms.text,
    "expand": [forms.text],
    "limit": forms.whole,
    "starting_after": forms.text,
}
_MOST = 100
_RANGES = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}
_DEEPEST = 4


def page(rows: Iterable[Json], params: Json, *, url: str) -> Json:
    """One page of rows that are given newest first."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= _MOST:
        raise Refused(
            f"This value must be between 1 and {_MOST} (it currently is '{limit}').",
            code="parameter_invalid_integer",
            param="limit",
        )
    everything = list(rows)
    if (after := params.get("starting_after")) is not None:
        rest = everything[_position(everything, after, "starting_after") + 1 :]
        return shapes.listing(rest[:limit], url=url, has_more=len(rest) > limit)
    if (before := params.get("ending_before")) is not None:
        rest = everything[: _position(everything, before, "ending_before")]
        return shapes.listing(rest[-limit:], url=url, has_more=len(rest) > limit)
    return shapes.listing(everything[:limit], url=url, has_more=len(everything) > limit)


def created_within(tree: Json) -> Callable[[Json], bool]:
    """The test that `created=…` or `created[gte]=…` asks for; takes the tree before its check."""
    wanted = tree.pop("created", None)
    if wanted is None:
        return lambda row: True  # noqa: ARG005 -- no range, every row
    if isinstance(wanted, str):
        moment = forms.whole("created", wanted)
        return lambda row: row["created"] == moment
    ranges: dict[str, forms.Spec] = dict.fromkeys(_RANGES, forms.whole)
    bounds = forms.checked(wanted, ranges, prefix="created")
    return lambda row: all(_RANGES[name](row["created"], at) for name, at in bounds.items())


def expanded(store: Store, account: str, value: Json, paths: Iterable[str]) -> Json:
    """A copy of the value with the ids at these dotted paths replaced by their objects."""
    result = copy.deepcopy(value)
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEEPEST:
            raise Refused(
                f"You cannot expand more than {_DEEPEST} levels of a property. Property: {path}",
                code="property_expansion_max_depth",
            )
        _expand(store, account, result, parts, path=path)
    return result


def _expand(store: Store, account: str, value: Json, parts: list[str], *, path: str) -> None:
    first, rest = parts[0], parts[1:]
    if value["object"] == "list" and first == "data":
        for row in value["data"]:
            _expand(store, account, row, rest, path=path)
        return
    if value["object"] == "checkout.session" and first == "line_items":
        lines = store.private("checkout.session", value["id"])["lines"]
        value["line_items"] = shapes.listing(
            lines, url=f"/v1/checkout/sessions/{value['id']}/line_items"
        )
        return
    if value["object"] == "charge" and first == "refunds":
        refunds = [
            row
            for row in store.newest_first("refund", account=account)
            if row["charge"] == value["id"]
        ]
        value["refunds"] = shapes.listing(refunds, url=f"/v1/charges/{value['id']}/refunds")
        return
    if first not in value:
        raise Refused(f"This property cannot be expanded ({path}).")
    inner = value[first]
    if isinstance(inner, str):
        found = store.find(inner, account=account)
        if found is None:
            raise Refused(f"This property cannot be expanded ({path}).")
        inner = value[first] = copy.deepcopy(found)
    if inner is not None and rest:
        _expand(store, account, inner, rest, path=path)


def _position(rows: list[Json], identifier: str, param: str) -> int:
    for index, row in enumerate(rows):
        if row["id"] == identifier:
            return index
    raise no_such("object", identifier, param=param, status=400)
