"""The last touch on whatever is sent: one line for a subject, no heap of blank lines, and a mark on
everything that is only a test, so that nobody takes it for a real demand."""

from __future__ import annotations

import re

from chalicelib.domain.notice import Notice
from chalicelib.rendering.own.messages import one_line

TEST_MARK = "TEST"
"""Stands before everything that a sandbox sends, in every language."""

_BLANK_LINES = re.compile(r"\n{3,}")


def marked_subject(text: str, notice: Notice) -> str:
    """Return a subject on one line, marked in test mode."""
    subject = one_line(text)
    return f"[{TEST_MARK}] {subject}" if notice.test_mode else subject


def marked(message: str, notice: Notice) -> str:
    """Return a text message, marked in test mode."""
    return f"{TEST_MARK} {message}" if notice.test_mode else message


def tidy(text: str) -> str:
    """Return a text without heaps of blank lines, ending with one line break."""
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"
