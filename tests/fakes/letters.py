"""Letters without paper: documents in a dictionary, and a print service that is scripted."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.domain import ids
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.letters import DocumentLink, DocumentsUnavailableError, LetterMessage
from tests.fakes.messages import FakeGateway


class FakeDocuments:
    """Documents by tenant and communication. With `fails`, nothing can be kept or removed."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}
        self.fails = False

    def put(self, tenant: Tenant, document_id: str, content: bytes, *, ending: str = "pdf") -> None:
        self._check()
        self.kept[tenant.key, _name(document_id, ending)] = content

    def link(
        self, tenant: Tenant, document_id: str, now: datetime, *, ending: str = "pdf"
    ) -> DocumentLink | None:
        if (tenant.key, _name(document_id, ending)) not in self.kept:
            return None
        url = f"https://documents.example/{tenant.key}/{document_id}.{ending}"
        return DocumentLink(url, now + timedelta(minutes=5))

    def remove(self, tenant: Tenant, customer_id: str, before: datetime | None = None) -> None:
        self._check()
        prefix = f"{ids.COMMUNICATION}_{customer_id.partition('_')[2]}"
        end = prefix + ids.part(before, 0) if before else None
        for key in list(self.kept):
            if key[0] == tenant.key and key[1].startswith(prefix) and not (end and key[1] >= end):
                del self.kept[key]

    def _check(self) -> None:
        if self.fails:
            raise DocumentsUnavailableError("scripted")


def _name(document_id: str, ending: str) -> str:
    """Letters are kept by their id alone."""
    return document_id if ending == "pdf" else f"{document_id}.{ending}"


class FakeLetterGateway(FakeGateway[LetterMessage]):
    """A print service that prints nothing."""
