"""Turns a notice into an e-mail or a text message, and a customer's page into HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from chalicelib.domain.creditor import Creditor
from chalicelib.domain.notice import EmailContent, Notice, PayPage
from chalicelib.rendering.environment import (
    html_environment,
    templates_folder,
    text_environment,
)
from chalicelib.rendering.facts import creditor_facts, notice_facts
from chalicelib.rendering.formats import Formats
from chalicelib.rendering.locales import reading
from chalicelib.rendering.page_facts import page_facts
from chalicelib.rendering.segments import in_gsm7

TEST_MARK = "TEST"
"""Stands before everything that a sandbox sends, in every language."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SPACES = re.compile(r"[ \t\r\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")


class UnknownTemplateError(ValueError):
    """There is no message or page of that name."""


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders from one folder of templates; nothing is read before the first message."""

    folder: Path = field(default_factory=templates_folder)

    def email(self, notice: Notice) -> EmailContent:
        """Render subject, text and HTML. Raises UnknownTemplateError."""
        reader = reading(notice.locale)
        path = self._message("email", notice.template, reader.language)
        values = {"n": notice_facts(notice, Formats(reader.formats)), "reader": reader}
        text, html = text_environment(self.folder), html_environment(self.folder)
        return EmailContent(
            subject=_subject(text.get_template(f"{path}/subject.txt").render(values), notice),
            text=_tidy(text.get_template(f"{path}/body.txt").render(values)),
            html=html.get_template(f"{path}/body.html").render(values),
        )

    def sms(self, notice: Notice) -> str:
        """Render a text message on one line, in GSM-7 unless a name's script isn't Latin.

        Raises UnknownTemplateError.
        """
        reader = reading(notice.locale)
        path = self._message("sms", notice.template, reader.language)
        facts = notice_facts(notice, Formats(reader.formats, narrow=True))
        text = text_environment(self.folder).get_template(f"{path}/body.txt").render(n=facts)
        message = _SPACES.sub(" ", in_gsm7(text)).strip()
        return f"{TEST_MARK} {message}" if notice.test_mode else message

    def page(self, page: PayPage) -> str:
        """Render the page on which a customer sees what is owed and chooses what to pay."""
        reader = reading(page.locale)
        facts = page_facts(page, Formats(reader.formats))
        template = html_environment(self.folder).get_template("portal/pay/page.html")
        return template.render(p=facts, reader=reader, creditor=facts.creditor)

    def plain_page(self, name: str, *, locale: str, creditor: Creditor | None) -> str:
        """Render a page that only says something: `link_invalid`, `link_expired`, `refused`,
        `error`. Raises UnknownTemplateError.
        """
        reader = reading(locale)
        template = html_environment(self.folder).get_template("portal/plain/page.html")
        words = html_environment(self.folder).get_template(f"portal/_words/{reader.language}.jinja")
        if name not in vars(words.module)["pages"]:
            raise UnknownTemplateError(f"there is no page {name!r}")
        return template.render(
            name=name,
            reader=reader,
            creditor=creditor_facts(creditor, Formats(reader.formats)) if creditor else None,
        )

    def messages(self, channel: str) -> frozenset[str]:
        """Name the messages that a channel (`email`, `sms`) has."""
        return frozenset(
            each.name
            for each in (self.folder / channel).iterdir()
            if each.is_dir() and _NAME.fullmatch(each.name)
        )

    def _message(self, channel: str, name: str, language: str) -> str:
        """Return the folder of a message's words."""
        path = f"{channel}/{name}/{language}"
        if _NAME.fullmatch(name) and (self.folder / path).is_dir():
            return path
        raise UnknownTemplateError(f"there is no {channel} message {name!r}")


def _subject(text: str, notice: Notice) -> str:
    """Return one line, marked in test mode so that nobody takes it for a real demand."""
    subject = _SPACES.sub(" ", text).strip()
    return f"[{TEST_MARK}] {subject}" if notice.test_mode else subject


def _tidy(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"
