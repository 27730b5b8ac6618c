"""A change of the service that the customer gets: limit, suspend, restore. A person makes it."""

from __future__ import annotations

from chalicelib.domain.kinds.kind import Kind

SERVICE = Kind("service")
