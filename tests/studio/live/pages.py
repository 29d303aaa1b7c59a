"""Live pages in a real browser, and what is read from them."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from fields import LineLoss, Loss, Parameterization, PointLoss
from studio.live.show import Show
from tests.studio.browsing import PATIENCE
from tests.studio.conftest import CHROMIUM

in_browser = pytest.mark.skipif(CHROMIUM is None, reason="without Chromium: make setup")
LIVE = "document.getElementById('live').live"
POINT, LINE = PointLoss((3.0, 6.0)), LineLoss(-1.0, -2.0, 15.0)
Opened = Callable[..., Page]


def show_of(loss: Loss, model: Parameterization, **more: Any) -> Show:
    """A show of few particles: they are rarely what is looked at."""
    return Show("A test", loss, model, **{"count": 300, **more})


def until(page: Page, is_so: str) -> None:
    """Wait; Playwright's own waiting evaluates a text, which the page's policy refuses."""
    patience = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(is_so):
        assert time.monotonic() < patience, f"it does not come: {is_so}"
        page.wait_for_timeout(25)


def picture(page: Page) -> tuple[Any, list[float]]:
    """The particles of the first picture as they are on the screen, and where the plane is."""
    data, place = page.evaluate(
        f"""() => {{
            {LIVE}.redraw();
            const {{ plane }} = {LIVE}.panes[0];
            return [plane.picture.toDataURL(), plane.place()];
        }}"""
    )
    seen = Image.open(io.BytesIO(base64.b64decode(data.split(",")[1]))).convert("RGB")
    return np.asarray(seen), place
