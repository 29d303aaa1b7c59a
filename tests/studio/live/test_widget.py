"""``Live(flow)``: its traits, and, where marimo is installed, the widget in a real notebook."""

from __future__ import annotations

import math
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("anywidget", reason="pip install -e '.[live]'")
from playwright.sync_api import Browser, Error
from traitlets import TraitError

from fields import Deep, EvenPace, GradientFlow, LineLoss, Own, PointLoss, Polar, formula
from studio.live import Live
from tests.studio.browsing import patient
from tests.studio.live.pages import in_browser

NOTEBOOK = """
import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    from fields import Deep, GradientFlow, LineLoss
    from studio.live import Live

    widget = Live(GradientFlow(LineLoss(-1, -2, 15), Deep(2)), paused=True)
    live = mo.ui.anywidget(widget)
    live
    return live, mo


@app.cell
def _(live, mo):
    mo.md(f"start {live.value['start']} and s {live.value['s']}")
    return


@app.cell
def _(mo):
    deeper = mo.ui.button(label="deeper", value=0, on_click=lambda n: n + 1)
    deeper
    return (deeper,)


@app.cell
def _(deeper, live):
    if deeper.value:
        live.widget.depth = 4
    return


if __name__ == "__main__":
    app.run()
"""


def test_depth_and_its_inverse_are_one() -> None:
    live = Live(GradientFlow(LineLoss(-1, -2, 15), Deep(2)))
    assert (live.depth, live.s, live.kind, live.loss) == (2, 0.5, "depth", "line")
    live.depth = 4
    assert live.s == 0.25
    live.depth = math.inf
    assert live.s == 0
    live.s = 2.0
    assert live.depth == 0.5


def test_a_flow_says_where_it_begins() -> None:
    live = Live(EvenPace(GradientFlow(PointLoss((5, 2)), Polar()), 2.0), start=[1, 0.5])
    assert (live.kind, live.target, live.start) == ("polar", [5, 2], [1, 0.5])
    assert Live(GradientFlow(PointLoss((5, 2)), formula("u^3 + u"))).kind == "own"


@pytest.mark.parametrize(
    ("name", "value"),
    [("depth", 0), ("depth", -0.01), ("start", [1, 20]), ("start", [1]), ("line", [0, 0, 1]),
     ("pace", "fast"), ("alpha", 0), ("eta", math.nan), ("kind", "none"), ("loss", "own")],
)  # fmt: skip
def test_what_is_out_of_range_is_refused(name: str, value: object) -> None:
    live = Live(GradientFlow(PointLoss((3, 6)), Deep(2)))
    before = {trait: getattr(live, trait) for trait in (*live.names, "depth")}
    with pytest.raises((TraitError, ValueError)):
        setattr(live, name, value)
    assert {trait: getattr(live, trait) for trait in (*live.names, "depth")} == before


def test_what_python_alone_knows_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Own is known to Python alone; give its formula"):
        Live(GradientFlow(PointLoss((3, 6)), Own(lambda u: u * u)))


@in_browser
def test_a_notebook_and_the_hand_move_one_picture(browser: Browser, tmp_path: Path) -> None:
    pytest.importorskip("marimo", reason="pip install marimo")
    (tmp_path / "notebook.py").write_text(NOTEBOOK, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = ["-m", "marimo", "run", "notebook.py", "--headless", "--no-token", "--port", port]
    with subprocess.Popen([sys.executable, *command], cwd=tmp_path) as server:
        page = patient(browser).new_page()
        try:
            while server.poll() is None:
                try:
                    page.goto(f"http://127.0.0.1:{port}")
                    break
                except Error:  # not up yet
                    time.sleep(0.1)
            page.wait_for_selector("text=start [0.6, 0.6] and s 0.5")
            page.focus(".handle.start")
            page.keyboard.press("Shift+ArrowRight")
            page.wait_for_selector("text=start [1.1, 0.6] and s 0.5")
            page.get_by_role("button", name="deeper").click()
            page.wait_for_selector("output.depth:has-text('4')")
        finally:
            page.close()
            server.terminate()
