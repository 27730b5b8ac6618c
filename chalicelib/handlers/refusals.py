"""Errors that only HTTP knows: they concern the request itself, before any use case runs."""

from __future__ import annotations

from chalicelib.domain.errors import ConflictError, DunlinError


class MalformedError(DunlinError):
    """The body can't be read."""

    code = "malformed_body"


class UnauthenticatedError(DunlinError):
    """The API key is missing or unknown."""

    code = "unauthenticated"


class ForbiddenError(DunlinError):
    """The API key may not do this."""

    code = "forbidden"


class MethodNotAllowedError(DunlinError):
    """The route doesn't have this method."""

    code = "method_not_allowed"


class BodyTooLargeError(DunlinError):
    """The body is over the limit."""

    code = "body_too_large"


class UnsupportedMediaTypeError(DunlinError):
    """The body is of another media type than the route takes."""

    code = "unsupported_media_type"


class RequestInProgressError(ConflictError):
    """The first request with this Idempotency-Key is still being worked on."""

    code = "request_in_progress"


class TooManyRequestsError(DunlinError):
    """The API key made more requests in this minute than it may."""

    code = "rate_limited"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class InternalError(DunlinError):
    """Something went wrong on our side."""

    code = "internal_error"
