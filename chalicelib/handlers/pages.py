"""A page for people: what headers guard it, and how its language is chosen without a customer.

The page's address is its key, so it is neither stored, framed, indexed nor told to others. It
has no script, and one style whose hash is allowed.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING

from chalice.app import Request, Response

from chalicelib.domain.notice import MailPage, PayPage

if TYPE_CHECKING:
    from chalicelib.rendering.renderer import Renderer

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")

OUR_FAULT = 500
"""The first status that says so."""

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Strict-Transport-Security": "max-age=31536000",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def pay_page(page: PayPage, status: int = 200) -> Response:
    """Answer with a customer's page."""
    return _html(_renderer().page(page), status)


def mail_page(page: MailPage) -> Response:
    """Answer with the page about reminders by e-mail."""
    return _html(_renderer().mail_page(page), 200)


def plain_page(name: str, request: Request, status: int) -> Response:
    """Answer with a page that only says something, in the language of the browser."""
    locale = _language_of(request)
    return _html(_renderer().plain_page(name, locale=locale, creditor=None), status)


def failure_page(request: Request, status: int) -> Response:
    """Answer that it didn't work, and say whose fault that is only where it is ours."""
    return plain_page("refused" if status < OUR_FAULT else "error", request, status)


def policy(html: str) -> str:
    """Return the Content-Security-Policy of a page: nothing but its own style.

    Where a form leads isn't restricted, as browsers hold a redirect to the provider's page
    against `form-action`, and creditors can have that page on a domain of their own.
    """
    found = _STYLE.search(html)
    digest = hashlib.sha256(found[1].encode()).digest() if found else b""
    style = f"'sha256-{base64.b64encode(digest).decode()}'" if found else "'none'"
    return f"default-src 'none'; style-src {style}; base-uri 'none'; frame-ancestors 'none'"


def _html(html: str, status: int) -> Response:
    headers: dict[str, str | list[str]] = {**HEADERS, "Content-Security-Policy": policy(html)}
    return Response(body=html, status_code=status, headers=headers)


def _language_of(request: Request) -> str:
    """Return the first language of Accept-Language (RFC 9110, section 12.5.4), or English."""
    match = _LANGUAGE.match(request.headers.get("accept-language", "").strip())
    return match[0] if match else "en"


@cache
def _renderer() -> Renderer:
    from chalicelib.rendering.renderer import Renderer

    return Renderer()
