"""A creditor's own text, as posted."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from chalicelib.domain.own_template import LONGEST_SUBJECT, LONGEST_TEXT, Words
from chalicelib.handlers.bodies.base import Body
from chalicelib.handlers.bodies.fields import LINE, TEXT

EXAMPLE: JsonDict = {
    "subject": "{{ creditor.name }}: {{ total }} to pay",
    "text": "Hello {{ customer }},\n\nplease pay {{ total }} for {{ numbers }}:\n\n"
    "{{ pay_url }}\n\nIs anything wrong? Write to {{ creditor.email }}.",
}

Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_TEXT,
        pattern=TEXT,
        description="Plain text with variables, `if` and `for`. An e-mail's HTML is made from it.",
    ),
]
Subject = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_SUBJECT,
        pattern=LINE,
        description="Of an e-mail; without it the built-in one. An SMS has none.",
    ),
]


class TemplateBody(Body):
    """A creditor's own text of a message, in place of the built-in one."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    text: Text
    subject: Subject | None = None

    def words(self) -> Words:
        """Return what is written."""
        return Words(self.text, self.subject)


class TriedBody(Body):
    """A text to try out; without one, what applies now is shown."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    text: Text | None = None
    subject: Subject | None = None

    def words(self) -> Words | None:
        """Return what is written, if anything is."""
        return None if self.text is None else Words(self.text, self.subject)
