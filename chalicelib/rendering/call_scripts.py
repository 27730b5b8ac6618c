"""What to say in a call, in the customer's language: plain text for whoever calls.

The words stand in templates/call/script/<language>.jinja, as a macro.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chalicelib.domain.call_sheet import CallSheet
from chalicelib.rendering.environment import text_environment
from chalicelib.rendering.finishing import tidy
from chalicelib.rendering.formats import Formats
from chalicelib.rendering.hygiene import one_line
from chalicelib.rendering.locales import reading


@dataclass(frozen=True, slots=True)
class ScriptFacts:
    """What a script can say, as the locale writes it. `days` are those since the due date."""

    creditor: str
    customer: str
    number: str
    amount: str
    disputed: str | None
    due: str
    days: int
    offered: str
    broke_promise: bool
    plural: Callable[[int, str, str], str]


def call_script(folder: Path, sheet: CallSheet) -> str:
    """Render the script of a call."""
    reader = reading(sheet.locale)
    formats = Formats(reader.formats)
    facts = ScriptFacts(
        creditor=one_line(sheet.creditor.name),
        customer=one_line(sheet.name),
        number=one_line(sheet.number),
        amount=formats.money(sheet.asked),
        disputed=formats.money(sheet.disputed) if sheet.disputed else None,
        due=formats.date(sheet.due_date),
        days=(sheet.today - sheet.due_date).days,
        offered=formats.date(sheet.offered),
        broke_promise=sheet.broke_promise,
        plural=formats.plural,
    )
    template = text_environment(folder).get_template(f"call/script/{reader.language}.jinja")
    return tidy(str(vars(template.module)["script"](facts)))
