"""The keys of what a creditor sets up, of marks and of counts: of what is in no customer's file."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.tenant import Tenant
from chalicelib.storage import keys
from chalicelib.storage.keys import Key

SEQUENCE = "SEQUENCE#"
API_KEY = "API_KEY#"
CREDITORS = "CREDITORS"
PAYMENT_MARKS = "PAYMENTS"
_VERSION_DIGITS = 10


def sequence(tenant: Tenant, sequence_id: str, version: int) -> Key:
    """Return the key of a version of a sequence; versions sort by number."""
    return Key(keys.configuration(tenant), f"{versions(sequence_id)}{version:0{_VERSION_DIGITS}d}")


def versions(sequence_id: str) -> str:
    """Return what the sort keys of a sequence's versions begin with."""
    return f"{SEQUENCE}{sequence_id}#"


def api_key(tenant: Tenant, digest: str) -> Key:
    """Return the key of an API key by its digest."""
    return Key(keys.configuration(tenant), API_KEY + digest)


def request_count(tenant: Tenant, key_id: str, minute: datetime) -> Key:
    """Return the key of the count of an API key's requests in a minute: each key has its own."""
    return Key(f"{tenant.key}#REQUESTS#{key_id}", f"{minute:%Y-%m-%dT%H:%MZ}")


def creditor(creditor_id: str) -> Key:
    """Return the key of a creditor."""
    return Key(f"{creditor_id}#CONFIG", "CREDITOR")


def listed_creditor(creditor_id: str) -> Key:
    """Return the key of a creditor's entry in the list of all creditors."""
    return Key(CREDITORS, creditor_id)


def mark(due_partition: str) -> Key:
    """Return the key of the sweep's mark in a partition of the due index."""
    return Key(f"{due_partition}#MARK", "MARK")


def payment_mark(tenant: Tenant) -> Key:
    """Return the key of the mark up to which a tenant's payments are known."""
    return Key(PAYMENT_MARKS, tenant.key)


def migration(name: str, segment: int) -> Key:
    """Return the key of how far a migration got in a segment of the table."""
    return Key(f"MIGRATION#{name}", str(segment))
