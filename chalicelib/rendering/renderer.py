"""Turns a notice into an e-mail, a text message or a letter, and a customer's page into HTML.

Where a creditor's own words can't be used for a notice, the built-in ones are, and it is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from chalicelib.domain.call_sheet import CallSheet
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import FieldError
from chalicelib.domain.notice import EmailContent, LetterContent, MailPage, Notice, PayPage
from chalicelib.domain.own_template import TemplateName, Words
from chalicelib.domain.sample_notices import Sample
from chalicelib.ports.messages import DossierFiles
from chalicelib.rendering.call_scripts import call_script
from chalicelib.rendering.confirmations import confirmation_email, confirmation_sms
from chalicelib.rendering.environment import (
    html_environment,
    templates_folder,
    text_environment,
)
from chalicelib.rendering.facts import NoticeFacts, creditor_facts, notice_facts
from chalicelib.rendering.finishing import TEST_MARK, marked, marked_subject, tidy
from chalicelib.rendering.formats import Formats
from chalicelib.rendering.locales import LANGUAGES, Reading, reading
from chalicelib.rendering.own.messages import faults, one_line, own_email, own_sms, paragraphs
from chalicelib.rendering.own.sandbox import UnusableError
from chalicelib.rendering.page_facts import mail_page_facts, page_facts
from chalicelib.rendering.segments import in_gsm7

CHANNELS = ("email", "sms")
OWN = "email/_own"
"""The bodies into which a creditor's own words are put."""
SOURCES = ("words.jinja", "subject.txt")
"""What is a message's own among the sources of an e-mail; the rest is shared."""
Said = TypeVar("Said")

_NAME = re.compile(r"[a-z][a-z0-9_]*")


class UnknownTemplateError(ValueError):
    """There is no message or page of that name."""


Told = Callable[[Notice, TemplateName, str], None]
"""Hears of a notice for which the creditor's own words couldn't be used, and a code for why."""


