"""A call: a person makes it."""

from __future__ import annotations

from chalicelib.domain.kinds.kind import Kind

CALL = Kind("call", contacts=True)
