"""Creditors' own texts in memory, with the events that tell of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from chalicelib.domain.event import Event
from chalicelib.domain.own_template import OwnTemplate, TemplateName, Words
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.storage import WriteConflictError


class InMemoryOwnTemplates:
    """Texts by tenant and name, as they are now, never a minute old; `tell` records events."""

    def __init__(self, tell: Callable[[Iterable[Event]], None]) -> None:
        self._own_templates: dict[tuple[str, TemplateName], OwnTemplate] = {}
        self._tell_of_own = tell

    def own_words(self, tenant: Tenant, channel: str, message: str) -> Mapping[str, Words]:
        return {
            each.name.locale: each.words
            for each in self.own_templates(tenant)
            if (each.name.channel, each.name.message) == (channel, message)
        }

    def own_template(self, tenant: Tenant, name: TemplateName) -> OwnTemplate | None:
        return self._own_templates.get((tenant.key, name))

    def own_templates(self, tenant: Tenant) -> tuple[OwnTemplate, ...]:
        own = [each for (key, _), each in self._own_templates.items() if key == tenant.key]
        return tuple(sorted(own, key=lambda at: (at.name.channel, at.name.message, at.name.locale)))

    def save_own_template(self, tenant: Tenant, template: OwnTemplate, event: Event) -> None:
        self._check(tenant, template.name, template.version - 1)
        self._own_templates[tenant.key, template.name] = template
        self._tell_of_own([event])

    def drop_own_template(self, tenant: Tenant, template: OwnTemplate, event: Event) -> None:
        self._check(tenant, template.name, template.version)
        del self._own_templates[tenant.key, template.name]
        self._tell_of_own([event])

    def _check(self, tenant: Tenant, name: TemplateName, version: int) -> None:
        stored = self._own_templates.get((tenant.key, name))
        if (stored.version if stored else 0) != version:
            raise WriteConflictError(str(name))
