"""Two Jinja environments read the same folder: one escapes everything, the other nothing.

Words are shared between the HTML and the text of a message, so whether something is escaped
depends on what is being made, never on the name of a file. Filters: `name` marks what others
typed (`<bdi>` in HTML, Unicode isolates in text), `mail` and `phone` are links in HTML, `flow`
puts a paragraph on one line.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from chalicelib.rendering.hygiene import isolate


def templates_folder() -> Path:
    """Return the folder of templates: beside `chalicelib`, in the repository and the package."""
    return Path(__file__).resolve().parents[2] / "templates"


@cache
def html_environment(folder: Path) -> Environment:
    """Return the environment in which every value is escaped."""
    environment = _environment(folder, escape=True)
    environment.filters |= {"name": _bdi, "mail": _mail_link, "phone": _phone_link}
    return environment


@cache
def text_environment(folder: Path) -> Environment:
    """Return the environment of plain text."""
    environment = _environment(folder, escape=False)
    environment.filters |= {"name": isolate, "mail": str, "phone": str}
    return environment


def _environment(folder: Path, *, escape: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=escape,  # noqa: S701 - off for plain text only, where "&" is an "&"
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # what is deployed doesn't change beneath a running function
        cache_size=-1,
    )
    environment.filters["flow"] = _flow
    return environment


def _flow(text: str) -> str:
    """Join the lines of a paragraph; no-break spaces stay."""
    glue = Markup(" ") if isinstance(text, Markup) else " "
    return glue.join(word for word in text.replace("\n", " ").split(" ") if word)


def _bdi(name: str) -> Markup:
    return Markup("<bdi>{}</bdi>").format(name)


def _mail_link(address: str) -> Markup:
    link = Markup('<a href="mailto:{}">{}</a>')
    return link.format(quote(address, safe="@+"), address)


def _phone_link(number: str) -> Markup:
    dialled = "".join(each for each in number if each.isdecimal() or each == "+")
    return Markup('<a href="tel:{}">{}</a>').format(dialled, number)
