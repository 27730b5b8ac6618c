"""Webhooks of payment providers. The signature over the raw body decides, nothing else."""

from __future__ import annotations

import re
from typing import Literal

from chalice.app import Response
from typing_extensions import TypedDict

from chalicelib import bootstrap
from chalicelib.domain.errors import DunlinError, ForgedError
from chalicelib.handlers.answers import Answer
from chalicelib.handlers.open_routes import OpenResource
from chalicelib.handlers.problems import path_of, refuse
from chalicelib.handlers.reading import raw_body
from chalicelib.services.receive_payment_event import apply_provider_payment

resource = OpenResource(__name__, "Webhooks")
blueprint = resource.blueprint

EVENT_LIMIT = 1024 * 1024

_CREDITOR_ID = re.compile(r"cr_[0-9A-Za-z]{1,40}")


class ReceivedShape(TypedDict):
    """The event was taken; a repetition has no effect."""

    received: Literal[True]


@resource.data(
    "POST", "/webhooks/stripe/{creditor_id}", ReceivedShape, statuses=(200, 400, 413, 422)
)
def receive_stripe_event(creditor_id: str) -> Response:
    """Take an event of Stripe"""
    request = blueprint.current_request
    try:
        ports = bootstrap.ports()
        if not _CREDITOR_ID.fullmatch(creditor_id):
            raise ForgedError("The signature is wrong, missing or too old.")
        fact = ports.payments.read_event(
            creditor_id,
            raw_body(request, EVENT_LIMIT),
            request.headers.get("stripe-signature", ""),
            ports.clock.now(),
        )
        if fact is not None:
            apply_provider_payment(ports, fact)
    except DunlinError as error:
        return refuse(error, path_of(request))
    return Answer(200, ReceivedShape(received=True)).response()
