"""A fee that is added to what is owed. A person adds it."""

from __future__ import annotations

from chalicelib.domain.kinds.kind import Kind

FEE = Kind("fee")
