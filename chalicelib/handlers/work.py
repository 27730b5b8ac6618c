"""Work on tasks: who does them, when, and what came of a call."""

from __future__ import annotations

from chalicelib.handlers.bodies.approvals import ApproveBody, RefuseBody
from chalicelib.handlers.bodies.base import NoQuery
from chalicelib.handlers.bodies.work import (
    CallBody,
    ClaimBody,
    SnoozeBody,
    TaskAssigneeBody,
)
from chalicelib.handlers.routing import Call, Resource
from chalicelib.handlers.shapes.task import TaskShape, task_shape
from chalicelib.services.arrange_task import assign_task, claim_task, snooze_task
from chalicelib.services.decide_approval import decide_approval
from chalicelib.services.record_call import record_call

resource = Resource(__name__, "Tasks")
blueprint = resource.blueprint


@resource.post(
    "/v1/tasks/{task_id}/claim", TaskShape, body=ClaimBody, status=200, other_statuses=(409,)
)
def claim(call: Call[ClaimBody, NoQuery], task_id: str) -> TaskShape:
    """Take a task that nobody does yet"""
    assignee = call.body.assignee
    return task_shape(claim_task(call.ports, call.tenant, call.change, task_id, assignee))


@resource.post(
    "/v1/tasks/{task_id}/assign",
    TaskShape,
    body=TaskAssigneeBody,
    status=200,
    other_statuses=(409,),
)
def assign_to(call: Call[TaskAssigneeBody, NoQuery], task_id: str) -> TaskShape:
    """Give a task to somebody, or back to all"""
    assignee = call.body.assignee
    return task_shape(assign_task(call.ports, call.tenant, call.change, task_id, assignee))


@resource.post(
    "/v1/tasks/{task_id}/snooze", TaskShape, body=SnoozeBody, status=200, other_statuses=(409,)
)
def snooze(call: Call[SnoozeBody, NoQuery], task_id: str) -> TaskShape:
    """Put a task off"""
    until = call.body.until
    return task_shape(snooze_task(call.ports, call.tenant, call.change, task_id, until))


@resource.post(
    "/v1/tasks/{task_id}/approve", TaskShape, body=ApproveBody, status=200, other_statuses=(409,)
)
def approve(call: Call[ApproveBody, NoQuery], task_id: str) -> TaskShape:
    """Approve the step that a task asks about; it is done as soon as it may be"""
    decision = call.body.decision()
    return task_shape(decide_approval(call.ports, call.tenant, call.change, task_id, decision))


@resource.post(
    "/v1/tasks/{task_id}/refuse", TaskShape, body=RefuseBody, status=200, other_statuses=(409,)
)
def refuse(call: Call[RefuseBody, NoQuery], task_id: str) -> TaskShape:
    """Refuse the step that a task asks about, with a reason; it is skipped"""
    decision = call.body.decision()
    return task_shape(decide_approval(call.ports, call.tenant, call.change, task_id, decision))


@resource.post(
    "/v1/tasks/{task_id}/call", TaskShape, body=CallBody, status=200, other_statuses=(409,)
)
def called(call: Call[CallBody, NoQuery], task_id: str) -> TaskShape:
    """Record how a call went; the case follows from it"""
    outcome = call.body.outcome()
    return task_shape(record_call(call.ports, call.tenant, call.change, task_id, outcome))
