"""Interest on what is owed. A person adds it."""

from __future__ import annotations

from chalicelib.domain.kinds.kind import Kind

INTEREST = Kind("interest")
