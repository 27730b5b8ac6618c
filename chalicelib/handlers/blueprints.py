"""All resources of the API, in the order of the reference."""

from __future__ import annotations

from chalicelib.handlers import (
    cases,
    charges,
    clocks,
    customers,
    disputes,
    invoices,
    log,
    meta,
    pay,
    payment_plans,
    payments,
    privacy,
    promises,
    segments,
    sequences,
    services,
    templates,
    webhook_endpoints,
    webhooks,
    work,
)
from chalicelib.handlers.open_routes import OpenRoute
from chalicelib.handlers.routing import Route

RESOURCES = tuple(
    module.resource
    for module in (
        customers,
        privacy,
        invoices,
        payments,
        charges,
        disputes,
        promises,
        payment_plans,
        services,
        sequences,
        segments,
        templates,
        cases,
        log,
        work,
        webhook_endpoints,
        clocks,
    )
)
OPEN_RESOURCES = tuple(module.resource for module in (webhooks, pay, meta))

BLUEPRINTS = tuple(resource.blueprint for resource in (*RESOURCES, *OPEN_RESOURCES))


def routes() -> list[Route]:
    """Return the routes that need an API key."""
    return [route for resource in RESOURCES for route in resource.routes]


def open_routes() -> list[OpenRoute]:
    """Return the routes that don't."""
    return [route for resource in OPEN_RESOURCES for route in resource.routes]
