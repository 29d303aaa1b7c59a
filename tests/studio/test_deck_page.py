"""What a lecturer sees of the HTML deck beside its films: captions, notes, the second window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from benchmarks.joints import coded_deck
from studio.deck.page import html
from studio.deck.slides import Slide
from studio.words.captions import Cue
from tests.studio.browsing import patient, until
from tests.studio.live.pages import in_browser

pytestmark = in_browser
NOTED = "document.getElementById('noted').textContent"
BOX = "(id) => document.getElementById(id).getBoundingClientRect().toJSON()"
Opened = tuple[Page, list[str]]


def film(path: Path, width: int, height: int) -> Path:
    """Two seconds of grey."""
    with av.open(path, "w", format="mp4") as made:
        stream = made.add_stream("libx264", rate=10)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for level in range(20):
            grey = np.full((height, width, 3), 40 + level, np.uint8)
            made.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        made.mux(stream.encode())
    return path


def deck(folder: Path, width: int, height: int, **other: Any) -> Path:
    """A step that waits at its end, and a figure, which loops."""
    grey = film(folder / "grey.mp4", width, height)
    usual = {"film": grey, "hold": None, "frames": 20, "hold_frames": 0, "fps": 10.0}
    usual |= {"alt": "Grey.", "width": width, "height": height, "background": "#fbfaf7"}
    usual |= {"notes": ("What to say.",), "cues": (Cue(0.0, 2.0, "It is grey."),)} | other
    step = Slide(clip="Grey", title="Step", loops=False, stops=True, **usual)
    figure = Slide(clip="Grey", title="Figure", loops=True, stops=False, **usual)
    html([step, figure], folder / "deck.html")
    return folder / "deck.html"


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return deck(tmp_path_factory.mktemp("wide"), 128, 72)


@pytest.fixture
def opened(browser: Browser, wide: Path) -> Iterator[Opened]:
    context = patient(browser, offline=True, viewport={"width": 1280, "height": 720})
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(wide.as_uri())
    until(page, "here.step === 0")
    yield page, wrong
    context.close()
    assert wrong == []


def speaker(page: Page) -> Page:
    with page.context.expect_page() as opening:
        page.keyboard.press("s")
    view = opening.value
    view.set_viewport_size({"width": 1100, "height": 700})
    until(view, "document.getElementById('in-step').textContent")
    return view


def test_captions_cover_the_sentence_that_the_film_shows(opened: Opened) -> None:
    page, _ = opened
    page.keyboard.press("c")
    until(page, "document.getElementById('caption').textContent")
    box = page.evaluate(BOX, "caption")
    assert (box["left"], box["right"], box["bottom"]) == (0, 1280, 720)
    assert 0.8 * 720 < box["top"] < 0.87 * 720, "over the sentence, below the picture"
    ground = "getComputedStyle(document.getElementById('caption')).backgroundColor"
    assert page.evaluate(ground) == "rgb(7, 9, 14)", "nothing is seen through it"
    page.keyboard.press("c")
    assert page.evaluate(BOX, "caption")["height"] == 0


def test_a_key_that_changes_nothing_yet_says_so(opened: Opened) -> None:
    page, _ = opened
    page.keyboard.press("l")
    assert page.evaluate(NOTED) == "A click waits for the lap's end"
    page.keyboard.press("v")
    assert page.evaluate(NOTED) == "Nothing of this step can be tried."
    assert page.evaluate(BOX, "noted")["width"] > 100
    until(page, f"{NOTED} === ''")
    view = speaker(page)
    view.keyboard.press("l")
    assert view.evaluate(NOTED) == "A click goes on at once"
    assert page.evaluate(NOTED) == "", "the audience does not read it"


@pytest.mark.parametrize("size", [(128, 72), (72, 128)])
def test_the_speaker_s_window_holds_notes_and_buttons(
    browser: Browser, tmp_path: Path, size: tuple[int, int]
) -> None:
    many = tuple(f"{number}: what to say." for number in range(40))
    context = patient(browser, offline=True)
    page = context.new_page()
    page.goto(deck(tmp_path, *size, notes=many).as_uri())
    until(page, "here.step === 0")
    view = speaker(page)
    until(view, "document.getElementById('now').width === 640")
    picture, notes, on = (view.evaluate(BOX, name) for name in ("now", "notes", "goes-on"))
    assert picture["width"] / picture["height"] == pytest.approx(size[0] / size[1], rel=0.02)
    assert picture["bottom"] <= notes["top"] <= notes["bottom"] - 80
    assert notes["bottom"] <= on["top"] < on["bottom"] <= 700
    assert view.evaluate("document.documentElement.scrollHeight") <= 700
    context.close()


def test_the_speaker_s_keys_close_what_lies_over_the_audience_s_film(opened: Opened) -> None:
    page, _ = opened
    view = speaker(page)
    view.keyboard.press("o")
    until(page, "document.getElementById('overview').open")
    view.keyboard.press("Escape")
    until(page, "!document.getElementById('overview').open")
    view.keyboard.press("h")
    view.keyboard.press("End")
    until(page, "!document.getElementById('help').open && here.step === 1")


@pytest.mark.parametrize("query", ["", "?player=two", "?player=stills"])
def test_at_the_end_of_the_talk_what_flows_goes_on(
    browser: Browser, tmp_path: Path, query: str
) -> None:
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(coded_deck(tmp_path, 2).as_uri() + query)
    until(page, "here.step === 0")
    page.keyboard.press("End")
    until(page, "here.step === 1 && here.part === 'hold'")
    for key in ("PageDown", "ArrowRight", "Enter", " ", None):
        page.evaluate("document.getElementById('noted').replaceChildren()")
        page.keyboard.press(key) if key else page.mouse.click(200, 200)
        assert page.evaluate(NOTED) == "The end of the talk.", key
        assert page.evaluate("[here.step, here.part, player.paused]") == [1, "hold", False], key
    if query != "?player=stills":
        until(page, "!shownVideo().paused && here.seconds > 0.6")
        until(page, "here.seconds < 0.3")
    page.keyboard.press("PageUp")
    until(page, "here.step === 0 && here.part === 'hold'")
    context.close()


def test_space_alone_stops_the_figure_that_ends_a_talk(opened: Opened) -> None:
    page, _ = opened
    page.keyboard.press("End")
    until(page, "here.step === 1")
    page.keyboard.press("PageDown")
    page.mouse.click(200, 200)
    assert page.evaluate("[here.step, player.paused]") == [1, False]
    for paused in (True, False):
        page.keyboard.press(" ")
        assert page.evaluate("player.paused") is paused


def test_the_speaker_s_key_fills_the_audience_s_screen(opened: Opened) -> None:
    page, _ = opened
    view = speaker(page)
    # asked from there: what is evaluated counts as a gesture in its window
    until(view, "!opener.navigator.userActivation.isActive")
    view.keyboard.press("f")
    until(view, "opener.document.fullscreenElement !== null")
    assert view.evaluate("document.fullscreenElement") is None
    view.keyboard.press("f")
    until(page, "document.fullscreenElement === null")


def test_where_full_screen_is_not_passed_on_the_speaker_is_told(opened: Opened) -> None:
    page, _ = opened
    page.evaluate("() => { Element.prototype.requestFullscreen = () => Promise.reject(); }")
    view = speaker(page)
    view.keyboard.press("f")
    until(view, f"{NOTED} !== ''")
    assert "press f there" in view.evaluate(NOTED)
    assert page.evaluate(NOTED) == "", "the audience does not read it"
    page.keyboard.press("f")
    until(view, f"{NOTED} === 'This browser gives no full screen here.'")


def test_no_key_of_the_speaker_is_lost(opened: Opened) -> None:
    page, _ = opened
    page.evaluate(
        """() => {
            window.heard = [];
            for (const name in keys) keys[name] = () => heard.push(name);
        }"""
    )
    names = page.evaluate("Object.entries(bound)")
    page.keyboard.press("s")  # which is heard, and opens nothing now
    assert page.evaluate("heard") == ["speaker"]
    page.evaluate("speaker = openSpeaker(null)")
    (view,) = (other for other in page.context.pages if other is not page)
    view.click("#goes-on")  # whose focus takes no key away
    page.evaluate("speaker.at('goes-on').addEventListener('click', () => heard.push('click'))")
    page.evaluate("heard.length = 0")
    for key, _ in names:
        view.keyboard.press(key)
    assert page.evaluate("heard") == [name for _, name in names]


def test_the_speaker_s_time_is_right_where_timers_are_late(opened: Opened) -> None:
    page, _ = opened
    view = speaker(page)
    page.evaluate("Date.now = ((now) => () => now() + 60_000)(Date.now)")
    until(view, "document.getElementById('in-step').textContent.startsWith('1:0')")
    page.keyboard.press("End")
    until(view, "document.getElementById('in-step').textContent === '0:00'")


def test_the_speaker_s_window_ends_with_its_deck(opened: Opened) -> None:
    page, _ = opened
    view = speaker(page)
    with view.expect_event("close"):
        page.reload()


def test_keys_that_come_before_the_first_picture_do_no_harm(browser: Browser, wide: Path) -> None:
    context = patient(browser, offline=True)
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.add_init_script("HTMLVideoElement.prototype.requestVideoFrameCallback = () => 0;")
    page.goto(wide.as_uri())
    for key in ("PageDown", "PageUp", "r", "v", "s"):
        page.keyboard.press(key)
    page.mouse.click(200, 200)
    assert (wrong, len(context.pages)) == ([], 1)
    context.close()


def test_who_wants_less_motion_can_ask_for_it(browser: Browser, wide: Path) -> None:
    context = patient(browser, offline=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(wide.as_uri())
    assert page.evaluate("player.constructor.name") == "Stills"
    page.keyboard.press(" ")
    until(page, "here.step === 1")
    assert page.evaluate("player.constructor.name") == "Stills"
    page.keyboard.press(" ")  # at a figure, which loops
    until(page, "here.seconds > 0.3 && !document.getElementById('film').paused")
    page.keyboard.press(" ")
    until(page, "document.getElementById('film').paused")
    page.goto("about:blank")
    page.goto(wide.as_uri())
    page.keyboard.press("p")
    until(page, "here.step === 0 && here.seconds > 0.3")
    assert page.evaluate("document.getElementById('still').hidden")
    context.close()


def test_a_button_that_is_reached_by_tab_is_pressed_by_its_keys(opened: Opened) -> None:
    page, _ = opened
    view = speaker(page)
    page.keyboard.press("End")
    until(page, "here.step === 1")
    view.focus("#goes-back")
    view.keyboard.press("Enter")
    until(page, "here.step === 0")
    view.focus("#goes-on")
    view.keyboard.press(" ")
    until(page, "here.step === 1")


def test_the_overview_says_which_step_is_current(opened: Opened) -> None:
    page, _ = opened
    page.keyboard.press("End")
    until(page, "here.step === 1")
    page.keyboard.press("o")
    current = "[...document.querySelectorAll('#tiles button')].map((b) => b.ariaCurrent)"
    assert page.evaluate(current) == [None, "step"]
    assert page.evaluate("document.activeElement.ariaCurrent") == "step"


@pytest.mark.parametrize("key", ["", "o"], ids=["stage", "overview"])
def test_on_paper_the_deck_is_the_last_picture_of_each_step(opened: Opened, key: str) -> None:
    page, _ = opened
    if key:
        page.keyboard.press(key)
    page.emulate_media(media="print")
    printed = page.evaluate(
        """() => [...document.querySelectorAll("#tiles button")].map((step) => {
          const { width, height } = step.querySelector("img").getBoundingClientRect();
          return [step.innerText.trim(), width > 0.6 * innerWidth && height > 0];
        })"""
    )
    assert printed == [["1. Grey: Step", True], ["2. Grey: Figure", True]]
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
    assert page.locator("#stage").is_hidden()
    heights = page.evaluate(
        """() => [...document.querySelectorAll("#tiles button")]
          .map((step) => step.getBoundingClientRect().top)"""
    )
    assert heights[1] > heights[0]


def test_the_speakers_window_has_the_title_of_its_deck(opened: Opened) -> None:
    """Of two decks that are open, a list of windows tells whose it is."""
    page, _ = opened
    assert speaker(page).title() == "Speaker: Grey"
