"""A customer stops reminders by e-mail, or takes them up again, on the page that mails lead to.

Only reminders stop: legal notices go on, and the page says so. Whoever refused all e-mail (GDPR
article 21) told a person, and takes it back with a person: a link may be in anybody's hands.
"""

from __future__ import annotations

from chalicelib.domain.creditor import Creditor
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.notice import MailPage
from chalicelib.domain.privacy import Consent, Covers
from chalicelib.domain.tenant import Mode
from chalicelib.ports.all import Ports
from chalicelib.services.common import now_of
from chalicelib.services.pay_page import Visit
from chalicelib.services.record_consent import record_consent

EMAIL = "email"
ON_PAGE, ONE_CLICK = "unsubscribe_page", "one_click"
"""Where they said so: with the page's button, or with that of their mail program (RFC 8058)."""


def show_mail_page(
    ports: Ports, visit: Visit, *, form_action: str, notice: str | None = None
) -> MailPage:
    """Return what the page shows now. Raises NotFoundError where the customer is gone or erased."""
    customer, creditor = _load(ports, visit)
    return MailPage(
        locale=customer.locale,
        creditor=creditor,
        customer_name=customer.name,
        state=_state(customer),
        form_action=form_action,
        notice=notice,
        test_mode=customer.tenant.mode is Mode.TEST,
    )


def choose_mails(ports: Ports, visit: Visit, *, wanted: bool, source: str) -> str | None:
    """Record the choice, and return the page's notice of it; None where it changes nothing.

    Raises NotFoundError where the customer is gone or erased.
    """
    customer, _ = _load(ports, visit)
    if _state(customer) != ("off" if wanted else "on"):
        return None
    known = customer.consents.get(EMAIL)
    now = now_of(ports, customer)
    said = Consent(
        given=wanted,
        source=source,
        at=max(now, known.at) if known else now,
        covers=Covers.EVERYTHING if wanted else Covers.REMINDERS,
    )
    why = "wants reminders by e-mail again" if wanted else "wants no reminders by e-mail"
    change = Change(by="customer", why=why)
    record_consent(ports, visit.tenant, change, customer.id, EMAIL, said)
    return "resumed" if wanted else "stopped"


def _state(customer: Customer) -> str:
    if customer.allows(EMAIL):
        return "on"
    return "off" if customer.allows(EMAIL, legal=True) else "objected"


def _load(ports: Ports, visit: Visit) -> tuple[Customer, Creditor]:
    customer = ports.ledger.customer(visit.tenant, visit.customer_id)
    creditor = ports.configuration.creditor(visit.tenant.creditor_id)
    if customer is None or creditor is None or customer.erasure:
        raise NotFoundError("There is no such page.")
    return customer, creditor
