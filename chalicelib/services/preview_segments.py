"""Who would move where: what an assignment would do now, page by page. Stores nothing.

A page looks at so many open cases as are asked for, and reads each of their customers once, so its
cost is bounded whatever is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.assignment import Move, Segmentation, moves
from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.segment import MOST_SEGMENTS
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Cursor
from chalicelib.services.choose_sequence import segmentation_of
from chalicelib.services.common import now_of
from chalicelib.services.save_segment import SegmentDraft, check_draft


@dataclass(frozen=True, slots=True)
class PreviewedMoves:
    """The cases of a page that would follow another sequence. `next` is where the next page goes on
    (None: all open cases were looked at), `looked_at` how many cases this one looked at. `names`
    are those of the segments, by id."""

    moves: tuple[Move, ...]
    names: Mapping[str, str]
    looked_at: int
    next: str | None


def preview_segments(
    ports: Ports,
    tenant: Tenant,
    drafts: Sequence[SegmentDraft] | None,
    cursor: Cursor,
) -> PreviewedMoves:
    """Return what would move under the segments as stored, or under drafts in place of all of them.

    A draft has an id of its position (`seg_1`…), which is nobody's. Raises InvalidError.
    """
    segmentation = segmentation_of(ports, tenant)
    if drafts is not None:
        segmentation = _drafted(ports, tenant, drafts, segmentation)
    page = ports.ledger.cases_page(tenant, cursor, status="open")
    found = tuple(
        move
        for customer_id, cases in _by_customer(page.data).items()
        for move in _moves_of(ports, tenant, customer_id, cases, segmentation)
        if move.changes_sequence
    )
    onwards = page.data[-1].id if page.has_more and page.data else None
    names = {each.id: each.name for each in segmentation.segments}
    return PreviewedMoves(found, names, len(page.data), onwards)


def _drafted(
    ports: Ports, tenant: Tenant, drafts: Sequence[SegmentDraft], stored: Segmentation
) -> Segmentation:
    if len(drafts) > MOST_SEGMENTS:
        fault = FieldError("/segments", f"must have at most {MOST_SEGMENTS} items")
        raise InvalidError("There are too many segments.", fields=(fault,))
    for index, draft in enumerate(drafts):
        check_draft(ports, tenant, draft, f"/segments/{index}")
    width = len(str(len(drafts)))
    built = (draft.build(f"seg_{at:0{width}d}", 1) for at, draft in enumerate(drafts, 1))
    return replace(stored, segments=tuple(built))


def _moves_of(
    ports: Ports,
    tenant: Tenant,
    customer_id: str,
    cases: Sequence[Case],
    segmentation: Segmentation,
) -> list[Move]:
    customer = ports.ledger.customer(tenant, customer_id)
    if customer is None:
        return []
    now = now_of(ports, customer)
    return list(moves(CustomerFile(customer, tuple(cases)), segmentation, now))


def _by_customer(cases: Sequence[Case]) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(case.customer_id, []).append(case)
    return found
