"""The customer's page: reached by a signed link, left for the provider's checkout."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import parse_qs

from chalice.app import Request, Response

from chalicelib import bootstrap
from chalicelib.domain.errors import (
    DunlinError,
    LinkExpiredError,
    NotFoundError,
    PaymentUnavailableError,
)
from chalicelib.domain.money import Currency, Money, UnknownCurrencyError, currency
from chalicelib.handlers import pages
from chalicelib.handlers.open_routes import OpenResource
from chalicelib.handlers.problems import STATUS
from chalicelib.handlers.reading import raw_body
from chalicelib.observability import logger
from chalicelib.ports.all import Ports
from chalicelib.services.choose_mails import ON_PAGE, ONE_CLICK, choose_mails, show_mail_page
from chalicelib.services.finish_checkout import finish_checkout
from chalicelib.services.pay_page import ChoiceError, Visit, show_pay_page, start_checkout

resource = OpenResource(__name__, "Customer's page")
blueprint = resource.blueprint

FORM_LIMIT = 64 * 1024
MOST_FIELDS = 500
FROM_QUERY = frozenset({"cancelled"})
"""Notices that the address may ask for: what the provider's page comes back with."""

PageView = Callable[[Ports, Request, str], Response]


def _guarded(view: PageView) -> Callable[[str], Response]:
    """Give a view its ports, and turn refusals into pages."""

    @wraps(view)
    def answer(token: str) -> Response:
        request = blueprint.current_request
        try:
            return view(bootstrap.ports(), request, token)
        except LinkExpiredError:
            return pages.plain_page("link_expired", request, 410)
        except NotFoundError:
            return pages.plain_page("link_invalid", request, 404)
        except DunlinError as error:
            logger().info("page refused", extra={"code": error.code})
            return pages.failure_page(request, STATUS[type(error)])

    return answer


@resource.page("GET", "/pay/{token}", statuses=(200, 404, 410))
@_guarded
def show_page(ports: Ports, request: Request, token: str) -> Response:
    """Show what is owed"""
    visit = _visit(ports, token)
    notice = request.query_params.get("notice") if request.query_params else None
    return _page(ports, visit, token, notice if notice in FROM_QUERY else None)


@resource.page("POST", "/pay/{token}/checkout", statuses=(303, 400, 404, 410, 413, 422, 503))
@_guarded
def check_out(ports: Ports, request: Request, token: str) -> Response:
    """Go to the provider's checkout for the chosen invoices"""
    visit = _visit(ports, token)
    try:
        form = _form(request)
        of = _currency(form)
        url = start_checkout(
            ports,
            visit,
            of,
            tuple(dict.fromkeys(form.get("invoice", ()))),
            _amount(ports, visit, form, of),
            _own_url(ports, visit, token),
        )
    except ChoiceError as error:
        return _page(ports, visit, token, error.notice, 422)
    except PaymentUnavailableError:
        return _page(ports, visit, token, PaymentUnavailableError.code, 503)
    return Response(body="", status_code=303, headers={**pages.HEADERS, "Location": url})


@resource.page("GET", "/pay/{token}/done", statuses=(200, 404, 410))
@_guarded
def come_back(ports: Ports, _request: Request, token: str) -> Response:
    """Say what became of the payment"""
    visit = _visit(ports, token)
    return _page(ports, visit, token, finish_checkout(ports, visit))


@resource.page("GET", "/pay/{token}/emails", statuses=(200, 404, 410))
@_guarded
def show_emails(ports: Ports, _request: Request, token: str) -> Response:
    """Show whether reminders come by e-mail"""
    return _mail_page(ports, _visit(ports, token), token)


@resource.page("POST", "/pay/{token}/emails", statuses=(200, 400, 404, 410, 413))
@_guarded
def choose_emails(ports: Ports, request: Request, token: str) -> Response:
    """Stop reminders by e-mail, or take them up again

    Mail programs post here by themselves (RFC 8058), in forms of their own that all mean to stop.
    """
    visit = _visit(ports, token)
    [choice] = _form(request).get("choice", [""])[:1]
    source = ON_PAGE if choice else ONE_CLICK
    notice = choose_mails(ports, visit, wanted=choice == "resume", source=source)
    return _mail_page(ports, visit, token, notice)


def _mail_page(ports: Ports, visit: Visit, token: str, notice: str | None = None) -> Response:
    action = f"{_own_url(ports, visit, token)}/emails"
    return pages.mail_page(show_mail_page(ports, visit, form_action=action, notice=notice))


def _page(
    ports: Ports, visit: Visit, token: str, notice: str | None, status: int = 200
) -> Response:
    """Show the page. Its form names a whole address: API Gateway also leads here from others."""
    action = f"{_own_url(ports, visit, token)}/checkout"
    return pages.pay_page(show_pay_page(ports, visit, notice, form_action=action), status)


def _own_url(ports: Ports, visit: Visit, token: str) -> str:
    """Return the page's own address: another token for it would be a link that never ages."""
    fresh = ports.links.pay_url(visit.tenant, visit.customer_id, visit.communication_id)
    return f"{fresh.rpartition('/')[0]}/{token}"


def _visit(ports: Ports, token: str) -> Visit:
    link = ports.links.read(token, ports.clock.now())
    return Visit(link.tenant, link.customer_id, link.communication_id)


def _form(request: Request) -> dict[str, list[str]]:
    """Return the form's fields (application/x-www-form-urlencoded, WHATWG URL, section 5)."""
    text = raw_body(request, FORM_LIMIT).decode("utf-8", errors="replace")
    try:
        return parse_qs(text, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise ChoiceError("too_many") from None


def _currency(form: dict[str, list[str]]) -> Currency:
    try:
        return currency(form.get("currency", [""])[0])
    except UnknownCurrencyError:
        raise ChoiceError("nothing_selected") from None


def _amount(ports: Ports, visit: Visit, form: dict[str, list[str]], of: Currency) -> Money | None:
    """Read the amount as the customer's locale writes it; nothing typed means everything."""
    typed = form.get("amount", [""])[0].strip()
    if not typed:
        return None
    from chalicelib.rendering.formats import parse_amount

    customer = ports.ledger.customer(visit.tenant, visit.customer_id)
    try:
        return parse_amount(typed, locale=customer.locale if customer else "en", currency=of)
    except ValueError:
        raise ChoiceError("amount_unreadable") from None
