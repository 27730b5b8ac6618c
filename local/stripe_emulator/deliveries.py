"""Webhooks: signed, sent, and sent again with growing waits until the receiver answers 2xx.

The signature is Stripe's scheme v1: HMAC-SHA256 over `<timestamp>.<body>` with the endpoint's
secret. Each attempt is signed anew, as Stripe does.
"""

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass

import aiohttp

from local.stripe_emulator.announce import address
from local.stripe_emulator.store import Json, Store

_TICK_SECONDS = 0.1
_AT_ONCE = 8
_TIMEOUT = aiohttp.ClientTimeout(total=30)
_KEPT_ANSWER = 500


@dataclass(frozen=True, slots=True)
class Retries:
    """How often to try, and how long to wait: `base * 2 ** n` seconds, at most `longest`."""

    base: float = 1.0
    longest: float = 60.0
    most: int = 20

    def wait(self, attempts: int) -> float:
        """Seconds until the next attempt after so many."""
        return float(min(self.base * 2 ** (attempts - 1), self.longest))


def signature(body: bytes, *, secret: str, timestamp: int) -> str:
    """The `Stripe-Signature` header."""
    signed = f"{timestamp}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


async def deliver_forever(store: Store, retries: Retries) -> None:
    """Send what is due, again and again, until cancelled."""
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as client:
        while True:
            if store.settings["webhooks"] == "on":
                due = [
                    one
                    for one in store.deliveries.values()
                    if one["state"] == "pending" and one["next_at"] <= store.now()
                ]
                for start in range(0, len(due), _AT_ONCE):
                    batch = due[start : start + _AT_ONCE]
                    await asyncio.gather(*(_attempt(store, client, one, retries) for one in batch))
            await asyncio.sleep(_TICK_SECONDS)


async def _attempt(
    store: Store, client: aiohttp.ClientSession, delivery: Json, retries: Retries
) -> None:
    event = store.get("event", delivery["event"])
    if event is None:
        delivery["state"] = "given_up"
        return
    url = address(store, store.private("event", event["id"])["creditor"])
    if url is None:
        delivery["state"] = "given_up"
        return
    body = json.dumps(event, indent=2).encode()
    now = store.now()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature(body, secret=store.settings["webhook_secret"], timestamp=now),
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }
    status, answer = await _post(client, url, body, headers)
    delivery["attempts"].append({"at": now, "url": url, "status": status, "answer": answer})
    count = len(delivery["attempts"])
    if status is not None and 200 <= status < 300:  # noqa: PLR2004 -- HTTP's success class
        delivery["state"] = "delivered"
        event["pending_webhooks"] -= 1
    elif count >= retries.most:
        delivery["state"] = "given_up"
    else:
        delivery["next_at"] = now + retries.wait(count)
    store.changed = True


async def _post(
    client: aiohttp.ClientSession, url: str, body: bytes, headers: dict[str, str]
) -> tuple[int | None, str]:
    try:
        async with client.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            text = await answer.text(errors="replace")
            return answer.status, text[:_KEPT_ANSWER]
    except (aiohttp.ClientError, TimeoutError) as error:
        return None, type(error).__name__
