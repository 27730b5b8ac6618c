"""The emulator refuses what Stripe refuses: parameters, keys, and other accounts' objects."""

from typing import Any

import pytest
import stripe

from tests.integration.stripe.emulator import Emulator, session_params

pytestmark = pytest.mark.enable_socket


def test_an_idempotency_key_replays_the_first_answer(emulator: Emulator) -> None:
    sessions = emulator.client().v1.checkout.sessions
    params, key = session_params(), {"idempotency_key": "once"}
    first = sessions.create(params=params, options=key)
    assert sessions.create(params=params, options=key).id == first.id
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        sessions.create(params={**params, "locale": "fr"}, options=key)
    other = emulator.client("sk_test_two").v1.checkout.sessions
    assert other.create(params=params, options=key).id != first.id


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"surprise": "x"}, "surprise", "parameter_unknown"),
        ({"metadata": {"k": "v" * 501}}, "metadata[k]", None),
        ({"customer_email": "nobody"}, "customer_email", "email_invalid"),
        ({"success_url": "/thanks"}, "success_url", "url_invalid"),
        ({"locale": "xx"}, "locale", None),
        ({"expires_at": 1}, "expires_at", None),
        ({"line_items": [{"quantity": 1}]}, "line_items[0][price_data]", "parameter_missing"),
    ],
)
def test_bad_parameters_are_refused(
    emulator: Emulator, changes: dict[str, Any], param: str, code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        emulator.client().v1.checkout.sessions.create(params=session_params(**changes))
    assert (refused.value.param, refused.value.code, refused.value.http_status) == (
        param,
        code,
        400,
    )


def test_keys_and_accounts_are_kept_apart(emulator: Emulator) -> None:
    mine = emulator.client().v1.checkout.sessions.create(params=session_params())
    with pytest.raises(stripe.InvalidRequestError) as refused:
        emulator.client("sk_test_two").v1.checkout.sessions.retrieve(mine.id)
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.AuthenticationError):
        emulator.client("sk_live_x").v1.checkout.sessions.retrieve(mine.id)
