"""What the files of a talk do in real players: LibreOffice, Chromium, a reader of PDF."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from stage.text.source import literal
from studio.job.tasks import Report, Said
from studio.kit.captions import cues, written
from studio.kit.slides import data_text, reveal
from studio.kit.snippets import snippets

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


TEXTS = [
    "{x : x > 0} or {0, 1}, a <= b < c",
    "<i>not slanted</i> & <b>not bold</b>",
    "&lt; is not <, --> is no time",
    r"{\an8} and \N, café, w₁ ∈ ℝ",
]


def test_a_browser_shows_every_character_of_a_caption(browser: Browser, drifting: Path) -> None:
    said = tuple(Said(literal(text), 9.0 * n, 9.0 * n + 9) for n, text in enumerate(TEXTS))
    report = Report(seconds=36.0, plays=(), said=said, sections=(), frames=0)
    track = data_text(written(cues(report), "vtt"), "text/vtt")
    page, _ = opened(browser, drifting / "slide.html")
    shown = page.evaluate(
        """async (source) => {
            const film = document.createElement("video");
            const track = Object.assign(document.createElement("track"), { src: source });
            film.append(track);
            document.body.append(film);
            track.track.mode = "showing";
            await new Promise((resolve, reject) => {
                Object.assign(track, { onload: resolve, onerror: reject });
            });
            return [...track.track.cues].map((cue) =>
                [cue.startTime, cue.endTime, cue.getCueAsHTML().textContent]);
        }""",
        track,
    )
    assert [(start, end) for start, end, _ in shown] == [(9 * n, 9 * n + 9) for n in range(4)]
    assert [text.replace("\n", " ") for _, _, text in shown] == TEXTS


@pytest.fixture
def snippet(turning: Path) -> Callable[[str], str]:
    """What the kit gives to copy for a tool, of a page that lies beside the kit's folder."""
    look = {"loops": True, "background": "#07090e"}
    return snippets(turning.name, "A dot goes round -- & round.", **look).__getitem__


@contextmanager
def beside(kit: Path, text: str) -> Iterator[Path]:
    """A page beside a kit."""
    page = kit.parent / "page of a test.html"
    page.write_text(f"<!doctype html><meta charset=utf-8>{text}", encoding="utf-8")
    yield page
    page.unlink()


def test_a_copied_film_plays_again_when_its_slide_is_seen_again(
    browser: Browser, turning: Path, snippet: Callable[[str], str]
) -> None:
    film = snippet("HTML")
    plain = f"<style>{reveal('reveal.css')}</style><script>{reveal('reveal.js')}</script>"
    slides = "".join(f"<section>{inside}</section>" for inside in ("one", film, "three"))
    deck = f'{plain}<div class="reveal"><div class="slides">{slides}</div></div>'
    playing = "!document.querySelector('video').paused"
    with beside(turning, f"{deck}<script>Reveal.initialize({{}})</script>") as path:
        page, wrong = opened(browser, path)
        page.wait_for_function("Reveal.isReady()")
        for key, plays in [("Right", True), ("Right", False), ("Left", True), ("Left", False)]:
            page.keyboard.press(f"Arrow{key}")
            page.wait_for_function(playing if plays else f"!({playing})", timeout=5000)
        assert serious(wrong) == []
    with beside(turning, film) as path:
        page, wrong = opened(browser, path)
        page.wait_for_function(f"{playing} && {FILM}.currentTime > 0.1", timeout=5000)
        page.wait_for_function(f"{FILM}.textTracks[0].language === 'en'", timeout=5000)
        assert serious(wrong) == []


MARP = shutil.which("marp")


@pytest.mark.skipif(MARP is None, reason="without marp: npm install -g @marp-team/marp-cli")
def test_marp_shows_the_whole_film(
    browser: Browser, turning: Path, snippet: Callable[[str], str]
) -> None:
    """The kit's slide, at the top of a file and after another slide; its film is of 3:2."""
    deck = turning.parent / "deck of a test.md"
    with av.open(turning / "clip.loop.mp4") as loop:
        first = next(loop.decode(video=0)).to_image()
    deck.write_text(f"{snippet('Marp')}\n\n---\n\n{snippet('Marp')}\n", encoding="utf-8")
    made = deck.with_suffix(".html")
    try:
        command = [str(MARP), "--no-stdin", str(deck), "-o", str(made)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        assert made.read_text("utf-8").count("<p>A dot goes round – &amp; round.</p>") == 2
        page, _ = opened(browser, made, viewport={"width": 1280, "height": 720})
        page.add_style_tag(content=".bespoke-marp-osc { display: none !important }")
        for number in range(2):
            film = f"document.querySelectorAll('video')[{number}]"
            page.wait_for_function(f"!{film}.paused", timeout=5000)
            page.evaluate(
                f"""new Promise((resolve) => {{
                    {film}.pause();
                    {film}.onseeked = resolve;
                    {film}.currentTime = 0;
                }})"""
            )
            page.wait_for_timeout(300)  # for the frame to be painted
            seen = Image.open(BytesIO(page.screenshot())).convert("RGB")
            shown = np.asarray(seen.crop((100, 0, 1180, 720)), float)
            assert np.abs(shown - np.asarray(first.resize((1080, 720)), float)).mean() < 1
            assert {seen.getpixel((x, 360)) for x in (5, 90, 1190, 1275)} == {(7, 9, 14)}
            page.keyboard.press("ArrowRight")
    finally:
        deck.unlink()
        made.unlink(missing_ok=True)


def test_what_marp_filters_is_not_in_its_snippet(
    browser: Browser, turning: Path, snippet: Callable[[str], str]
) -> None:
    """Marp 4.5.1 keeps width, height and title of a film; a leading line is its front matter."""
    text = snippet("Marp")
    assert not text.startswith("-")
    assert not re.search(r"<track|aria-label=|<video[^>]* style=", text)
    assert re.search(r'<video[^>]* width="100%" title="A dot goes round -- &amp; round\."', text)
    slide = "position: relative; padding: 70px; width: 340px; height: 180px"
    body = f"<body style='margin: 0'><section style='{slide}'><p>{text}</p></section>"
    with beside(turning, body) as path:
        page, _ = opened(browser, path, viewport={"width": 480, "height": 320})
        box = page.evaluate(
            f"(({{x, y, width, height}}) => [x, y, width, height])({FILM}.getBoundingClientRect())"
        )
    assert box == [0, 0, 480, 320], "edge to edge"


def test_a_notebook_shows_the_whole_film(
    browser: Browser, turning: Path, snippet: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the text to copy gives as output of a cell; the film is in it."""
    pytest.importorskip("IPython", reason="pip install ipython")
    monkeypatch.chdir(turning.parent)
    *before, call = ast.parse(snippet("Jupyter")).body
    names: dict[str, object] = {}
    exec(compile(ast.Module(before, []), "cell", "exec"), names)
    video = eval(compile(ast.Expression(call.value), "cell", "eval"), names)
    with beside(turning, f"<body style='margin: 0; width: 300px'>{video._repr_html_()}") as path:
        page, wrong = opened(browser, path)
        page.wait_for_function(f"!{FILM}.paused && {FILM}.currentTime > 0.1", timeout=5000)
        assert page.evaluate(f"{FILM}.getBoundingClientRect().width") == 300
        assert page.evaluate(f"{FILM}.loop && {FILM}.controls")
        assert serious(wrong) == []
