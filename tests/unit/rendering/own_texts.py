"""Notices in a creditor's own words, and what is said against words."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.notice import Notice
from chalicelib.domain.own_template import TemplateName, Words
from chalicelib.domain.sample_notices import samples
from chalicelib.rendering.renderer import Renderer
from tests.builders.templates import EMAIL
from tests.unit.rendering.samples import CREDITOR, notice

RENDERER = Renderer()
FIRST = TemplateName("reminder_first", "email", "en")
FIRST_SMS = TemplateName("reminder_first", "sms", "en")


def own(*items: object, text: str = EMAIL, subject: str | None = None, **fields: object) -> Notice:
    """Return a notice with a creditor's own words in English."""
    return replace(notice(*items), words={"en": Words(text, subject)}, **fields)  # type: ignore[arg-type]


def refused(text: str, *, subject: str | None = None, name: TemplateName = FIRST) -> list[str]:
    """Return what is said against a text, each with its pointer."""
    words = Words(text, subject)
    found = RENDERER.faults(name.channel, words, samples(CREDITOR, name, words))
    return [f"{each.pointer} {each.detail}" for each in found]


def told_of(about: Notice, channel: str = "email") -> list[tuple[str, str]]:
    """Return which texts couldn't be used for a notice, and the codes that say why."""
    told: list[tuple[str, str]] = []
    renderer = Renderer(tell=lambda _, name, code: told.append((str(name), code)))
    (renderer.email if channel == "email" else renderer.sms)(about)
    return told
