"""Put a creditor's own text of a message in place of the built-in one, or go back to that.

A text is tried on every situation before it is stored, so what is stored can be sent.
"""

from __future__ import annotations

from chalicelib.domain.configuration_facts import event_of_template
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.own_template import Applying, OwnTemplate, TemplateName, Words
from chalicelib.domain.sample_notices import samples
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import load_creditor, retrying
from chalicelib.services.show_templates import applying, known_name

EMAIL = "email"


def change_template(
    ports: Ports, tenant: Tenant, change: Change, name: TemplateName, words: Words
) -> Applying:
    """Store a text in place of what applied; the same one again changes nothing.

    Raises NotFoundError, InvalidError that names every fault.
    """
    known = known_name(ports, name)
    check_words(ports, tenant, known, words)

    def attempt() -> Applying:
        before = ports.configuration.own_template(tenant, known)
        if before and before.words == words:
            return applying(ports, known, before)
        now = ports.clock.now()
        after = OwnTemplate(known, words, before.version + 1 if before else 1, now)
        event = event_of_template(tenant, known, after, change, now)
        ports.configuration.save_own_template(tenant, after, event)
        return applying(ports, known, after)

    return retrying(attempt)


def reset_template(ports: Ports, tenant: Tenant, change: Change, name: TemplateName) -> Applying:
    """Return to the built-in text, which applies already where there is none of the creditor's.

    Raises NotFoundError.
    """
    known = known_name(ports, name)

    def attempt() -> Applying:
        if before := ports.configuration.own_template(tenant, known):
            event = event_of_template(tenant, known, None, change, ports.clock.now())
            ports.configuration.drop_own_template(tenant, before, event)
        return applying(ports, known, None)

    return retrying(attempt)


def check_words(ports: Ports, tenant: Tenant, name: TemplateName, words: Words) -> None:
    """Raise InvalidError that names every fault of words that are to be used."""
    if words.subject is not None and name.channel != EMAIL:
        fault = FieldError("/subject", "an SMS has no subject")
        raise InvalidError("An SMS has no subject.", fields=(fault,))
    creditor = load_creditor(ports, tenant.creditor_id)
    tried = samples(creditor, name, words)
    if fields := ports.renderer.faults(name.channel, words, tried):
        raise InvalidError("The text can't be used as it is.", fields=fields)
