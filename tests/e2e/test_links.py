"""A link that isn't ours, or is too old, says so in the browser's language, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.gateways.links import SignedLinks
from local.layout import STAGE
from local.stack import client
from tests.fakes.world import FakeClock
from tests.stack import Running, post_invoice


def open_refused(page: Page, url: str, *, status: int, title: str) -> None:
    answer = page.goto(url)
    assert answer is not None
    assert answer.status == status
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator("html")).to_have_attribute("lang", "de-DE")
    expect(page.get_by_text("€")).to_have_count(0)
    expect(page.get_by_role("button")).to_have_count(0)


def an_old_link(running: Running, invoice: Any) -> str:
    """Return a link to the invoice's customer that the stack's own key signed 401 days ago."""
    kept = client(running.layout, "secretsmanager").get_secret_value(
        SecretId=f"dunlin/{STAGE}/link"
    )
    then = FakeClock(datetime.now(UTC) - timedelta(days=401))
    keys = [json.loads(kept["SecretString"])["newest"]]
    links = SignedLinks(lambda *_: keys, then, base_url=running.layout.api_url)
    tenant = Tenant(running.credentials.creditor_id, Mode.LIVE)
    return links.pay_url(tenant, invoice["customer"], None)


def test_a_forged_link(running: Running, page: Page) -> None:
    url = post_invoice(running, "L-1")["pay_url"]
    last = "A" if url[-1] != "A" else "B"

    open_refused(page, url[:-1] + last, status=404, title="Dieser Link ist ungültig")


def test_a_link_cut_off_by_a_mail_program(running: Running, page: Page) -> None:
    url = post_invoice(running, "L-2")["pay_url"]

    open_refused(page, url[:-20], status=404, title="Dieser Link ist ungültig")


def test_an_expired_link(running: Running, page: Page) -> None:
    url = an_old_link(running, post_invoice(running, "L-3"))

    open_refused(page, url, status=410, title="Dieser Link ist abgelaufen")
