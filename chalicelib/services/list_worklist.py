"""List open tasks in a view of the worklist, each with the risk by which it stands there."""

from __future__ import annotations

from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.worklist import View
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Cursor, Page
from chalicelib.ports.worklist import RankedTask


def list_worklist(
    ports: Ports, tenant: Tenant, view: View, currency: str | None, cursor: Cursor
) -> Page[RankedTask]:
    """Return a page of a view, highest rank first; `currency` for views by amounts only.

    Raises InvalidError where the cursor's task isn't in that view (any more).
    """
    page = ports.worklist.page(tenant, view, currency, cursor)
    if page is None:
        pointer = "/starting_after" if cursor.after else "/ending_before"
        fault = FieldError(pointer, "isn't in this view any more; begin at its top")
        raise InvalidError("The page begins at a task that isn't in this view.", fields=(fault,))
    return page
