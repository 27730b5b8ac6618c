"""Hypothesis for races: no deadlines, as many examples as fit; `--hypothesis-profile` for more."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("races", deadline=None, max_examples=60, print_blob=True)
settings.register_profile("races-long", deadline=None, max_examples=3_000, print_blob=True)
settings.load_profile(os.environ.get("DUNLIN_HYPOTHESIS", "races"))
