"""Show what a message says in the usual situations, with words that needn't be stored."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.notice import EmailContent
from chalicelib.domain.own_template import TemplateName, Words
from chalicelib.domain.sample_notices import samples
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import load_creditor
from chalicelib.services.save_template import EMAIL, check_words
from chalicelib.services.show_templates import known_name


@dataclass(frozen=True, slots=True)
class Tried:
    """What a message says in a situation. An SMS is a text alone."""

    situation: str
    said: EmailContent | str


def preview_template(
    ports: Ports, tenant: Tenant, name: TemplateName, words: Words | None
) -> list[Tried]:
    """Return what these words would say, or for None what applies says; stores and sends nothing.

    Raises NotFoundError, InvalidError that names every fault.
    """
    known = known_name(ports, name)
    if words is None:
        own = ports.configuration.own_template(tenant, known)
        words = own.words if own else None
    if words:
        check_words(ports, tenant, known, words)
    creditor = load_creditor(ports, tenant.creditor_id)
    say = ports.renderer.email if known.channel == EMAIL else ports.renderer.sms
    tried = (each for each in samples(creditor, known, words) if each.is_usual)
    return [Tried(each.situation, say(each.notice)) for each in tried]
