"""An attempt to take the money by a saved method. A person makes it."""

from __future__ import annotations

from chalicelib.domain.kinds.kind import Kind

CHARGE = Kind("charge")
