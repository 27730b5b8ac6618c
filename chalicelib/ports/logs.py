"""The log of what went wrong and goes on all the same: ids and codes, nothing else."""

from __future__ import annotations

import logging

NAME = "dunlin"


def log() -> logging.Logger:
    """Return the logger of that name; the functions give it its form (observability.py)."""
    return logging.getLogger(NAME)
