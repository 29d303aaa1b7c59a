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
import pyreveal
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.joints import coded_deck, joints, looks, watched
from stage.text.source import literal
from studio.deck.page import data_text
from studio.film import encode
from studio.job.tasks import Report, Said
from studio.kit.snippets import snippets
from studio.words.captions import cues, written

FILM = "document.querySelector('video')"


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
    page = browser.new_context(offline=True, bypass_csp=True, **context).new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(f"{request.failure} {request.url}"))
    page.goto(path.as_uri())
    return page, wrong


def reveal(name: str) -> str:
    """A file of reveal.js, from the package that carries it."""
    carrier = Path(str(pyreveal.__file__)).parent / "revealjs" / "dist"
    return (carrier / name).read_text(encoding="utf-8").replace("</script", r"<\/script")


def serious(wrong: list[str]) -> list[str]:
    """Without the parts of films that a browser asks for and then has no use for."""
    return [line for line in wrong if not line.startswith("net::ERR_ABORTED")]


def far(page: Path, number: int, poster: Image.Image) -> float:
    """How far a page of a PDF is from a picture, in levels of light."""
    with pypdfium2.PdfDocument(page) as document:
        seen = document[number].render(scale=1).to_pil().convert("RGB")
    wanted = poster.convert("RGB").resize(seen.size)
    return float(np.abs(np.asarray(seen, float) - np.asarray(wanted, float)).mean())


def test_libreoffice_shows_each_slide_with_its_first_picture(
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
    films = [drifting / "steps/01-here.mp4", drifting / "steps/02-there.mp4", turning / "clip.mp4"]
    posters = [encode.first_picture(film) for film in films]
    for name, shown in (("talk", posters), ("slide", posters[2:])):
        paper = tmp_path / f"{name}.pdf"
        assert len(pypdfium2.PdfDocument(paper)) == len(shown)
        for number, poster in enumerate(shown):
            assert far(paper, number, poster) < 2
    other = far(tmp_path / "talk.pdf", 2, posters[1])
    assert other > 2.5, "one poster is far from another, and from nothing"


def test_the_paper_deck_has_a_page_for_each_last_picture(
    reel: Path, drifting: Path, turning: Path
) -> None:
    films = [drifting / "steps/01-here.mp4", drifting / "steps/02-there.mp4", turning / "clip.mp4"]
    for number, film in enumerate(films):
        assert far(reel / "talk" / "talk.pdf", number, encode.last_picture(film)) < 2


def test_a_loop_goes_round_is_stopped_by_space_and_has_captions(
    browser: Browser, turning: Path
) -> None:
    page, wrong = opened(browser, turning / "slide.html")
    page.wait_for_function(f"{FILM}.currentTime > 3.2", timeout=10_000)
    assert page.evaluate("here.seconds") < 2, "in the second lap"
    page.keyboard.press("c")
    caption = "document.getElementById('caption').textContent"
    page.wait_for_function(caption, timeout=10_000)
    assert page.evaluate(caption).replace("\n", " ") == "A dot goes round, and round."
    page.keyboard.press(" ")
    page.wait_for_function(f"{FILM}.paused")
    page.keyboard.press(" ")
    page.wait_for_function(f"!{FILM}.paused")
    assert serious(wrong) == []


def test_a_deck_is_gone_through_step_by_step(browser: Browser, reel: Path) -> None:
    page, wrong = opened(browser, reel / "talk" / "talk.html")
    now = "[here.step, waits(steps, here)]"
    waiting = "here.step === {} && waits(steps, here) === {}"

    def comes(step: int, waits: bool) -> None:
        page.wait_for_function(waiting.format(step, str(waits).lower()), timeout=10_000)

    comes(0, False)
    for key, step, waits in [
        ("PageDown", 0, True),
        ("ArrowRight", 1, False),
        (" ", 1, True),
        ("PageUp", 0, True),
        ("r", 0, False),
        ("b", 0, False),
        ("PageDown", 0, True),
        ("End", 2, True),
        ("ArrowLeft", 1, True),
        ("Home", 0, False),
    ]:
        page.keyboard.press(key)
        comes(step, waits)
        dark = page.evaluate("document.getElementById('dark').hidden")
        assert dark is (key != "b"), page.evaluate(now)
    page.keyboard.press("p")
    page.wait_for_function(f"{FILM}.paused")
    page.keyboard.press("o")
    page.click("#tiles button:nth-child(2)")
    comes(1, False)
    page.mouse.click(200, 200)
    comes(1, True)
    assert serious(wrong) == []


def test_the_speaker_s_window_shows_and_asks(browser: Browser, reel: Path) -> None:
    page, wrong = opened(browser, reel / "talk" / "talk.html")
    page.wait_for_function("here.step === 0")
    with page.context.expect_page() as opening:
        page.keyboard.press("s")
    view = opening.value
    view.wait_for_function("document.getElementById('in-step').textContent", timeout=5000)
    assert view.text_content("#name") == "1/3  Drifting: Here"
    assert view.text_content("#next-name") == "Drifting: There"
    assert "A dot drifts <slowly>" in view.text_content("#notes")
    view.keyboard.press("PageDown")
    page.wait_for_function("waits(steps, here)", timeout=5000)
    view.keyboard.press("PageDown")
    view.wait_for_function("document.getElementById('name').textContent.includes('There')")
    view.keyboard.press("c")
    page.wait_for_function("document.getElementById('caption').textContent", timeout=5000)
    view.wait_for_function("document.getElementById('now').width === 640")
    assert serious(wrong) == []


@pytest.mark.parametrize(("query", "player"), [("", "Stream"), ("?player=two", "TwoVideos")])
def test_at_a_joint_there_is_no_other_picture(
    browser: Browser, query: str, player: str, tmp_path: Path
) -> None:
    """Films whose frames carry their number; ``python -m benchmarks.joints`` goes through more."""
    page = watched(browser, coded_deck(tmp_path, 2), query)
    assert page.evaluate("player.constructor.name") == player
    page.keyboard.press("r")
    page.wait_for_function("here.part === 'step'", timeout=10_000)
    page.wait_for_function("here.part === 'hold' && here.seconds > 0.2", timeout=10_000)
    page.wait_for_timeout(1400)  # a lap, and into the next
    page.keyboard.press("PageDown")
    page.wait_for_function("here.step === 1 && here.seconds > 0.2", timeout=10_000)
    page.keyboard.press("PageUp")
    page.wait_for_function("here.step === 0 && here.seconds > 0.2", timeout=10_000)
    foreign, found, _ = joints(looks(page))
    assert foreign == []
    kinds = {(joint.before.part, joint.after.part) for joint in found}
    assert {(0, 1), (1, 1), (1, 2), (2, 1)} <= kinds, "there and back"
    assert any(lap.before.part == lap.after.part and lap.after.frame == 0 for lap in found)


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
    calm.goto((reel / "talk" / "talk.html").as_uri())
    still = "[here.step, document.getElementById('still').naturalWidth > 0]"
    calm.wait_for_function("document.getElementById('still').naturalWidth > 0")
    assert calm.evaluate("document.getElementById('film').hidden")
    calm.mouse.click(200, 200)
    calm.wait_for_function("here.step === 1")
    assert calm.evaluate(still) == [1, True]


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
