"""Check that the widget and JupyterLab move one picture, both ways, in headless Chromium.

python scripts/jupyterlab.py

in an environment with JupyterLab and what ``pip install -e '.[live,browser]'`` brings. It ends with
the versions that it has seen, or with an error. The tests do the same in marimo; JupyterLab takes
too long to start for them.
"""

from __future__ import annotations

import json
import secrets
import shutil
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, expect, sync_playwright

CELLS = (
    "from fields import Deep, GradientFlow, LineLoss\n"
    "from studio.live import Live\n"
    "live = Live(GradientFlow(LineLoss(-1, -2, 15), Deep(2)), paused=True)\n"
    "live",
    "live.depth = 4",
    "print('start', live.start, 's', live.s)",
    "live.start = [2.0, 3.0]",
)
PATIENCE = 60_000  # ms: a kernel imports NumPy, SciPy and Typst first


def notebook(path: Path) -> None:
    """A notebook of these cells."""
    cells = [
        {"cell_type": "code", "id": f"cell-{k}", "execution_count": None, "metadata": {},
         "outputs": [], "source": source}
        for k, source in enumerate(CELLS)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4}
    path.write_text(json.dumps(content | {"nbformat_minor": 5}), encoding="utf-8")


def run(page: Page, number: int) -> None:
    """Run a cell of the notebook; again where it came before the kernel was ready."""
    cell = page.locator(".jp-CodeCell").nth(number)
    for _ in range(10):
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
        page.wait_for_timeout(2000)
        if cell.locator(".jp-InputPrompt").text_content() != "[ ]:":
            return
    raise RuntimeError(f"Cell {number} does not run.")


def check(page: Page) -> None:
    """The kernel turns the dial, and the hand moves what the kernel knows."""
    expect(page.locator(".jp-CodeCell")).to_have_count(len(CELLS), timeout=PATIENCE)
    run(page, 0)
    start, depth = page.locator(".handle.start"), page.locator("output.depth").first
    expect(start).to_be_visible(timeout=PATIENCE)
    expect(depth).to_have_text("2")
    run(page, 1)
    expect(depth).to_have_text("4", timeout=PATIENCE)
    start.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_timeout(500)
    run(page, 2)
    expect(page.get_by_text("start [1.1, 0.6] s 0.25")).to_be_visible(timeout=PATIENCE)
    run(page, 3)
    told = "w1 2.00, w2 3.00"
    expect(start).to_have_attribute("aria-valuetext", told, timeout=PATIENCE)


def main() -> None:
    """Start JupyterLab in a folder of its own, and check."""
    token = secrets.token_hex(16)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with TemporaryDirectory() as folder:
        notebook(Path(folder) / "live.ipynb")
        command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"]
        command += [f"--port={port}", f"--IdentityProvider.token={token}"]
        command += [f"--ServerApp.root_dir={folder}"]
        with (
            (Path(folder) / "log.txt").open("wb") as log,
            subprocess.Popen(command, stdout=log, stderr=log) as server,
            sync_playwright() as started,
        ):
            try:
                chromium = started.chromium.launch(
                    executable_path=shutil.which("chromium"), args=["--no-sandbox"]
                )
                page = chromium.new_page(viewport={"width": 1400, "height": 1400})
                for _ in range(120):
                    try:
                        page.goto(f"http://127.0.0.1:{port}/lab/tree/live.ipynb?token={token}")
                        break
                    except Exception:  # not up yet
                        page.wait_for_timeout(500)
                check(page)
                browser = chromium.version
                chromium.close()
            finally:
                server.terminate()
    seen = [f"{name} {version(name)}" for name in ("jupyterlab", "anywidget")]
    print(f"Both ways in {', '.join(seen)}, Chromium {browser}.")


if __name__ == "__main__":
    main()
