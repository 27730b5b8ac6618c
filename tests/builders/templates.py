"""Creditors' own texts."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.own_template import OwnTemplate, TemplateName, Words
from tests.builders.basics import utc

EMAIL = """Hallo{% if customer %} {{ customer }}{% endif %},

{% if count == 1 %}
die Rechnung {{ invoice.number }} vom {{ invoice.issued }} war am {{ invoice.due }} fällig.
{% else %}
diese Rechnungen sind offen:
{% for each in invoices %}
- {{ each.number }}, {{ each.due }}: {{ each.owed }}
{% endfor %}
{% endif %}
Offen: {{ total }}.

{{ pay_url }}

Einwände? {{ creditor.email }}
"""
"""An e-mail in its own words that has all that it needs."""
SMS = "{{ creditor.name }}: {{ total }} offen. {{ pay_url }} Fragen? {{ creditor.contact }}"
"""The same as an SMS."""


def an_own_template(
    message: str = "reminder_first", channel: str = "email", locale: str = "de", **facts: Any
) -> OwnTemplate:
    """Return version 1 of a text of that name."""
    words = Words(EMAIL, "Offen bei {{ creditor.name }}") if channel == "email" else Words(SMS)
    given = {"words": words, "version": 1, "changed_at": utc("2026-01-05 09:00")}
    return OwnTemplate(name=TemplateName(message, channel, locale), **{**given, **facts})
