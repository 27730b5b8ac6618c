"""Routes without an API key: pages by signed links, signed webhooks, and what anybody may read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from chalice.app import Blueprint, Response

from chalicelib.handlers.routing import ANY_CONTENT_TYPE

V = TypeVar("V", bound=Callable[..., Response])


@dataclass(frozen=True, slots=True)
class OpenRoute:
    """What the OpenAPI document says of a route, beside its refusals."""

    method: str
    path: str
    name: str
    tag: str
    summary: str
    media_type: str
    statuses: tuple[int, ...]
    request_media_type: str | None
    shape: Any


class OpenResource:
    """The open routes of one resource."""

    def __init__(self, import_name: str, tag: str) -> None:
        self.blueprint = Blueprint(import_name)
        self.tag = tag
        self.routes: list[OpenRoute] = []

    def page(self, method: str, path: str, *, statuses: tuple[int, ...]) -> Callable[[V], V]:
        """Register a view that answers with a page."""
        form = "application/x-www-form-urlencoded" if method == "POST" else None
        return self._register(method, path, "text/html", statuses=statuses, request_media_type=form)

    def data(
        self, method: str, path: str, shape: object, *, statuses: tuple[int, ...] = (200,)
    ) -> Callable[[V], V]:
        """Register a view that answers with JSON."""
        sent = "application/json" if method == "POST" else None
        return self._register(
            method,
            path,
            "application/json",
            statuses=statuses,
            request_media_type=sent,
            shape=shape,
        )

    def _register(
        self,
        method: str,
        path: str,
        media_type: str,
        *,
        statuses: tuple[int, ...],
        request_media_type: str | None = None,
        shape: object = None,
    ) -> Callable[[V], V]:
        def decorate(view: V) -> V:
            self.routes.append(
                OpenRoute(
                    method=method,
                    path=path,
                    name=view.__name__,
                    tag=self.tag,
                    summary=(view.__doc__ or view.__name__).strip(),
                    media_type=media_type,
                    statuses=statuses,
                    request_media_type=request_media_type,
                    shape=shape,
                )
            )
            register = self.blueprint.route(path, methods=[method], content_types=ANY_CONTENT_TYPE)
            register(view)
            return view

        return decorate
