"""Chromium as a customer uses it, with everything noted that its console complains about."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
)
PHONE = {"width": 375, "height": 667}
PATIENCE_MS = 20_000
STATUS = "Failed to load resource: the server responded with a status of"
"""What the console says of every 4xx; tests look at the status themselves."""


def path_of_chromium() -> str | None:
    """Return the browser that is installed."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """Run the browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visit(browser: Browser, locale: str) -> Iterator[tuple[BrowserContext, list[str]]]:
    """Open a fresh profile; the list grows with what goes wrong on any page of it."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(STATUS):
            complaints.append(f"{message.type}: {message.text} ({message.location})")

    context = browser.new_context(locale=locale)
    context.set_default_timeout(PATIENCE_MS)
    context.on("console", note)
    context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))
    try:
        yield context, complaints
    finally:
        context.close()
