"""How hard Hypothesis tries here: by default a few seconds a test, with `DUNLIN_EFFORT=50` so
many times more."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

FACTOR = int(os.environ.get("DUNLIN_EFFORT", "1"))


def effort(examples: int, *, steps: int = 50) -> settings:
    """Return settings for so many examples, of so many steps where a machine runs them."""
    return settings(
        deadline=None,
        max_examples=examples * FACTOR,
        stateful_step_count=steps,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
