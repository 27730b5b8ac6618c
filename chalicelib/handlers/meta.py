"""What anybody may read: liveness and the API's description. And the last word on each answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal

from chalice.app import Request, Response
from typing_extensions import TypedDict

from chalicelib import bootstrap
from chalicelib.domain.errors import DunlinError
from chalicelib.handlers import pages
from chalicelib.handlers.answers import Answer
from chalicelib.handlers.open_routes import OpenResource
from chalicelib.handlers.problems import headers_of, path_of, problem
from chalicelib.handlers.refusals import InternalError, MethodNotAllowedError
from chalicelib.handlers.writing import to_json
from chalicelib.observability import logger

resource = OpenResource(__name__, "About the API")
blueprint = resource.blueprint

PAGES = "/pay/"
"""What people open, as the paths of the routes begin."""

REQUEST_ID = "X-Request-Id"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class HealthShape(TypedDict):
    """The API answers."""

    status: Literal["ok"]


@resource.data("GET", "/health", HealthShape)
def health() -> Response:
    """Say that the API answers"""
    return Answer(200, HealthShape(status="ok")).response()


@resource.data("GET", "/v1/openapi.json", dict[str, Any])
def openapi() -> Response:
    """Describe the API (OpenAPI 3.1)"""
    from chalicelib.handlers.openapi import document

    return Answer(200, document()).response()


def finish(request: Request, proceed: Callable[[Request], Response]) -> Response:
    """Give every answer the request's id, and Chalice's own refusals our form: a page for people.

    Chalice answers itself where a route lacks the method and where a view raised what isn't
    coded; it has then logged the stack trace. JSON is written here, since Chalice would escape
    its letters.
    """
    request_id = _request_id(request)
    if request_id:
        logger().set_correlation_id(request_id)
    _learn_address(request)
    response = proceed(request)
    if isinstance(response.body, dict) and response.body.keys() == {"Code", "Message"}:
        response = _in_our_form(request, response)
    if request_id:
        response.headers[REQUEST_ID] = request_id
    if isinstance(response.body, dict):
        response.body = to_json(response.body)
    return response


blueprint.register_middleware(finish, "http")


def _in_our_form(request: Request, response: Response) -> Response:
    if request.path.startswith(PAGES):
        page = pages.failure_page(request, response.status_code)
        page.headers.update(_allowed(response))
        return page
    error: DunlinError = InternalError("Something went wrong on our side.")
    if response.status_code == 405:  # noqa: PLR2004 - the status that Chalice answers with
        error = MethodNotAllowedError(f"This route has no {request.method}.")
    document = problem(error, path_of(request))
    headers = {**headers_of(error), **_allowed(response)}
    return Response(body=document, status_code=document["status"], headers=headers)


def _allowed(response: Response) -> dict[str, str]:
    allowed = response.headers.get("Allow")
    return {"Allow": allowed} if isinstance(allowed, str) else {}


def _request_id(request: Request) -> str | None:
    """Return the caller's id of the request, or API Gateway's."""
    given = request.headers.get(REQUEST_ID)
    if given and _REQUEST_ID.fullmatch(given):
        return str(given)
    own = request.context.get("requestId")
    return str(own) if own else None


def _learn_address(request: Request) -> None:
    """Learn where the API is reached, for links: the domain and what stands before our paths.

    Segments are counted, never compared: API Gateway gives the path as the caller wrote it, with
    any encoding and any slash too many, and nobody may decide by that where links lead.
    """
    domain = request.context.get("domainName")
    if domain:
        sent = _segments(request.context.get("path", ""))
        before = sent[: -len(_segments(request.path))]
        bootstrap.served_at("/".join([f"https://{domain}", *before]))


def _segments(path: str) -> list[str]:
    return [each for each in path.split("/") if each]
