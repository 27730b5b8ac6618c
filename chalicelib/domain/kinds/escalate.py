"""The hand-over to an agency or a lawyer. A person makes it."""

from __future__ import annotations

from chalicelib.domain.kinds.kind import Kind

ESCALATE = Kind("escalate")
