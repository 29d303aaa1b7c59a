"""How one goes through the HTML deck: back, by its address, by touch, and unseen for a while."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks.joints import coded_deck
from studio.deck.page import html
from studio.deck.slides import Slide
from tests.studio.browsing import patient, until
from tests.studio.live.pages import in_browser
from tests.studio.test_deck_page import film

pytestmark = in_browser


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Steps of which the second and the third end without a stop."""
    folder = tmp_path_factory.mktemp("running")
    usual = {"film": film(folder / "grey.mp4", 128, 72), "hold": None, "frames": 20, "fps": 10.0}
    usual |= {"hold_frames": 0, "alt": "Grey.", "width": 128, "height": 72, "clip": "Grey"}
    usual |= {"background": "#fbfaf7", "notes": (), "cues": (), "loops": False}
    stops = {"One": True, "Two": False, "Three": False, "Four": True}
    html(
        [Slide(title=name, stops=does, **usual) for name, does in stops.items()], folder / "d.html"
    )
    return folder / "d.html"


@pytest.mark.parametrize("query", ["", "?player=two", "?player=stills"])
def test_back_passes_steps_that_do_not_wait(browser: Browser, running: Path, query: str) -> None:
    context = patient(browser, offline=True)
    page = context.new_page()
    page.goto(running.as_uri() + query)
    until(page, "here.step === 0")
    page.keyboard.press("End")
    until(page, "here.step === 3 && waits(steps, here)")
    page.keyboard.press("PageUp")
    waited = 2 if query == "?player=stills" else 0  # there, each picture waits
    until(page, f"here.step === {waited} && waits(steps, here)")
    page.wait_for_timeout(300)
    assert page.evaluate("here.step") == waited, "it rests"
    context.close()


def test_an_address_is_gone_to_while_the_deck_is_open(browser: Browser, running: Path) -> None:
    context = patient(browser, offline=True)
    page = context.new_page()
    page.goto(running.as_uri() + "#2")
    until(page, "here.step === 1")
    page.evaluate("location.hash = '#4'")
    until(page, "here.step === 3")
    page.evaluate("location.hash = '#9'")
    until(page, "location.hash === '#4'")
    assert page.evaluate("here.step") == 3, "there is no ninth"
    context.close()


def test_what_flows_outlasts_a_time_in_which_no_frame_is_told(
    browser: Browser, tmp_path: Path
) -> None:
    context = patient(browser, offline=True)
    page = context.new_page()
    page.add_init_script(
        """{
          const asks = HTMLVideoElement.prototype.requestVideoFrameCallback;
          HTMLVideoElement.prototype.requestVideoFrameCallback = function (tell) {
            const later = (...told) => window.unseen
              ? setTimeout(() => this.requestVideoFrameCallback(tell), 50) : tell(...told);
            return asks.call(this, later);
          };
        }"""
    )
    page.goto(coded_deck(tmp_path, 2).as_uri())
    until(page, "here.step === 0")
    page.keyboard.press("End")
    until(page, "here.step === 1 && here.part === 'hold'")
    end = page.evaluate("player.end")
    page.evaluate("window.unseen = true")
    until(page, f"shownVideo().currentTime > {end} + 1")
    page.evaluate("window.unseen = false")
    page.evaluate("here.seconds = -1")
    until(page, "here.seconds >= 0 && !shownVideo().paused")
    context.close()


def test_two_fingers_go_nowhere_and_one_goes_on(browser: Browser, running: Path) -> None:
    context = patient(browser, offline=True, has_touch=True)
    page = context.new_page()
    page.goto(running.as_uri() + "#4")
    until(page, "here.step === 3 && waits(steps, here)")
    touches = context.new_cdp_session(page)

    def touch(kind: str, *places: int) -> None:
        points = [{"x": x, "y": 200, "id": number} for number, x in enumerate(places)]
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    page.evaluate("() => { window.gone = 0; player.on = () => window.gone++; }")
    touch("touchStart", 200, 400)
    touch("touchMove", 150, 450)
    touch("touchEnd")
    assert page.evaluate("gone") == 0
    page.touchscreen.tap(300, 200)
    until(page, "gone === 1")
    context.close()
