"""The creditor's office puts texts of its own in place of the built-in ones, and returns to them.

What these texts say is held against the log like that of all messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from tests.chaos.browser import AGAIN

if TYPE_CHECKING:
    from tests.chaos.people import People

CHANGES = 12
TRIES = 4
CONFLICT = 409
OWN_WORDS = "in words of our own"
TEXTS = {
    "email": f"""Dear {{{{ customer or "customer" }}}},

we ask you {OWN_WORDS} for what is open:
{{% for each in invoices %}}
- {{{{ each.number }}}} of {{{{ each.issued }}}}: {{{{ each.owed }}}}
{{% endfor %}}

In all {{{{ total }}}}. Please pay here:

{{{{ pay_url }}}}

If anything is wrong, write to {{{{ creditor.email }}}}.""",
    "sms": f"{{{{ creditor.name }}}} asks {OWN_WORDS}: {{{{ total }}}} ({{{{ numbers }}}}) "
    "{{ pay_url }} Questions: {{ creditor.contact }}",
}


@dataclass(frozen=True, slots=True)
class Change:
    """On a day the text of a message becomes one's own (`PUT`), or the built-in one (`DELETE`)."""

    day: int
    method: str
    message: str
    channel: str
    locale: str

    def make(self, people: People) -> None:
        """Ask for it; what gets no answer is left as it is then."""
        path = f"/v1/templates/{self.message}/{self.channel}/{self.locale}"
        body = {"text": TEXTS[self.channel]} if self.method == "PUT" else None
        for _ in range(TRIES):
            status, answer = people.ask(self.method, path, body, None)
            if status < 300:
                people.tell(f"{self.method} {path}: done")
                people.done[f"{self.method} a text"] += 1
                return
            assert status in AGAIN or status == CONFLICT, f"{self}: {status} {answer}"


def draw(
    random: Random, days: int, steps: Sequence[Mapping[str, object]], locales: Sequence[str]
) -> tuple[Change, ...]:
    """Draw what a creditor does about the texts of its sequence."""
    steps_of = [random.choice(steps) for _ in range(CHANGES)]
    return tuple(
        Change(
            day=random.randrange(days),
            method=random.choice(("PUT", "PUT", "PUT", "DELETE")),
            message=str(step["key"]),
            channel=str(step["do"]),
            locale=random.choice(locales)[:2],
        )
        for step in steps_of
    )
