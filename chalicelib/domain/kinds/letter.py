"""A letter. Nothing prints it, so a person does."""

from __future__ import annotations

from chalicelib.domain.kinds.kind import Kind

LETTER = Kind("letter", contacts=True)
