"""What the files of a talk do in real players: LibreOffice, Chromium, a reader of PDF."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page

from benchmarks.joints import Joint, coded_deck, joints, looks, watched
from stage.text.source import literal
from studio.deck.page import data_text
from studio.film import encode
from studio.job.tasks import Report, Said
from studio.words.captions import cues, written
from tests.studio.browsing import PATIENCE, opened, patient, serious, until

FILM = "document.querySelector('video')"


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
    until(page, f"{FILM}.currentTime > 3.2")
    assert page.evaluate("here.seconds") < 2, "in the second lap"
    page.keyboard.press("c")
    caption = "document.getElementById('caption').textContent"
    until(page, caption)
    assert page.evaluate(caption).replace("\n", " ") == "A dot goes round, and round."
    page.keyboard.press(" ")
    until(page, f"{FILM}.paused")
    page.keyboard.press(" ")
    until(page, f"!{FILM}.paused")
    assert serious(wrong) == []


def test_a_deck_is_gone_through_step_by_step(browser: Browser, reel: Path) -> None:
    page, wrong = opened(browser, reel / "talk" / "talk.html")
    now = "[here.step, waits(steps, here)]"
    waiting = "here.step === {} && waits(steps, here) === {}"

    def comes(step: int, waits: bool) -> None:
        until(page, waiting.format(step, str(waits).lower()))

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
    until(page, f"{FILM}.paused")
    page.keyboard.press("o")
    page.click("#tiles button:nth-child(2)")
    comes(1, False)
    page.mouse.click(200, 200)
    comes(1, True)
    assert serious(wrong) == []


def test_what_a_deck_s_policy_forbids_does_not_run_and_is_noticed(
    browser: Browser, reel: Path
) -> None:
    page, wrong = opened(browser, reel / "talk" / "talk.html")
    page.evaluate(
        """() => {
            const stranger = document.createElement("script");
            stranger.textContent = "window.stranger = true";
            document.body.append(stranger);
        }"""
    )
    assert page.evaluate("window.stranger") is None
    assert [line for line in serious(wrong) if "Content Security Policy" in line]


def test_the_speaker_s_window_shows_and_asks(browser: Browser, reel: Path) -> None:
    page, wrong = opened(browser, reel / "talk" / "talk.html")
    until(page, "here.step === 0")
    with page.context.expect_page() as opening:
        page.keyboard.press("s")
    view = opening.value
    until(view, "document.getElementById('in-step').textContent")
    assert view.text_content("#name") == "1/3  Drifting: Here"
    assert view.text_content("#next-name") == "Drifting: There"
    assert "A dot drifts <slowly>" in view.text_content("#notes")
    view.keyboard.press("PageDown")
    until(page, "waits(steps, here)")
    view.keyboard.press("PageDown")
    until(view, "document.getElementById('name').textContent.includes('There')")
    view.keyboard.press("c")
    until(page, "document.getElementById('caption').textContent")
    until(view, "document.getElementById('now').width === 640")
    assert serious(wrong) == []


class Watched:
    """A page with a deck of coded frames, and what has been seen since a key was pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.begun = page, 0

    def press(self, key: str) -> None:
        self.begun = max(0, len(looks(self.page)) - 1)
        self.page.keyboard.press(key)

    def until(self, is_so: Callable[[Joint], bool]) -> None:
        """Wait for a joint: a busy browser may look away while one passes, and there are more."""
        patience = time.monotonic() + PATIENCE / 1000
        while True:
            seen = looks(self.page)
            foreign, found, _ = joints(seen[self.begun :])
            assert foreign == []
            if any(map(is_so, found)):
                return
            assert time.monotonic() < patience, f"it does not come, but {found}"
            self.page.wait_for_timeout(50)


def between(before: set[int], after: int) -> Callable[[Joint], bool]:
    return lambda joint: joint.before.part in before and joint.after.part == after


@pytest.mark.parametrize(("query", "player"), [("", "Stream"), ("?player=two", "TwoVideos")])
def test_at_a_joint_there_is_no_other_picture(
    browser: Browser, query: str, player: str, tmp_path: Path
) -> None:
    """Films whose frames carry their number; ``python -m benchmarks.joints`` goes through more."""
    page = watched(browser, coded_deck(tmp_path, 2), query)
    assert page.evaluate("player.constructor.name") == player
    deck = Watched(page)
    deck.press("r")
    deck.until(between({0}, 1))
    deck.until(lambda lap: lap.before.part == lap.after.part == 1 and lap.after.frame == 0)
    deck.press("PageDown")
    deck.until(between({1}, 2))
    deck.press("PageUp")
    deck.until(between({2, 3}, 1))
    assert joints(looks(page))[0] == []


def test_two_videos_take_turns_where_no_first_picture_is_told(
    browser: Browser, tmp_path: Path
) -> None:
    """On a busy machine the browser tells of it while the film is still being sought."""
    page = patient(browser, offline=True).new_page()
    page.add_init_script(
        """const told = HTMLVideoElement.prototype.requestVideoFrameCallback;
        HTMLVideoElement.prototype.requestVideoFrameCallback = function (run) {
            const later = (...seen) => this.paused ? told.call(this, later) : run(...seen);
            return told.call(this, later);
        };"""
    )
    page.goto(coded_deck(tmp_path, 2).as_uri() + "?player=two")
    until(page, "here.part === 'hold' && here.seconds > 0.2")
    page.keyboard.press("PageDown")
    until(page, "here.step === 1 && here.seconds > 0.2")
    page.keyboard.press("PageUp")
    until(page, "here.step === 0 && here.part === 'hold'")


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
    until(page, f"{FILM}.currentTime > 0")
    assert serious(wrong) == []


def test_who_wants_less_motion_gets_the_still(browser: Browser, reel: Path, turning: Path) -> None:
    calm, _ = opened(browser, reel / "index.html", reduced_motion="reduce")
    calm.hover("video")
    calm.focus("button.play")
    calm.wait_for_timeout(400)
    assert not calm.evaluate(f"{FILM}.currentTime > 0")
    calm.keyboard.press("Enter")
    until(calm, f"{FILM}.currentTime > 0")
    calm.goto((reel / "talk" / "talk.html").as_uri())
    still = "[here.step, document.getElementById('still').naturalWidth > 0]"
    until(calm, "document.getElementById('still').naturalWidth > 0")
    assert calm.evaluate("document.getElementById('film').hidden")
    calm.mouse.click(200, 200)
    until(calm, "here.step === 1")
    assert calm.evaluate(still) == [1, True]


TEXTS = [
    "{x : x > 0} or {0, 1}, a <= b < c",
    "<i>not slanted</i> & <b>not bold</b>",
    "&lt; is not <, --> is no time",
    r"{\an8} and \N, café, w₁ ∈ ℝ",
]


def test_a_browser_shows_every_character_of_a_caption(browser: Browser) -> None:
    said = tuple(Said(literal(text), 9.0 * n, 9.0 * n + 9) for n, text in enumerate(TEXTS))
    report = Report(seconds=36.0, plays=(), said=said, sections=(), frames=0)
    track = data_text(written(cues(report), "vtt"), "text/vtt")
    page = browser.new_context(offline=True).new_page()
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
