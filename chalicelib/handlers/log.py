"""The log of messages, the feed of events, and the work for people."""

from __future__ import annotations

from chalicelib.handlers.bodies.actions import TaskBody
from chalicelib.handlers.bodies.base import NoQuery, Nothing
from chalicelib.handlers.bodies.queries import CommunicationsQuery, EventsQuery
from chalicelib.handlers.bodies.worklist import TasksQuery
from chalicelib.handlers.routing import Call, Resource
from chalicelib.handlers.shapes.common import ListShape, list_shape
from chalicelib.handlers.shapes.document import DocumentShape, document_shape
from chalicelib.handlers.shapes.log import (
    CommunicationShape,
    EventShape,
    FeedShape,
    communication_shape,
    event_shape,
    feed_shape,
)
from chalicelib.handlers.shapes.task import TaskShape, ranked_shape, shown_shape, task_shape
from chalicelib.services.common import load_communication, load_event
from chalicelib.services.complete_task import complete_task
from chalicelib.services.list_worklist import list_worklist
from chalicelib.services.show_document import show_document
from chalicelib.services.show_task import show_task

resource = Resource(__name__, "Log and work")
blueprint = resource.blueprint


@resource.get("/v1/communications", ListShape[CommunicationShape], query=CommunicationsQuery)
def list_communications(
    call: Call[Nothing, CommunicationsQuery],
) -> ListShape[CommunicationShape]:
    """List messages"""
    page = call.ports.ledger.communications_page(
        call.tenant, call.query.cursor(), customer_id=call.query.customer
    )
    return list_shape(page, communication_shape, url=call.path, cursor=call.query.cursor())


@resource.get("/v1/communications/{communication_id}", CommunicationShape)
def get_communication(call: Call[Nothing, NoQuery], communication_id: str) -> CommunicationShape:
    """Get a message"""
    return communication_shape(load_communication(call.ports, call.tenant, communication_id))


@resource.get("/v1/communications/{communication_id}/document", DocumentShape)
def get_document(call: Call[Nothing, NoQuery], communication_id: str) -> DocumentShape:
    """Get the address of a letter's PDF"""
    return document_shape(*show_document(call.ports, call.tenant, communication_id))


@resource.get("/v1/events", FeedShape, query=EventsQuery)
def list_events(call: Call[Nothing, EventsQuery]) -> FeedShape:
    """List what happened"""
    page = call.ports.ledger.events_page(
        call.tenant,
        call.query.cursor(),
        customer_id=call.query.customer,
        of_type=call.query.type,
    )
    return feed_shape(page, url=call.path, cursor=call.query.cursor())


@resource.get("/v1/events/{event_id}", EventShape)
def get_event(call: Call[Nothing, NoQuery], event_id: str) -> EventShape:
    """Get what happened"""
    return event_shape(load_event(call.ports, call.tenant, event_id))


@resource.get("/v1/tasks", ListShape[TaskShape], query=TasksQuery)
def list_tasks(call: Call[Nothing, TasksQuery]) -> ListShape[TaskShape]:
    """List what people have to do"""
    if view := call.query.chosen:
        of, cursor = call.query.currency, call.query.cursor()
        ranked = list_worklist(call.ports, call.tenant, view, of.code if of else None, cursor)
        return list_shape(ranked, ranked_shape, url=call.path, cursor=cursor)
    page = call.ports.ledger.tasks_page(
        call.tenant,
        call.query.cursor(),
        status=call.query.status,
        customer_id=call.query.customer,
    )
    return list_shape(page, task_shape, url=call.path, cursor=call.query.cursor())


@resource.get("/v1/tasks/{task_id}", TaskShape)
def get_task(call: Call[Nothing, NoQuery], task_id: str) -> TaskShape:
    """Get a task"""
    return shown_shape(show_task(call.ports, call.tenant, task_id))


@resource.post(
    "/v1/tasks/{task_id}/complete", TaskShape, body=TaskBody, status=200, other_statuses=(409,)
)
def complete(call: Call[TaskBody, NoQuery], task_id: str) -> TaskShape:
    """Complete a task"""
    task = complete_task(
        call.ports,
        call.tenant,
        call.change,
        task_id,
        call.body.outcome,
        call.body.note,
        conversation=call.body.conversation,
    )
    return task_shape(task)
