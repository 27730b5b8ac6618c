"""Sets a letter's content with Typst: the same content gives the same bytes.

Only the fonts beside the layout and those within Typst are used, never the machine's: Liberation
Sans for Latin, Greek, Cyrillic and Hebrew (one of the four that a QR-bill may be set in), and
Typst's own for what it lacks. A letter that none of them has is set as an empty box, to be seen.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

LETTER = "letter/_layout/letter.typ"
DOSSIER = "dossier/_layout/dossier.typ"
FONTS = "letter/_fonts"


def pdf(folder: Path, content: dict[str, Any], source: str = LETTER) -> bytes:
    """Return the letter, or dossier, as PDF. Raises typst.TypstError: a fault of the layout."""
    return _set(folder, source, content, "pdf")[0]


def pictures(
    folder: Path, content: dict[str, Any], source: str = LETTER, *, ppi: float = 144
) -> list[bytes]:
    """Return the pages as PNG, for looking at."""
    return _set(folder, source, content, "png", ppi=ppi)


def _set(
    folder: Path,
    source: str,
    content: dict[str, Any],
    form: Literal["pdf", "png"],
    ppi: float | None = None,
) -> list[bytes]:
    made = typst.compile(
        folder / source,
        root=folder,
        font_paths=_fonts(folder),
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        format=form,
        ppi=ppi,
    )
    pages = made if isinstance(made, list) else [made]
    return [page for page in pages if page is not None]


@cache
def _fonts(folder: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[folder / FONTS])
