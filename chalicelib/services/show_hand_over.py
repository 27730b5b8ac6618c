"""Show what was handed over of a case: addresses that open the dossier and the file for a while."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.case import Case, Pause
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.hand_over_facts import handed_over
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.letters import DocumentLink
from chalicelib.services.common import load_case


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A case that is with somebody (`pause`), its dossier (PDF) and its file (CSV)."""

    case: Case
    pause: Pause
    dossier: DocumentLink
    table: DocumentLink


def show_hand_over(ports: Ports, tenant: Tenant, case_id: str) -> HandedOver:
    """Return what was handed over.

    Raises NotFoundError, also where the case isn't with anybody, or its documents are erased.
    """
    case = load_case(ports, tenant, case_id)
    pause = handed_over(case)
    if pause is None or pause.reference is None:
        raise NotFoundError(f"Case {case_id} isn't handed over.")
    now = ports.clock.now()
    dossier = ports.documents.link(tenant, pause.reference, now)
    table = ports.documents.link(tenant, pause.reference, now, ending="csv")
    if dossier is None or table is None:
        raise NotFoundError(f"What was handed over of case {case_id} isn't kept any more.")
    return HandedOver(case, pause, dossier, table)
