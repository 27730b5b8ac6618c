"""What the README shows is what happens: its timeline is lived through, its commands exist."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.communication import Communication
from chalicelib.handlers.blueprints import open_routes, routes
from chalicelib.handlers.bodies.invoices import InvoiceBody
from chalicelib.ports.storage import Cursor
from chalicelib.rendering.renderer import Renderer
from local.deploy import STACK_NAME
from local.layout import REGION, Layout
from tests.world import World

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
BERLIN = ZoneInfo("Europe/Berlin")
POSTED = date(2026, 3, 6)
FIRST_SCREEN = 48
"""Lines."""


def test_the_timeline_is_what_the_default_sequence_does():
    world = World("2026-03-06 10:00", renderer=Renderer())
    world.post("RE-1041", due="2026-03-16", amount=1_190_00)
    world.until("2026-06-30 12:00")

    sent = world.ledger.communications_page(world.tenant, Cursor(limit=100)).data

    assert sent
    shown = [line for line in README.splitlines() if re.match(r" *\d+  \w{3} ", line)]
    messages = [line for line in shown if "e-mail" in line or "SMS" in line]
    assert messages == [_line(each, world) for each in reversed(sent)]


def test_the_first_screen_says_what_it_does_and_how_to_start():
    screen = "\n".join(README.splitlines()[:FIRST_SCREEN])

    assert "make run" in screen
    assert "make test" in screen
    assert "45 days" in screen


def test_every_command_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    named = set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE))

    assert {"run", "test"} <= named <= targets


def test_every_link_leads_somewhere():
    targets = re.findall(r"\]\(([^)#]+)\)", README)

    assert targets
    for target in targets:
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_the_invoice_to_post_is_a_valid_one():
    [body] = re.findall(r"-d '(\{.*?\})'", README, re.DOTALL)

    assert InvoiceBody.model_validate(json.loads(body))


def test_the_invoice_to_post_begins_as_the_readme_says_now_that_it_is_long_overdue():
    [body] = re.findall(r"-d '(\{.*?\})'", README, re.DOTALL)
    invoice = json.loads(body)
    world = World("2026-11-20 10:00", renderer=Renderer())
    world.post(invoice["number"], due=invoice["due_date"], amount=invoice["amount"])
    world.until("2026-11-27 12:00")

    [first] = world.ledger.communications_page(world.tenant, Cursor(limit=100)).data
    assert first.subject.startswith("Final reminder: ")
    assert re.search(r"long overdue by now, so its first message is\s.*the final one", README)


def test_what_can_be_set_for_this_machine_is_named():
    sources = "\n".join(file.read_text() for file in (ROOT / "local").glob("*.py"))
    read = set(re.findall(r'environ\.get\(\s*"(DUNLIN_\w+)"', sources))

    assert read == set(re.findall(r"`(DUNLIN_\w+)=\w+ make run`", README))


def test_what_runs_on_this_machine_has_the_addresses_that_are_named(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.delenv("DUNLIN_PORT", raising=False)
    layout = Layout.from_environment()

    assert f"{layout.api_url}/v1/invoices" in README
    assert f"{layout.mail_url}/api/messages?to=" in README
    assert f"instead of {layout.ports[0]} to {layout.ports[-1]}" in README
    assert f"AWS_ENDPOINT_URL={layout.aws_url} AWS_DEFAULT_REGION={REGION}\n" in README
    assert f"manage.creditors --stack {STACK_NAME} " in README


def test_every_route_that_is_named_exists():
    known = {
        (route.method, re.sub(r"\{\w+\}", "{id}", route.path))
        for route in [*routes(), *open_routes()]
    }

    named = re.findall(r"`(GET|POST|PUT|PATCH) (/[^` ]+)`", README)

    assert named
    for method, path in named:
        assert (method, path) in known, path


def _line(sent: Communication, world: World) -> str:
    """Write a message as the README does: day, local date, channel, and what it says first."""
    at = (sent.sent_at or datetime.min.replace(tzinfo=UTC)).astimezone(BERLIN)
    days = (at.date() - POSTED).days
    channel, says = "e-mail", sent.subject
    if sent.channel == "sms":
        [text] = [sms.text for sms in world.sms.sent if sms.communication_id == sent.id]
        channel, says = "SMS", text.partition(" Please")[0]
    return f"{days:>4}  {at:%a} {at.day:>2} {at:%b}  {channel:<6}  {says}"
