"""A page that is opened as a lecturer opens it: from the file system, without a network."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

PATIENCE = 120_000
"""Milliseconds that a page may need, on a busy machine, for what is waited for."""


def patient(browser: Browser, **context: object) -> BrowserContext:
    """A context whose pages wait as long as a busy machine needs."""
    made = browser.new_context(**context)
    made.set_default_timeout(PATIENCE)
    return made


def opened(browser: Browser, path: Path, **context: object) -> tuple[Page, list[str]]:
    """A page from the file system, without a network, and what goes wrong in it or its windows.

    Its policy holds: what it forbids goes wrong.
    """
    page = patient(browser, offline=True, **context).new_page()
    wrong: list[str] = []

    def listen(to: Page) -> None:
        to.on("pageerror", lambda error: wrong.append(str(error)))
        to.on("requestfailed", lambda request: wrong.append(f"{request.failure} {request.url}"))
        to.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)

    listen(page)
    page.on("popup", listen)
    page.goto(path.as_uri())
    return page, wrong


def until(page: Page, is_so: str) -> None:
    """Wait; Playwright's own waiting evaluates a text, which the page's policy refuses."""
    patience = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(is_so):
        assert time.monotonic() < patience, f"it does not come: {is_so}"
        page.wait_for_timeout(25)


def serious(wrong: list[str]) -> list[str]:
    """Without the parts of films that a browser asks for and then has no use for."""
    return [line for line in wrong if not line.startswith("net::ERR_ABORTED")]
