"""Personal data go when their time is up (GDPR article 5(1)(e)): by night, done by a worker.

The nightly look has the whole file in hand and only asks. The worker looks again: what it is asked
for may be late, come twice, or concern somebody who has ordered something since.
"""

from __future__ import annotations

from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.erasure import is_nameless
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.privacy import ErasureReason
from chalicelib.domain.retention import Retention, expired, may_go
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.whole_file import WholeFile
from chalicelib.ports.all import Ports
from chalicelib.services.common import load_creditor, load_customer, now_of
from chalicelib.services.erase_customer import QUEUE, ask_to_go_on, erase_customer
from chalicelib.services.go_through_file import go_through, refuse_passing_over

RETENTION = Change(by="system", why="retention")


def keep_retention(ports: Ports, file: WholeFile) -> None:
    """Ask for what is to be done with a customer's personal data tonight, if anything is."""
    customer = file.customer
    if customer.erasure:
        others = (each for each in file.records if each is not customer)
        if customer.erasure.done_at is None or not all(map(is_nameless, others)):
            ask_to_go_on(ports, customer)
        return
    retention, now = _retention(ports, customer.tenant), now_of(ports, customer)
    old = expired(retention, now)
    if may_go(file, retention, now):
        _ask(ports, customer, "retire")
    elif not all(old.is_kept(each) for each in file.records):
        _ask(ports, customer, "expire")


def retire(ports: Ports, tenant: Tenant, customer_id: str) -> None:
    """Erase a customer who still has been silent for the whole period. Raises NotFoundError."""
    file = ports.ledger.whole_file(tenant, customer_id)
    if file is None:
        return
    if may_go(file, _retention(ports, tenant), now_of(ports, file.customer)):
        try:
            erase_customer(ports, tenant, RETENTION, customer_id, ErasureReason.RETENTION)
        except ConflictError:
            return  # something came up this very moment; the next night looks again


def expire(
    ports: Ports, tenant: Tenant, customer_id: str, after: str = "", passed_over: int = 0
) -> None:
    """Take away what old messages and notes said, a portion at a time.

    Raises NotFoundError, and UnreadableRecordError in the end where some couldn't be made out.
    """
    customer = load_customer(ports, tenant, customer_id)
    now = now_of(ports, customer)
    retention = _retention(ports, tenant)
    rule = expired(retention, now)
    done = go_through(ports, tenant, customer_id, after or None, rule, RETENTION.when(now))
    passed_over += done.passed_over
    if done.next is not None:
        _ask(ports, customer, "expire", done.next, passed_over)
    else:
        ports.documents.remove(tenant, customer_id, before=now - retention.communications)
        refuse_passing_over(passed_over, customer_id)


def _retention(ports: Ports, tenant: Tenant) -> Retention:
    return load_creditor(ports, tenant.creditor_id).retention


def _ask(
    ports: Ports, customer: Customer, work: str, after: str = "", passed_over: int = 0
) -> None:
    where = {"tenant": customer.tenant.key, "customer": customer.id}
    at = {"after": after, "passed_over": str(passed_over)}
    ports.queues.put(QUEUE, [{**where, "privacy": work, **at}])
