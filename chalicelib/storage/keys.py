"""Every key is built here and in the *_keys.py beside it: the whole access design.

access_patterns.py is the table of contents; docs/access-patterns.md adds what each costs.
A partition is one customer's whole file. `<tenant>` is the creditor's id, with `.test` in test
mode; `<own>` is a record's own 16 characters (see domain/ids.py), which sort by time.

| item | pk | sk | list index | due index |
|---|---|---|---|---|
| customer, stretch that was lost | `<tenant>#<customer>` | `FILE#CUSTOMER`, `FILE#LOST` | | |
| unfinished case | same | `FILE#CASE#<own>` | | clock and shard, `due_at` |
| finished case | same | `CASE#<own>` | | |
| invoice | same | `INVOICE#<own>` | `<tenant>#INVOICE#<status>` | |
| task | same | `TASK#<own>` | `<tenant>#TASK#<status>` | |
| dispute | same | `DISPUTE#<own>` | `<tenant>#DISPUTE#<status>` | |
| service | same | `SERVICE#<own>` | `<tenant>#SERVICE#<status>` | |
| promise | same | `PROMISE#<own>` | `<tenant>#PROMISE#<status>` | |
| payment plan | same | `PLAN#<own>` | `<tenant>#PLAN#<status>` | |
| event | same | `EVENT#<own>` | `<tenant>#EVENT`, with `#cus`, `#cm` for those of new ones | |
| task's place | `<tenant>#WORK#<customer>` | `<view>#<own>` | `<tenant>#WORK#<view>`, by rank | |
| payment, credit note, communication | same | `<KIND>#<own>` | | |
| unique value, shared value | `<tenant>#REF#<kind>#<value>` | `REF`, the id of what has it | | |
| sequence version, key, own text, test clock | `<tenant>#CONFIG` | `<KIND>#<id>…` | | |
| segment, version of it, endpoint | same | `<KIND>#<id>…` | | |
| delivery to an endpoint | `<tenant>#WEBHOOK#<endpoint>` | `DELIVERY#<event>` | | shard, `due_at` |
| event of a sequence | same | `EVENT#<own>` | `<tenant>#EVENT` | |
| creditor | `<creditor>#CONFIG` | `CREDITOR` | | |
| creditor, in the list of all | `CREDITORS` | `<creditor>` | | |
| requests of an API key in a minute | `<tenant>#REQUESTS#<key>` | `<minute>` | | |
| mark of the sweep, of payments | `<due partition>#MARK`, `PAYMENTS` | `MARK`, `<tenant>` | | |
| restoration, migration | `RESTORATION`, `MIGRATION#<name>` | same, `<segment>` | | |
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain import ids
from chalicelib.domain.tenant import Tenant, tenant_of

PARTITION = "pk"
SORT = "sk"
LIST_INDEX = "list"
LIST_PARTITION = "list_pk"
LIST_SORT = "list_sk"
DUE_INDEX = "due"
DUE_PARTITION = "due_pk"
DUE_AT = "due_at"
DUE_CHANNEL = "channel"

FILE = "FILE#"
CUSTOMER = "FILE#CUSTOMER"
UNFINISHED_CASE = "FILE#CASE#"
FINISHED_CASE = "CASE#"
INVOICE = "INVOICE#"
PAYMENT = "PAYMENT#"
CREDIT_NOTE = "CREDIT_NOTE#"
CHARGE = "CHARGE#"
PROMISE = "PROMISE#"
PAYMENT_PLAN = "PLAN#"
COMMUNICATION = "COMMUNICATION#"
TASK = "TASK#"
DISPUTE = "DISPUTE#"
SERVICE = "SERVICE#"
EVENT = "EVENT#"
CONFIGURATION = "CONFIG"
REFERENCE = "REF"

_SORT_OF = {
    ids.INVOICE: INVOICE,
    ids.PAYMENT: PAYMENT,
    ids.CREDIT_NOTE: CREDIT_NOTE,
    ids.CHARGE: CHARGE,
    ids.PROMISE: PROMISE,
    ids.PAYMENT_PLAN: PAYMENT_PLAN,
    ids.COMMUNICATION: COMMUNICATION,
    ids.TASK: TASK,
    ids.DISPUTE: DISPUTE,
    ids.SERVICE: SERVICE,
    ids.EVENT: EVENT,
}


@dataclass(frozen=True, slots=True)
class Key:
    """The primary key of an item."""

    pk: str
    sk: str

    @property
    def attributes(self) -> dict[str, dict[str, str]]:
        """The key as DynamoDB writes it."""
        return {PARTITION: {"S": self.pk}, SORT: {"S": self.sk}}


RESTORATION = Key("RESTORATION", "RESTORATION")


def names(prefix: str, identifier: str) -> bool:
    """Say whether a text has the shape of an id of that kind."""
    try:
        position(prefix, identifier)
    except ValueError:
        return False
    return True


def partition(tenant: Tenant, customer_id: str) -> str:
    """Return the partition of a customer. Raises ValueError for what is no customer's id."""
    ids.customer_part(customer_id)
    return f"{tenant.key}#{customer_id}"


