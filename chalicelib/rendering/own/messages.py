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
from chalicelib.rendering.own.sandbox import BudgetError, UnusableError, render
from chalicelib.rendering.own.vocabulary import MessageWords, message_words
from chalicelib.rendering.segments import in_gsm7, segments

MOST_SEGMENTS = 4
"""Of a text message with names of usual length: each is billed."""
_SPACES = re.compile(r"[ \t\r\n]+")
Demands = Callable[[str, MessageWords, NoticeFacts], Iterator[Unmet]]
Paragraph = list[list[str]]
"""Lines of pieces; the link is a piece of its own."""


@dataclass(frozen=True, slots=True)
class OwnEmail:
    """What a creditor's words say. `subject` is None where the built-in one is to be used."""

    subject: str | None
    text: str


def own_email(words: Words, facts: NoticeFacts) -> OwnEmail:
    """Return what an e-mail says. Raises UnusableError where the built-in one is to be sent."""
    subject = None
    if words.subject is not None:
        subject = one_line(_said(words.subject, facts, unmet_by_subject))
    return OwnEmail(subject, _said(words.text, facts, unmet_by_email))


def own_sms(words: Words, facts: NoticeFacts) -> str:
    """Return what an SMS says. Raises UnusableError where the built-in one is to be sent."""
    return _said(words.text, facts, unmet_by_sms)


def paragraphs(text: str, pay_url: str) -> list[Paragraph]:
    """Return a text as paragraphs, parted by empty lines, for the layout of the HTML."""
    blocks = re.split(r"\n[ \t]*\n\s*", text.strip())
    return [[_pieces(line.strip(), pay_url) for line in block.split("\n")] for block in blocks]


def one_line(text: str) -> str:
    """Return a text with every run of spaces and line breaks as one space."""
    return _SPACES.sub(" ", text).strip()


def faults(channel: str, words: Words, samples: Iterable[Sample]) -> tuple[FieldError, ...]:
    """Return what is wrong with words: in their language, or else in the first situation each."""
    parts: list[tuple[str, str, Demands]] = []
    demands = unmet_by_email if channel == "email" else unmet_by_sms
    parts.append(("/text", words.text, demands))
    if words.subject is not None:
        parts.append(("/subject", words.subject, unmet_by_subject))
    tried = tuple(samples)
    return tuple(
        FieldError(pointer, detail)
        for pointer, source, wanted in parts
        for detail in _details(channel, pointer, source, wanted, tried)
    )


def _details(
    channel: str, pointer: str, source: str, wanted: Demands, samples: Iterable[Sample]
) -> list[str]:
    found: dict[str, str] = {}
    for sample in samples:
        facts = _facts(channel, sample)
        try:
            said = render(source, words := message_words(facts))
        except GrammarError as error:
            return [str(error)]
        except BudgetError:
            found.setdefault("too_much", _where(sample, "says too much"))
            continue
        unmet = [*wanted(said, words, facts)]
        if sample.is_usual:
            unmet += _too_long(channel, pointer, unmarked(said))
        for code, detail in unmet:
            found.setdefault(code, _where(sample, detail))
    return [*found.values()]


def _too_long(channel: str, pointer: str, said: str) -> Iterator[Unmet]:
    if pointer == "/subject" and (length := len(one_line(said))) > LONGEST_SUBJECT_SAID:
        yield "too_long", f"has {length} characters, and at most {LONGEST_SUBJECT_SAID} are allowed"
    if channel == "sms":
        count = segments(in_gsm7(one_line(said))).segments
        if count > MOST_SEGMENTS:
            yield "too_long", f"takes {count} segments, and at most {MOST_SEGMENTS} are allowed"


def _where(sample: Sample, detail: str) -> str:
    return f"{detail} (situation: {sample.situation})"


def _facts(channel: str, sample: Sample) -> NoticeFacts:
    formats = reading(sample.notice.locale).formats
    return notice_facts(sample.notice, Formats(formats, narrow=channel == "sms"))


def _said(source: str, facts: NoticeFacts, wanted: Demands) -> str:
    words = message_words(facts)
    try:
        said = render(source, words)
    except GrammarError:
        raise UnusableError("grammar") from None
    for code, _ in wanted(said, words, facts):
        raise UnusableError(code)
    return unmarked(said)


def _pieces(line: str, pay_url: str) -> list[str]:
    before, link, after = line.partition(pay_url)
    return [piece for piece in (before, link, after) if piece] if link else [line]
