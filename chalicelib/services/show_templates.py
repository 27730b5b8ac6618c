"""Which text applies to each message: the creditor's own, or else the built-in one."""

from __future__ import annotations

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.own_template import Applying, OwnTemplate, TemplateName
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports


def list_templates(ports: Ports, tenant: Tenant) -> list[Applying]:
    """Return what applies to each message, by channel, message and language."""
    own = {each.name: each for each in ports.configuration.own_templates(tenant)}
    return [applying(ports, name, own.get(name)) for name in ports.renderer.names()]


def get_template(ports: Ports, tenant: Tenant, name: TemplateName) -> Applying:
    """Return what applies to a message. Raises NotFoundError."""
    known = known_name(ports, name)
    return applying(ports, known, ports.configuration.own_template(tenant, known))


def known_name(ports: Ports, name: TemplateName) -> TemplateName:
    """Return the name if there is such a text. Raises NotFoundError."""
    for known in ports.renderer.names():
        if known == name:
            return known
    raise NotFoundError("There is no such message, channel or language.")


def applying(ports: Ports, name: TemplateName, own: OwnTemplate | None) -> Applying:
    """Return the own text where there is one, else the built-in one."""
    return Applying(name, own.words if own else ports.renderer.builtin(name), own)
