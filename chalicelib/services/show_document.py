"""Show a letter as it was sent: an address that opens its PDF for a few minutes."""

from __future__ import annotations

from chalicelib.domain.communication import Communication
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.letters import DocumentLink
from chalicelib.services.common import load_communication


def show_document(
    ports: Ports, tenant: Tenant, communication_id: str
) -> tuple[Communication, DocumentLink]:
    """Return the communication and where its document is. Raises NotFoundError.

    What was asked for under another tenant's id, was never a letter, or is erased, isn't there.
    """
    communication = load_communication(ports, tenant, communication_id)
    link = ports.documents.link(tenant, communication.id, ports.clock.now())
    if link is None:
        raise NotFoundError(f"Communication {communication_id} has no document.")
    return communication, link
