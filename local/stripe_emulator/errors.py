"""Refusals in the shape that Stripe gives them: type, code, message, param and an HTTP status."""

from typing import Any


class Refused(Exception):  # noqa: N818 -- an answer of the API, not a fault of the emulator
    """One error answer. `type` is Stripe's error type, `param` names the field in brackets."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type_: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.type = type_
        self.code = code
        self.param = param

    def body(self) -> dict[str, Any]:
        """The answer's JSON; absent members are left out, as Stripe leaves them out."""
        error: dict[str, Any] = {"message": self.message, "type": self.type}
        if self.code is not None:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param is not None:
            error["param"] = self.param
        return {"error": error}


def missing(param: str) -> Refused:
    """A required parameter is absent."""
    return Refused(f"Missing required param: {param}.", code="parameter_missing", param=param)


def unknown(param: str) -> Refused:
    """A parameter that this call doesn't have."""
    return Refused(
        f"Received unknown parameter: {param}",
        code="parameter_unknown",
        param=param.partition("[")[0],
    )


def no_such(kind: str, identifier: str, *, param: str = "id", status: int = 404) -> Refused:
    """The object isn't there, or belongs to another account."""
    return Refused(
        f"No such {kind}: '{identifier}'", status=status, code="resource_missing", param=param
    )
