"""A message in a creditor's own words: rendered, held to what it must show, and laid out.

The HTML of an e-mail is made from its text by the built-in layout, so a creditor writes no HTML,
and text and HTML can't differ. Sender, test mark and the reason for the message stay the layout's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from chalicelib.domain.errors import FieldError
from chalicelib.domain.own_template import Words
from chalicelib.domain.sample_notices import Sample
from chalicelib.rendering.facts import NoticeFacts, notice_facts
from chalicelib.rendering.formats import Formats
from chalicelib.rendering.locales import reading
from chalicelib.rendering.own.demands import (
    LONGEST_SUBJECT_SAID,
    Unmet,
    unmarked,
    unmet_by_email,
    unmet_by_sms,
    unmet_by_subject,
)
from chalicelib.rendering.own.grammar import GrammarError
from chalicelib.rendering.own.sandbox import (
    LONGEST_OUTPUT,
    BudgetError,
    UnusableError,
    render,
)
from chalicelib.rendering.own.vocabulary import FROM, TO, MessageWords, message_words
from chalicelib.rendering.segments import in_gsm7, is_gsm7, segments

MOST_SEGMENTS = 4
"""Of a text message with names of usual length: each is billed."""
MOST_SEGMENTS_SENT = 10
"""Of a message that leaves, whatever it is about. SNS takes 1,600 octets (Amazon SNS, Publish)."""
_SPACES = re.compile(r"[ \t\r\n]+")
_MARK = re.compile(f"([{FROM}{TO}])")
Paragraph = list[list[str]]
"""Lines of pieces; the link is a piece of its own."""


@dataclass(frozen=True, slots=True)
class OwnEmail:
    """What a creditor's words say. `subject` is None where the built-in one is to be used."""

    subject: str | None
    text: str


def own_email(words: Words, facts: NoticeFacts) -> OwnEmail:
    """Return what an e-mail says. Raises UnusableError where the built-in one is to be sent."""
    subject = None if words.subject is None else _said(words.subject, facts, _SUBJECT)
    return OwnEmail(subject, _said(words.text, facts, _EMAIL))


def own_sms(words: Words, facts: NoticeFacts) -> str:
    """Return what an SMS says, on one line and in GSM-7 if that has all its characters.

    Raises UnusableError where the built-in one is to be sent.
    """
    return _said(words.text, facts, _SMS)


def paragraphs(text: str, pay_url: str) -> list[Paragraph]:
    """Return a text as paragraphs, parted by empty lines, for the layout of the HTML."""
    blocks = re.split(r"\n[ \t]*\n\s*", text.strip())
    return [[_pieces(line.strip(), pay_url) for line in block.split("\n")] for block in blocks]


def one_line(text: str) -> str:
    """Return a text with every run of spaces and line breaks as one space."""
    return _SPACES.sub(" ", text).strip()


def faults(channel: str, words: Words, samples: Iterable[Sample]) -> tuple[FieldError, ...]:
    """Return what is wrong with words: in their language, or else in the first situation each."""
    written = [(_EMAIL if channel == "email" else _SMS, words.text)]
    if words.subject is not None:
        written.append((_SUBJECT, words.subject))
    tried = [(each, _facts(channel, each)) for each in samples]
    return tuple(
        FieldError(part.pointer, detail)
        for part, source in written
        for detail in _details(part, source, tried)
    )


def _details(part: _Part, source: str, tried: Iterable[tuple[Sample, NoticeFacts]]) -> list[str]:
    found: dict[str, str] = {}
    for sample, facts in tried:
        try:
            said = part.read(render(source, words := message_words(facts)))
        except GrammarError as error:
            return [str(error)]
        except UnusableError as error:
            why = "says too much" if isinstance(error, BudgetError) else "can't be rendered"
            found.setdefault(error.code, _where(sample, why))
            continue
        unmet = [*part.unmet(said, words, facts)]
        if sample.is_usual:
            unmet += part.limit.too_long(unmarked(said))
        for code, detail in unmet:
            found.setdefault(code, _where(sample, detail))
    return [*found.values()]


def _narrow(said: str) -> str:
    """Return a text message as it will read, with the marks of its amounts where they were.

    The marks aren't in GSM-7: what is between them is narrowed piece by piece, if all can be.
    """
    if is_gsm7(in_gsm7(unmarked(said))):
        said = "".join(map(in_gsm7, _MARK.split(said)))
    return one_line(said)


def _where(sample: Sample, detail: str) -> str:
    return f"{detail} (situation: {sample.situation})"


def _facts(channel: str, sample: Sample) -> NoticeFacts:
    formats = reading(sample.notice.locale).formats
    return notice_facts(sample.notice, Formats(formats, narrow=channel == "sms"))


def _said(source: str, facts: NoticeFacts, part: _Part) -> str:
    words = message_words(facts)
    try:
        said = part.read(render(source, words))
    except GrammarError:
        raise UnusableError("grammar") from None
    for code, _ in part.unmet(said, words, facts):
        raise UnusableError(code)
    plain = unmarked(said)
    if part.limit.measure(plain) > part.limit.most_sent:
        raise UnusableError("too_long")
    return plain


def _pieces(line: str, pay_url: str) -> list[str]:
    before, link, after = line.partition(pay_url)
    return [piece for piece in (before, link, after) if piece] if link else [line]


def _segments(said: str) -> int:
    return segments(said).segments


@dataclass(frozen=True, slots=True)
class _Limit:
    """How long a part may be: as tried with names of usual length, and in any message."""

    measure: Callable[[str], int]
    most: int
    most_sent: int
    sentence: str

    def too_long(self, said: str) -> Iterator[Unmet]:
        """Yield what is against it with names of usual length."""
        if (length := self.measure(said)) > self.most:
            yield "too_long", self.sentence.format(length, self.most)


@dataclass(frozen=True, slots=True)
class _Part:
    """What is written in one piece, and how it is judged: as it will `read`, and no other way."""

    pointer: str
    read: Callable[[str], str]
    unmet: Callable[[str, MessageWords, NoticeFacts], Iterator[Unmet]]
    limit: _Limit


_CHARACTERS = "has {} characters, and at most {} are allowed"
_EMAIL_LIMIT = _Limit(len, LONGEST_OUTPUT, LONGEST_OUTPUT, _CHARACTERS)
_SUBJECT_LIMIT = _Limit(len, LONGEST_SUBJECT_SAID, LONGEST_SUBJECT_SAID, _CHARACTERS)
_SMS_LIMIT = _Limit(
    _segments, MOST_SEGMENTS, MOST_SEGMENTS_SENT, "takes {} segments, and at most {} are allowed"
)
_EMAIL = _Part("/text", str, unmet_by_email, _EMAIL_LIMIT)
_SMS = _Part("/text", _narrow, unmet_by_sms, _SMS_LIMIT)
_SUBJECT = _Part("/subject", one_line, unmet_by_subject, _SUBJECT_LIMIT)
