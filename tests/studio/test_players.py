"""What the files of a talk do in real players: LibreOffice, Chromium, a reader of PDF."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FILM = "(document.querySelector('section.present video') ?? document.querySelector('video'))"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as started:
        chromium = started.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=["--no-sandbox"],
        )
        yield chromium
        chromium.close()


def opened(browser: Browser, path: Path, **context: object) -> tuple[Page, list[str]]:
    """A page from the file system, without a network, and what goes wrong in it."""
    page = browser.new_context(offline=True, **context).new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(f"{request.failure} {request.url}"))
    page.goto(path.as_uri())
    return page, wrong


def serious(wrong: list[str]) -> list[str]:
    """Without the parts of films that a browser asks for and then has no use for."""
    return [line for line in wrong if not line.startswith("net::ERR_ABORTED")]


def far(page: Path, number: int, poster: Path) -> float:
    """How far a page of a PDF is from a poster, in levels of light."""
    with pypdfium2.PdfDocument(page) as document:
        seen = document[number].render(scale=1).to_pil().convert("RGB")
    wanted = Image.open(poster).convert("RGB").resize(seen.size)
    return float(np.abs(np.asarray(seen, float) - np.asarray(wanted, float)).mean())


def test_libreoffice_shows_each_slide_with_its_poster(
    reel: Path, drifting: Path, turning: Path, tmp_path: Path
) -> None:
    soffice = shutil.which("soffice")
    assert soffice, "LibreOffice is not here: make setup"
    decks = [reel / "talk" / "talk.pptx", turning / "slide.pptx"]
    subprocess.run(
        [
            *(soffice, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"),
            *("--convert-to", "pdf", "--outdir", str(tmp_path), *map(str, decks)),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    slides = {"talk": [drifting, turning], "slide": [turning]}
    for name, kits in slides.items():
        paper = tmp_path / f"{name}.pdf"
        assert len(pypdfium2.PdfDocument(paper)) == len(kits)
        for number, kit in enumerate(kits):
            assert far(paper, number, kit / "poster.png") < 2
    other = far(tmp_path / "talk.pdf", 1, drifting / "poster.png")
    assert other > 4, "one poster is far from another, and from nothing"


def test_the_paper_deck_has_a_page_for_each_poster(
    reel: Path, drifting: Path, turning: Path
) -> None:
    paper = reel / "talk" / "talk.pdf"
    assert len(pypdfium2.PdfDocument(paper)) == 2
    for number, kit in enumerate((drifting, turning)):
        assert far(paper, number, kit / "poster.png") < 2


def test_a_slide_plays_by_itself_loops_and_has_captions(browser: Browser, turning: Path) -> None:
    page, wrong = opened(browser, turning / "slide.html")
    page.wait_for_function(f"{FILM}.currentTime > 1.2", timeout=10_000)
    page.wait_for_function(f"{FILM}.currentTime < 0.8 && !{FILM}.paused", timeout=10_000)
    page.keyboard.press("c")
    page.wait_for_function(f"{FILM}.textTracks[0].activeCues?.length", timeout=10_000)
    assert page.evaluate(f"{FILM}.textTracks[0].mode") == "showing"
    shown = page.evaluate(f"{FILM}.textTracks[0].activeCues[0].text")
    assert shown.replace("\n", " ") == "A dot goes round, and round."
    assert serious(wrong) == []


def test_a_deck_plays_the_film_of_the_slide_that_is_seen(browser: Browser, reel: Path) -> None:
    page, wrong = opened(browser, reel / "talk" / "talk.html")
    films = "[...document.querySelectorAll('video')].map((film) => !film.paused)"
    page.wait_for_function(f"{FILM}.currentTime > 0.2", timeout=10_000)
    assert page.evaluate(films) == [True, False]
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"{FILM}.src.includes('Turning')", timeout=10_000)
    page.wait_for_function(f"{FILM}.currentTime > 0.2", timeout=10_000)
    assert page.evaluate(films) == [False, True]
    assert serious(wrong) == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_pages_shut_nobody_out(browser: Browser, reel: Path, turning: Path, scheme: str) -> None:
    axe = Axe()
    for path in (reel / "index.html", turning / "slide.html", reel / "talk" / "talk.html"):
        page, wrong = opened(browser, path, color_scheme=scheme)
        for summary in page.query_selector_all("summary"):
            summary.click()
        found = axe.run(page).response["violations"]
        assert [violation["id"] for violation in found] == []
        assert serious(wrong) == []


def test_in_the_gallery_films_move_only_when_asked(browser: Browser, reel: Path) -> None:
    page, wrong = opened(browser, reel / "index.html")
    page.wait_for_timeout(200)
    assert not page.evaluate(f"{FILM}.currentTime > 0"), "nothing moves unasked"
    page.hover("video")
    page.wait_for_function(f"{FILM}.currentTime > 0", timeout=5000)
    assert serious(wrong) == []


def test_who_wants_less_motion_gets_the_still(browser: Browser, reel: Path, turning: Path) -> None:
    calm, _ = opened(browser, reel / "index.html", reduced_motion="reduce")
    calm.hover("video")
    calm.focus("button.play")
    calm.wait_for_timeout(400)
    assert not calm.evaluate(f"{FILM}.currentTime > 0")
    calm.keyboard.press("Enter")
    calm.wait_for_function(f"{FILM}.currentTime > 0", timeout=5000)
    calm.goto((turning / "slide.html").as_uri())
    calm.wait_for_timeout(400)
    assert calm.evaluate(f"{FILM}.paused")
