"""Texts decide what every customer is told, so changing them needs the scope `admin`."""

from __future__ import annotations

from chalicelib.domain.access import AccessScope
from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.own_template import TemplateName
from chalicelib.handlers.bodies.base import NoQuery, Nothing
from chalicelib.handlers.bodies.templates import TemplateBody, TriedBody
from chalicelib.handlers.routing import Call, Resource
from chalicelib.handlers.shapes.common import ListShape
from chalicelib.handlers.shapes.template import (
    TemplatePreviewShape,
    TemplateShape,
    template_preview_shape,
    template_shape,
)
from chalicelib.services.preview_template import preview_template
from chalicelib.services.save_template import change_template, reset_template
from chalicelib.services.show_templates import get_template, list_templates

resource = Resource(__name__, "Templates")
blueprint = resource.blueprint

ONE = "/v1/templates/{message}/{channel}/{locale}"


@resource.get("/v1/templates", ListShape[TemplateShape])
def list_texts(call: Call[Nothing, NoQuery]) -> ListShape[TemplateShape]:
    """List the text of every message, built-in or the creditor's own"""
    found = list_templates(call.ports, call.tenant)
    data = [template_shape(each) for each in found]
    return ListShape(object="list", data=data, has_more=False, url=call.path)


@resource.get(ONE, TemplateShape)
def get_text(
    call: Call[Nothing, NoQuery], message: str, channel: str, locale: str
) -> TemplateShape:
    """Get the text that applies to a message"""
    name = TemplateName(message, channel, locale)
    return template_shape(get_template(call.ports, call.tenant, name))


@resource.put(ONE, TemplateShape, body=TemplateBody, scope=AccessScope.ADMIN)
def replace_text(
    call: Call[TemplateBody, NoQuery], message: str, channel: str, locale: str
) -> TemplateShape:
    """Put a text of one's own in place of what applies"""
    name = TemplateName(message, channel, locale)
    words = call.body.words()
    return template_shape(change_template(call.ports, call.tenant, call.change, name, words))


@resource.delete(ONE, TemplateShape, scope=AccessScope.ADMIN)
def reset_text(
    call: Call[Nothing, NoQuery], message: str, channel: str, locale: str
) -> TemplateShape:
    """Return to the built-in text"""
    name = TemplateName(message, channel, locale)
    return template_shape(reset_template(call.ports, call.tenant, call.change, name))


@resource.post(
    f"{ONE}/preview",
    TemplatePreviewShape,
    body=TriedBody,
    status=200,
    scope=AccessScope.READ,
)
def preview_text(
    call: Call[TriedBody, NoQuery], message: str, channel: str, locale: str
) -> TemplatePreviewShape:
    """Try a text out, or see what applies; stores and sends nothing"""
    body, name = call.body, TemplateName(message, channel, locale)
    if body.subject is not None and body.text is None:
        fault = FieldError("/text", "is required with a subject")
        raise InvalidError("A subject can't be tried alone.", fields=(fault,))
    tried = preview_template(call.ports, call.tenant, name, body.words())
    return template_preview_shape(name, tried)
