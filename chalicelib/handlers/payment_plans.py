"""Payment plans: agreed, looked at, agreed anew and called off. What comes of them, Dunlin finds
out itself."""

from __future__ import annotations

from chalicelib.handlers.bodies.base import NoQuery, Nothing
from chalicelib.handlers.bodies.invoices import CancelBody
from chalicelib.handlers.bodies.payment_plans import PaymentPlanBody, ReplanBody
from chalicelib.handlers.bodies.queries import PaymentPlansQuery
from chalicelib.handlers.routing import Call, Resource
from chalicelib.handlers.shapes.common import ListShape, list_shape
from chalicelib.handlers.shapes.payment_plan import PaymentPlanShape, payment_plan_shape
from chalicelib.services.cancel_plan import cancel_plan
from chalicelib.services.common import load_payment_plan
from chalicelib.services.replan import replan
from chalicelib.services.take_plan import take_plan

resource = Resource(__name__, "Payment plans")
blueprint = resource.blueprint


@resource.post(
    "/v1/payment_plans", PaymentPlanShape, body=PaymentPlanBody, other_statuses=(404, 409)
)
def add_payment_plan(call: Call[PaymentPlanBody, NoQuery]) -> PaymentPlanShape:
    """Agree on a payment plan; its instalments are chased instead of its invoices"""
    order = call.body.order()
    plan = take_plan(call.ports, call.tenant, call.change, order, once=call.once)
    return payment_plan_shape(plan)


@resource.get("/v1/payment_plans", ListShape[PaymentPlanShape], query=PaymentPlansQuery)
def list_payment_plans(call: Call[Nothing, PaymentPlansQuery]) -> ListShape[PaymentPlanShape]:
    """List payment plans"""
    page = call.ports.ledger.payment_plans_page(
        call.tenant,
        call.query.cursor(),
        status=call.query.status,
        customer_id=call.query.customer,
    )
    return list_shape(page, payment_plan_shape, url=call.path, cursor=call.query.cursor())


@resource.get("/v1/payment_plans/{payment_plan_id}", PaymentPlanShape)
def get_payment_plan(call: Call[Nothing, NoQuery], payment_plan_id: str) -> PaymentPlanShape:
    """Get a payment plan, and what came of each instalment"""
    return payment_plan_shape(load_payment_plan(call.ports, call.tenant, payment_plan_id))


@resource.post(
    "/v1/payment_plans/{payment_plan_id}/replan",
    PaymentPlanShape,
    body=ReplanBody,
    other_statuses=(409,),
)
def add_replan(call: Call[ReplanBody, NoQuery], payment_plan_id: str) -> PaymentPlanShape:
    """Agree on another schedule for what is left: a new plan takes the place of an active one"""
    plan = replan(
        call.ports, call.tenant, call.change, payment_plan_id, call.body.wanted(), once=call.once
    )
    return payment_plan_shape(plan)


@resource.post(
    "/v1/payment_plans/{payment_plan_id}/cancel",
    PaymentPlanShape,
    body=CancelBody,
    status=200,
    other_statuses=(409,),
)
def cancel_payment_plan(call: Call[CancelBody, NoQuery], payment_plan_id: str) -> PaymentPlanShape:
    """Call a payment plan off; its invoices are followed up again, and what was paid stays paid"""
    plan = cancel_plan(
        call.ports, call.tenant, call.change, payment_plan_id, reason=call.body.reason
    )
    return payment_plan_shape(plan)
