"""The text of a message, and what it would say, as the contract writes them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from chalicelib.domain.own_template import Applying, TemplateName
from chalicelib.handlers.shapes.common import Timestamp, timestamp_or_none
from chalicelib.handlers.writing import fitting
from chalicelib.rendering.segments import segments
from chalicelib.services.preview_template import Tried

Channel = Literal["email", "sms"]


class TemplateShape(TypedDict):
    """The text that applies to a message. `own`: it is the creditor's, and `version` counts its
    changes. A built-in text is shown as it is written, in more of the language than own texts have.
    """

    object: Literal["template"]
    message: str
    channel: Channel
    locale: str
    own: bool
    version: int | None
    subject: str | None
    text: str
    changed_at: Timestamp | None


class TriedShape(TypedDict):
    """What a message says in one situation. `html` is an e-mail's, `segments` an SMS's."""

    situation: str
    subject: str | None
    text: str
    html: str | None
    segments: Annotated[int | None, Field(description="What SNS bills.")]


class TemplatePreviewShape(TypedDict):
    """What a message says in the usual situations, with made-up invoices; where it says very much,
    in as many of them as fit into an answer, and `has_more` says that there are others.
    """

    object: Literal["template_preview"]
    message: str
    channel: Channel
    locale: str
    situations: list[TriedShape]
    has_more: bool


def template_shape(applying: Applying) -> TemplateShape:
    """Write what applies."""
    own = applying.own
    return TemplateShape(
        object="template",
        message=applying.name.message,
        channel=_channel(applying.name),
        locale=applying.name.locale,
        own=own is not None,
        version=own.version if own else None,
        subject=applying.words.subject,
        text=applying.words.text,
        changed_at=timestamp_or_none(own.changed_at if own else None),
    )


def template_preview_shape(name: TemplateName, tried: list[Tried]) -> TemplatePreviewShape:
    """Write what was tried, or as much of it as fits into an answer."""
    situations, is_cut = fitting(map(_tried, tried))
    return TemplatePreviewShape(
        object="template_preview",
        message=name.message,
        channel=_channel(name),
        locale=name.locale,
        situations=situations,
        has_more=is_cut,
    )


def _tried(tried: Tried) -> TriedShape:
    said = tried.said
    if isinstance(said, str):
        count = segments(said).segments
        return TriedShape(
            situation=tried.situation, subject=None, text=said, html=None, segments=count
        )
    return TriedShape(
        situation=tried.situation,
        subject=said.subject,
        text=said.text,
        html=said.html,
        segments=None,
    )


def _channel(name: TemplateName) -> Channel:
    return "sms" if name.channel == "sms" else "email"