def _untold(notice: Notice, name: TemplateName, code: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders from one folder of templates; nothing is read before the first message."""

    folder: Path = field(default_factory=templates_folder)
    tell: Told = _untold

    def email(self, notice: Notice) -> EmailContent:
        """Render subject, text and HTML. Raises UnknownTemplateError."""
        if notice.agreed:
            return confirmation_email(self.folder, notice)
        reader = reading(notice.locale)
        path = self._message("email", notice.template, reader.language)
        facts = notice_facts(notice, Formats(reader.formats))
        values: dict[str, object] = {"n": facts, "reader": reader}
        own = self._own("email", notice, reader, lambda words: own_email(words, facts))
        text, html = text_environment(self.folder), html_environment(self.folder)
        subject, bodies, blocks = own.subject if own else None, path, []
        if own:
            bodies, blocks = OWN, paragraphs(own.text, facts.pay_url)
        if subject is None:
            subject = text.get_template(f"{path}/subject.txt").render(values)
        values["unsaid"] = bool(own and facts.pay_by and facts.pay_by not in own.text)
        said = {**values, "own": own.text if own else None}
        return EmailContent(
            subject=marked_subject(subject, notice),
            text=tidy(text.get_template(f"{bodies}/body.txt").render(said)),
            html=html.get_template(f"{bodies}/body.html").render({**values, "own": blocks}),
        )

    def sms(self, notice: Notice) -> str:
        """Render a text message on one line, in GSM-7 unless a name's script isn't Latin. What is
        disputed is said last, whoever wrote the rest.

        Raises UnknownTemplateError.
        """
        if notice.agreed:
            return confirmation_sms(self.folder, notice)
        reader = reading(notice.locale)
        path = self._message("sms", notice.template, reader.language)
        facts = notice_facts(notice, Formats(reader.formats, narrow=True))
        message = self._own("sms", notice, reader, lambda words: own_sms(words, facts))
        if message is None:
            text = text_environment(self.folder).get_template(f"{path}/body.txt").render(n=facts)
            message = one_line(in_gsm7(text))
        elif facts.pay_by and facts.pay_by not in message:
            message = one_line(in_gsm7(f"{message} {self._deadline(facts, reader)}"))
        if facts.disputed_total:
            message += f" {one_line(in_gsm7(self._set_aside(facts, reader)))}"
        return marked(message, notice)

    def letter(self, notice: Notice) -> LetterContent:
        """Set a letter as PDF; the same notice gives the same bytes. Raises UnknownTemplateError.

        Letters have the built-in words only.
        """
        from chalicelib.rendering.letters import typesetting  # heavy, and few need it
        from chalicelib.rendering.letters.content import LetterWriter

        reader = reading(notice.locale)
        path = self._message("letter", notice.template, reader.language)
        writer = LetterWriter(self.folder, path, notice, reader)
        content = writer.content()
        return LetterContent(content["subject"], typesetting.pdf(self.folder, content))

    def dossier(self, dossier: Dossier) -> DossierFiles:
        """Set what is handed over of a case; the same dossier gives the same bytes."""
        from chalicelib.rendering.dossiers.content import content_of
        from chalicelib.rendering.dossiers.table import table_of
        from chalicelib.rendering.letters import typesetting  # heavy, and few need it

        content = content_of(dossier, self.folder)
        pdf = typesetting.pdf(self.folder, content, source=typesetting.DOSSIER)
        return DossierFiles(pdf, table_of(dossier))

    def answer(self, meaning: str, *, locale: str, creditor: Creditor, test_mode: bool) -> str:
        """Render the answer to a customer's text message, on one line."""
        reader = reading(locale)
        facts = creditor_facts(creditor, Formats(reader.formats, narrow=True))
        template = text_environment(self.folder).get_template("sms/_answers/body.txt")
        message = one_line(
            in_gsm7(template.render(reader=reader, creditor=facts, meaning=str(meaning)))
        )
        return f"{TEST_MARK} {message}" if test_mode else message

    def call_script(self, sheet: CallSheet) -> str:
        """Render what to say in a call."""
        return call_script(self.folder, sheet)

    def page(self, page: PayPage) -> str:
        """Render the page on which a customer sees what is owed and chooses what to pay."""
        reader = reading(page.locale)
        facts = page_facts(page, Formats(reader.formats))
        template = html_environment(self.folder).get_template("portal/pay/page.html")
        return template.render(p=facts, reader=reader, creditor=facts.creditor)

    def mail_page(self, page: MailPage) -> str:
        """Render the page on which a customer stops reminders by e-mail."""
        reader = reading(page.locale)
        facts = mail_page_facts(page, Formats(reader.formats))
        template = html_environment(self.folder).get_template("portal/mails/page.html")
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
        """Name the messages that a channel (`email`, `sms`, `letter`) has."""
        return frozenset(
            each.name
            for each in (self.folder / channel).iterdir()
            if each.is_dir() and _NAME.fullmatch(each.name)
        )

    def names(self) -> tuple[TemplateName, ...]:
        """Name every text that there is, by channel, message and language."""
        return tuple(
            TemplateName(message, channel, language)
            for channel in CHANNELS
            for message in sorted(self.messages(channel))
            for language in LANGUAGES
        )

    def builtin(self, name: TemplateName) -> Words:
        """Return the source of a built-in text. Raises UnknownTemplateError."""
        folder = self.folder / self._message(name.channel, name.message, name.locale)
        if name.channel == "sms":
            return Words((folder / "body.txt").read_text(encoding="utf-8"))
        text, subject = ((folder / each).read_text(encoding="utf-8") for each in SOURCES)
        return Words(text, subject)

    def faults(self, channel: str, words: Words, tried: Iterable[Sample]) -> tuple[FieldError, ...]:
        """Return what is wrong with a creditor's words, tried on samples."""
        return faults(channel, words, tried)

    def _own(
        self, channel: str, notice: Notice, reader: Reading, say: Callable[[Words], Said]
    ) -> Said | None:
        """Return what the creditor's own words say; None where there are none that can be used."""
        words = notice.words.get(reader.language)
        if words is None:
            return None
        try:
            return say(words)
        except UnusableError as unusable:
            name = TemplateName(notice.template, channel, reader.language)
            self.tell(notice, name, unusable.code)
            return None

    def _deadline(self, facts: NoticeFacts, reader: Reading) -> str:
        """Say until when to pay, where a creditor's own words don't: the step's rule wants it."""
        common = text_environment(self.folder).get_template(f"_words/{reader.language}.jinja")
        return str(vars(common.module)["deadline"](facts))

    def _set_aside(self, facts: NoticeFacts, reader: Reading) -> str:
        """Say in a few words what is disputed, whoever wrote the rest."""
        words = text_environment(self.folder).get_template(f"sms/_words/{reader.language}.jinja")
        return str(vars(words.module)["set_aside"](facts))

    def _message(self, channel: str, name: str, language: str) -> str:
        """Return the folder of a message's words."""
        path = f"{channel}/{name}/{language}"
        if _NAME.fullmatch(name) and (self.folder / path).is_dir():
            return path
        raise UnknownTemplateError(f"there is no {channel} message {name!r}")
