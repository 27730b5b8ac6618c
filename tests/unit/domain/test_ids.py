"""An id names its partition; a tenant's key its creditor and mode; a key its tenant."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import access, ids
from chalicelib.domain.access import AccessScope, ApiKey
from chalicelib.domain.tenant import Mode, Tenant, tenant_of
from tests.builders import CREDITOR_ID, LIVE, TEST, utc
from tests.strategies import instants

chances = st.integers(0, (1 << ids.CHANCE_BITS) - 1)
SECRET = "S" * access.SECRET_LENGTH


@given(instants(), chances, instants(), chances)
def test_an_id_names_its_kind_and_partition(joined, chance, issued, other):
    customer = ids.customer_id(ids.part(joined, chance))
    invoice = ids.child_id(ids.INVOICE, customer, ids.part(issued, other))

    assert ids.owner_of(invoice) == customer
    assert ids.parse(ids.INVOICE, invoice).own == ids.part(issued, other)
    assert ids.sibling(ids.sibling(invoice, ids.CASE), ids.INVOICE) == invoice


@given(instants(), st.integers(1, 10**9), chances, chances)
def test_ids_sort_by_time(earlier, milliseconds, first, second):
    later = earlier + timedelta(milliseconds=milliseconds)

    assert ids.part(earlier, first) < ids.part(later, second)


@pytest.mark.parametrize(
    "identifier",
    ["", "in_", "in_123", "case_" + "0" * 32, "in_" + "0" * 31, "in_" + "0" * 31 + "O", "in_"
     + "0" * 33, "in_" + "a" * 32, "../" + "0" * 32],
)  # fmt: skip
def test_what_is_no_id_is_refused(identifier):
    with pytest.raises(ValueError, match="is not an id"):
        ids.parse(ids.INVOICE, identifier)


@pytest.mark.parametrize("identifier", ["", "cus_", "cus_1", "in_" + "0" * 16, "cus_" + "0" * 17])
def test_what_is_no_customer_id_is_refused(identifier):
    with pytest.raises(ValueError, match="is not a customer's id"):
        ids.customer_part(identifier)


def test_meaning_depends_on_the_facts_and_their_borders():
    assert ids.meaning("a", "bc") == ids.meaning("a", "bc")
    assert ids.meaning("a", "bc") != ids.meaning("ab", "c")
    assert ids.meaning("a") < 1 << ids.CHANCE_BITS


@pytest.mark.parametrize("tenant", [LIVE, TEST])
def test_live_and_test_have_keys_of_their_own(tenant):
    assert tenant_of(tenant.key) == tenant
    assert LIVE.key != TEST.key


@pytest.mark.parametrize("tenant", [LIVE, TEST])
def test_a_key_names_its_tenant(tenant):
    key = access.write_key(tenant, SECRET)

    assert key.startswith(f"dk_{tenant.mode}_")
    assert access.tenant_of_key(key) == tenant


@pytest.mark.parametrize(
    "key",
    ["", "dk", "dk_live", "sk_live_" + "A" * 48, "dk_prod_" + "A" * 48, "dk_live_" + "A" * 47],
)
def test_what_is_not_shaped_like_a_key_names_nobody(key):
    assert access.tenant_of_key(key) is None


def test_a_digest_says_nothing_about_the_key():
    key = access.write_key(LIVE, SECRET)

    assert len(access.digest(key)) == 64
    assert SECRET not in access.digest(key)
    assert access.digest(key) != access.digest(key + "x")


@pytest.mark.parametrize(
    ("own", "allowed"),
    [
        (AccessScope.READ, {AccessScope.READ}),
        (AccessScope.WRITE, {AccessScope.READ, AccessScope.WRITE}),
        (AccessScope.ADMIN, set(AccessScope)),
    ],
)
def test_a_scope_includes_the_lesser_ones(own, allowed):
    key = ApiKey(
        "key_1", Tenant(CREDITOR_ID, Mode.LIVE), "d", "abcd", frozenset({own}), utc("2026-01-01")
    )

    assert {scope for scope in AccessScope if key.allows(scope)} == allowed
    assert not any(replace(key, scopes=frozenset()).allows(scope) for scope in AccessScope)
