"""A page that is opened as a lecturer opens it: from the file system, without a network."""

from __future__ import annotations

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
    """A page from the file system, without a network, and what goes wrong in it."""
    # Playwright waits for expressions by eval, which the policy of a deck forbids.
    page = patient(browser, offline=True, bypass_csp=True, **context).new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(f"{request.failure} {request.url}"))
    page.goto(path.as_uri())
    return page, wrong


def serious(wrong: list[str]) -> list[str]:
    """Without the parts of films that a browser asks for and then has no use for."""
    return [line for line in wrong if not line.startswith("net::ERR_ABORTED")]