def child(tenant: Tenant, prefix: str, identifier: str) -> Key:
    """Return the key of a customer, or of a record of theirs other than a case, by its id."""
    if prefix == ids.CUSTOMER:
        return Key(partition(tenant, identifier), CUSTOMER)
    address = ids.parse(prefix, identifier)
    if prefix == ids.EVENT and address.customer == ids.NOBODY:
        return Key(configuration(tenant), EVENT + address.own)
    pk = partition(tenant, ids.customer_id(address.customer))
    return Key(pk, _SORT_OF[prefix] + address.own)


def case(tenant: Tenant, case_id: str, *, unfinished: bool) -> Key:
    """Return the key of a case in the working file (unfinished) or the archive."""
    address = ids.parse(ids.CASE, case_id)
    sort = UNFINISHED_CASE if unfinished else FINISHED_CASE
    return Key(partition(tenant, ids.customer_id(address.customer)), sort + address.own)


def reference(tenant: Tenant, kind: str, value: str) -> Key:
    """Return the key of a unique value."""
    return Key(f"{tenant.key}#REF#{kind}#{value}", REFERENCE)


def shared_reference(tenant: Tenant, kind: str, value: str, target: str) -> Key:
    """Return the key of one of those that a shared value belongs to."""
    return Key(reference(tenant, kind, value).pk, target)


def configuration(tenant: Tenant) -> str:
    """Return the partition of a tenant's sequences, keys and test clocks."""
    return f"{tenant.key}#{CONFIGURATION}"


def test_clock(tenant: Tenant, clock_id: str) -> Key:
    """Return the key of a test clock."""
    return Key(configuration(tenant), f"CLOCK#{clock_id}")


def owner(pk: str) -> tuple[Tenant, str]:
    """Return tenant and customer of a customer's partition; nobody of the configuration's."""
    tenant_key, _, customer_id = pk.partition("#")
    if customer_id == CONFIGURATION:
        customer_id = ids.customer_id(ids.NOBODY)
    return tenant_of(tenant_key), customer_id


def identifier(prefix: str, key: Key) -> str:
    """Return the id of the record of that kind at a key in a customer's partition."""
    _, customer_id = owner(key.pk)
    return ids.child_id(prefix, customer_id, key.sk.rpartition("#")[2])


def invoices_list(tenant: Tenant, status: str) -> str:
    """Return the list of a tenant's invoices of one status."""
    return f"{tenant.key}#INVOICE#{status}"


def tasks_list(tenant: Tenant, status: str) -> str:
    """Return the list of a tenant's tasks of one status."""
    return f"{tenant.key}#TASK#{status}"


def disputes_list(tenant: Tenant, status: str) -> str:
    """Return the list of a tenant's disputes of one status."""
    return f"{tenant.key}#DISPUTE#{status}"


def services_list(tenant: Tenant, status: str) -> str:
    """Return the list of a tenant's services of customers, of one status."""
    return f"{tenant.key}#SERVICE#{status}"


def promises_list(tenant: Tenant, status: str) -> str:
    """Return the list of a tenant's promises of one status."""
    return f"{tenant.key}#PROMISE#{status}"


def payment_plans_list(tenant: Tenant, status: str) -> str:
    """Return the list of a tenant's payment plans of one status."""
    return f"{tenant.key}#PLAN#{status}"


def events_list(tenant: Tenant) -> str:
    """Return the feed of events, except those that tell of a new customer or communication."""
    return f"{tenant.key}#EVENT"


def new_list(tenant: Tenant, prefix: str) -> str:
    """Return the feed of events that tell of a new customer or communication, by its prefix."""
    return f"{tenant.key}#EVENT#{prefix}"


def feed(tenant: Tenant, of_type: str | None = None) -> tuple[str, ...]:
    """Return the lists that together hold all events, or all of one type."""
    others = events_list(tenant)
    new_customers, new_communications = (
        new_list(tenant, each) for each in (ids.CUSTOMER, ids.COMMUNICATION)
    )
    if of_type is None:
        return others, new_customers, new_communications
    if of_type == "customer.created":
        return (new_customers,)
    if of_type.startswith("communication."):
        return others, new_communications
    return (others,)


def told_at(identifier: str, of_type: str) -> str:
    """Return where an event stands in the feed, with its type, so that the index knows it."""
    return f"{position(ids.EVENT, identifier)}#{of_type}"


def position_in(list_sort: str) -> str:
    """Return the position that an entry of the list index says."""
    return list_sort.partition("#")[0]


def type_in(list_sort: str) -> str:
    """Return the type of event that an entry of the list index says."""
    return list_sort.partition("#")[2]


def position(prefix: str, identifier: str) -> str:
    """Return where a record stands in a list: by its own part, then by the customer's."""
    if prefix == ids.CUSTOMER:
        return ids.customer_part(identifier) * 2
    address = ids.parse(prefix, identifier)
    return address.own + address.customer
