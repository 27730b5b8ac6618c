"""Webhooks of payment providers. The signature over the raw body decides, nothing else."""

from __future__ import annotations

import re
from typing import Literal

from chalice.app import Response
from typing_extensions import TypedDict

from chalicelib import bootstrap
from chalicelib.domain import ids
from chalicelib.domain.errors import DunlinError, ForgedError
from chalicelib.handlers.answers import Answer
from chalicelib.handlers.open_routes import OpenResource
from chalicelib.handlers.problems import path_of, refuse
from chalicelib.handlers.reading import raw_body
from chalicelib.observability import logger
from chalicelib.ports.all import Ports
from chalicelib.ports.payments import ProviderPayment
from chalicelib.services.receive_payment_event import take_in

resource = OpenResource(__name__, "Webhooks")
blueprint = resource.blueprint

EVENT_LIMIT = 1024 * 1024

_CREDITOR_ID = re.compile(rf"cr_[{ids.ALPHABET}]{{{ids.PART}}}")


class ReceivedShape(TypedDict):
    """The event was taken; a repetition has no effect."""

    received: Literal[True]


@resource.data(
    "POST", "/webhooks/stripe/{creditor_id}", ReceivedShape, statuses=(200, 400, 413, 422, 503)
)
def receive_stripe_event(creditor_id: str) -> Response:
    """Take an event of Stripe"""
    request = blueprint.current_request
    try:
        ports = bootstrap.ports()
        body = raw_body(request, EVENT_LIMIT)  # its size tells nobody whether the creditor exists
        if not _is_creditor(ports, creditor_id):
            raise ForgedError("The signature is wrong, missing or too old.")
        fact = ports.payments.read_event(
            creditor_id,
            body,
            request.headers.get("stripe-signature", ""),
            ports.clock.now(),
        )
        if fact is not None:
            _take_in(ports, fact)
    except DunlinError as error:
        return refuse(error, path_of(request))
    return Answer(200, ReceivedShape(received=True)).response()


def _is_creditor(ports: Ports, creditor_id: str) -> bool:
    """Say whether the creditor exists, before its secrets are asked for: that costs much more."""
    return (
        _CREDITOR_ID.fullmatch(creditor_id) is not None
        and ports.configuration.creditor(creditor_id) is not None
    )


def _take_in(ports: Ports, fact: ProviderPayment) -> None:
    """Apply it, or say in the log that nobody of ours paid."""
    if not take_in(ports, fact):
        which = {"event": fact.event_id, "provider_id": fact.provider_reference}
        logger().warning("payment of an unknown customer", extra=which)
