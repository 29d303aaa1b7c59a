"""The pages that the browser of a file of tests opens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from studio.live.page import write
from studio.live.show import Show
from tests.studio.browsing import patient
from tests.studio.live.pages import Opened


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """Opens the page of a show, from the file system and without a network, at an address."""
    contexts = []

    def open_(show: Show, address: str = "paused=yes", before: str = "", **more: Any) -> Page:
        path = write(show, tmp_path / "live.html")
        more = {"viewport": {"width": 1000, "height": 560}, **more}
        contexts.append(patient(browser, offline=True, **more))
        seen = contexts[-1].new_page()
        seen.wrong = []
        seen.on("pageerror", lambda error: seen.wrong.append(str(error)))
        seen.on("requestfailed", lambda asked: seen.wrong.append(asked.url))
        if before:
            seen.add_init_script(before)
        seen.goto(f"{path.as_uri()}#{address}")
        return seen

    yield open_
    for context in contexts:
        context.close()
