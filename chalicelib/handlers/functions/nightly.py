"""Every night: ask for a look at every customer's file."""

from __future__ import annotations

from chalicelib import bootstrap
from chalicelib.services.nightly import nightly


def handle() -> None:
    """Fan out the nightly look."""
    nightly(bootstrap.ports())
