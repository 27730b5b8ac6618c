"""A route of the API: parse, authorise, one call, map the answer.

`Resource` registers views with a Chalice blueprint and keeps what it knows of each route, so that
the OpenAPI document is made from the very routes that run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Generic, TypeVar

from chalice.app import Blueprint, Request, Response

from chalicelib import bootstrap
from chalicelib.domain.access import AccessScope, ApiKey
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import DunlinError, NotFoundError
from chalicelib.domain.tenant import Tenant
from chalicelib.handlers import idempotency
from chalicelib.handlers.access_log import log_access
from chalicelib.handlers.answers import Answer
from chalicelib.handlers.bodies.base import Body, NoQuery, Nothing, Query
from chalicelib.handlers.problems import path_of, refuse
from chalicelib.handlers.reading import BODY_LIMIT, key_of, read_body, read_query
from chalicelib.observability import logger
from chalicelib.ports.all import Ports
from chalicelib.services.once import Mark

B = TypeVar("B", bound=Body)
Q = TypeVar("Q", bound=Query)

ANY_CONTENT_TYPE = ["*/*"]
"""What Chalice accepts, so that the refusal of others is a problem document of ours."""


LONGEST_ECHO = 80
"""How much of what is no id stands in an answer."""


@dataclass(frozen=True, slots=True)
class Call(Generic[B, Q]):
    """A request that is authenticated, allowed and valid. `change` says who, for the records.

    `once` marks what a POST with an Idempotency-Key makes, see handlers/idempotency.py.
    """

    ports: Ports
    key: ApiKey
    change: Change
    path: str
    body: B
    query: Q
    once: Mark | None = None

    @property
    def tenant(self) -> Tenant:
        """Whose data the call concerns."""
        return self.key.tenant


View = Callable[..., Mapping[str, object] | Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """What is known of a route: enough to answer it, and to describe it."""

    method: str
    path: str
    name: str
    tag: str
    summary: str
    body: type[Body]
    query: type[Query]
    shape: Any
    status: int
    scope: AccessScope
    body_limit: int
    other_statuses: tuple[int, ...]
    keeps_answer: bool


class Resource:
    """The routes of one resource."""

    def __init__(self, import_name: str, tag: str) -> None:
        self.blueprint = Blueprint(import_name)
        self.tag = tag
        self.routes: list[Route] = []

    def get(
        self,
        path: str,
        shape: object,
        *,
        query: type[Query] = NoQuery,
        scope: AccessScope = AccessScope.READ,
        other_statuses: tuple[int, ...] = (),
    ) -> Callable[[View], View]:
        """Register a view that reads."""
        return self._register(
            "GET", path, shape, query=query, scope=scope, other_statuses=other_statuses
        )

    def post(
        self,
        path: str,
        shape: object,
        *,
        body: type[Body] = Nothing,
        status: int = 201,
        scope: AccessScope = AccessScope.WRITE,
        body_limit: int = BODY_LIMIT,
        other_statuses: tuple[int, ...] = (),
        keeps_answer: bool = True,
    ) -> Callable[[View], View]:
        """Register a view that creates or does something, once per Idempotency-Key.

        An answer with a secret isn't kept: its use case finds what the first request made.
        """
        return self._register(
            "POST",
            path,
            shape,
            body=body,
            status=status,
            scope=scope,
            body_limit=body_limit,
            other_statuses=other_statuses,
            keeps_answer=keeps_answer,
        )

    def put(
        self, path: str, shape: object, *, body: type[Body], scope: AccessScope
    ) -> Callable[[View], View]:
        """Register a view that replaces."""
        return self._register("PUT", path, shape, body=body, scope=scope)

    def patch(
        self,
        path: str,
        shape: object,
        *,
        body: type[Body],
        scope: AccessScope = AccessScope.WRITE,
    ) -> Callable[[View], View]:
        """Register a view that changes some fields."""
        return self._register("PATCH", path, shape, body=body, scope=scope)

    def delete(self, path: str, shape: object, *, scope: AccessScope) -> Callable[[View], View]:
        """Register a view that removes."""
        return self._register("DELETE", path, shape, scope=scope)

    def _register(
        self,
        method: str,
        path: str,
        shape: object,
        *,
        scope: AccessScope,
        body: type[Body] = Nothing,
        query: type[Query] = NoQuery,
        status: int = 200,
        body_limit: int = BODY_LIMIT,
        other_statuses: tuple[int, ...] = (),
        keeps_answer: bool = True,
    ) -> Callable[[View], View]:
        def decorate(view: View) -> View:
            route = Route(
                method=method,
                path=path,
                name=view.__name__,
                tag=self.tag,
                summary=(view.__doc__ or view.__name__).strip(),
                body=body,
                query=query,
                shape=shape,
                status=status,
                scope=scope,
                body_limit=body_limit,
                other_statuses=other_statuses,
                keeps_answer=keeps_answer,
            )
            self.routes.append(route)

            @wraps(view)
            def answer(**path_arguments: str) -> Response:
                return _answer(self.blueprint.current_request, route, view, path_arguments)

            register = self.blueprint.route(path, methods=[method], content_types=ANY_CONTENT_TYPE)
            register(answer)
            return view

        return decorate


def _answer(request: Request, route: Route, view: View, arguments: dict[str, str]) -> Response:
    path = path_of(request)
    try:
        ports = bootstrap.ports()
        key = key_of(ports, request, route.scope)
        logger().append_keys(tenant=key.tenant.key, route=f"{route.method} {route.path}")
        call = Call(
            ports=ports,
            key=key,
            change=Change(by=f"api_key:{key.id}", why=route.name),
            path=path,
            body=read_body(request, route.body, route.body_limit),
            query=read_query(request, route.query),
            once=idempotency.mark_of(key.tenant, request) if route.method == "POST" else None,
        )

        def act() -> Answer:
            answer = view(call, **arguments)
            return answer if isinstance(answer, Answer) else Answer(route.status, answer)

        keeps = route.method == "POST" and route.keeps_answer
        answer = once(request, call, act) if keeps else act()
        if route.method == "GET":
            log_access(key, call.query, arguments, answer.body)
    except DunlinError as error:
        return refuse(error, path)
    return answer.response()


def of_shape(pattern: str, identifier: str, what: str) -> str:
    """Return the id if it has that shape. Raises NotFoundError: what is no id names nothing."""
    if re.fullmatch(pattern, identifier):
        return identifier
    raise NotFoundError(f"There is no {what} {identifier[:LONGEST_ECHO]}.")


def once(request: Request, call: Call[Any, Any], act: Callable[[], Answer]) -> Answer:
    """Do something once per Idempotency-Key: a repetition gets the first answer."""
    key = idempotency.key_in(request)
    if key is None:
        return act()
    return idempotency.once(call.tenant, key, request, act)
