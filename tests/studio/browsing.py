"""A page that is opened as a lecturer opens it: from the file system, without a network."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Browser, Page


def opened(browser: Browser, path: Path, **context: object) -> tuple[Page, list[str]]:
    """A page from the file system, without a network, and what goes wrong in it or its windows.

    Its policy holds: what it forbids goes wrong.
    """
    page = browser.new_context(offline=True, **context).new_page()
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
    end = time.monotonic() + 30
    while not page.evaluate(is_so):
        if time.monotonic() > end:
            raise AssertionError(f"not in half a minute: {is_so}")
        page.wait_for_timeout(25)


def serious(wrong: list[str]) -> list[str]:
    """Without the parts of films that a browser asks for and then has no use for."""
    return [line for line in wrong if not line.startswith("net::ERR_ABORTED")]
