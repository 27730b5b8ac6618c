"""What confirms an agreement: a text of paragraphs in the frame that every e-mail has, or an SMS.

The words stand in templates/confirmation/<message>/<language>.jinja, as three macros.
"""

from __future__ import annotations

from pathlib import Path

from chalicelib.domain.notice import EmailContent, Notice
from chalicelib.rendering.environment import html_environment, text_environment
from chalicelib.rendering.facts import notice_facts
from chalicelib.rendering.finishing import marked, marked_subject, tidy
from chalicelib.rendering.formats import Formats
from chalicelib.rendering.locales import reading
from chalicelib.rendering.own.messages import one_line, paragraphs
from chalicelib.rendering.segments import in_gsm7

FRAME = "email/_own"
"""The bodies into which paragraphs are put."""


def confirmation_email(folder: Path, notice: Notice) -> EmailContent:
    """Render subject, text and HTML."""
    reader = reading(notice.locale)
    facts = notice_facts(notice, Formats(reader.formats))
    text, html = text_environment(folder), html_environment(folder)
    words = vars(text.get_template(_words(notice, reader.language)).module)
    said = tidy(str(words["message"](facts)))
    values: dict[str, object] = {"n": facts, "reader": reader, "unsaid": False}
    blocks = paragraphs(said, facts.pay_url)
    return EmailContent(
        subject=marked_subject(str(words["subject"](facts)), notice),
        text=tidy(text.get_template(f"{FRAME}/body.txt").render({**values, "own": said})),
        html=html.get_template(f"{FRAME}/body.html").render({**values, "own": blocks}),
    )


def confirmation_sms(folder: Path, notice: Notice) -> str:
    """Render a text message on one line, in GSM-7 where a name's script allows it."""
    reader = reading(notice.locale)
    facts = notice_facts(notice, Formats(reader.formats, narrow=True))
    environment = text_environment(folder)
    words = vars(environment.get_template(_words(notice, reader.language)).module)
    return marked(one_line(in_gsm7(str(words["sms"](facts)))), notice)


def _words(notice: Notice, language: str) -> str:
    return f"confirmation/{notice.template}/{language}.jinja"
