"""The emulator's few pages, and amounts as a person reads them."""

from decimal import Decimal
from functools import cache
from pathlib import Path

from aiohttp import web
from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape


def readable(amount: int, currency: str, *, locale: str | None = None) -> str:
    """119000, "eur", "de" -> "1.190,00 €"."""
    code = currency.upper()
    units = Decimal(amount).scaleb(-get_currency_precision(code))
    return format_currency(units, code, locale=_babel_locale(locale))


def page(name: str, *, status: int = 200, **values: object) -> web.Response:
    """An HTML answer."""
    html = _environment().get_template(name).render(**values)
    return web.Response(text=html, content_type="text/html", status=status)


def _babel_locale(locale: str | None) -> Locale:
    try:
        return Locale.parse((locale or "en").replace("-", "_"))
    except (ValueError, UnknownLocaleError):  # "auto" is a choice of Stripe's, not a locale
        return Locale("en")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "pages"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
    )
