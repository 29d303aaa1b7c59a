"""A live step of the deck: it begins where the film's hold stands, and gives the film back."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from benchmarks.joints import coded
from fields import (
    Deep,
    EvenPace,
    GradientFlow,
    MorphingFlow,
    Own,
    Slide,
    Stream,
    reference_weight,
)
from stage import DARK
from stage.steps import Held
from studio.deck import slides
from studio.deck.page import html
from studio.live.held import told_of
from tests.studio.browsing import patient, until
from tests.studio.live.pages import POINT, in_browser, picture
from tests.studio.live.test_picture import painted, similarity

WIDE, HIGH = 8 * 16 / 9, 8.0
SIDE = 5.73
FLOW = EvenPace(MorphingFlow(POINT, Slide(1.0, 0.25, 2.0, 5.0), reference_weight(POINT)), 1.15)
HELD = Held(Stream(FLOW, 3000, 3.0, 11), 9.5, (-6.25, -2.9, SIDE))
RUNNING = "trial.shown.live"


def told() -> str:
    return told_of(HELD, (0.2, 0.4), 3000, (WIDE, HIGH))


@dataclass
class Deck:
    page: Page
    wrong: list[str]


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two steps with holds; the first of which is followed by a live one."""
    folder = tmp_path_factory.mktemp("deck")
    made = []
    for step in range(2):
        own, hold = ([(2 * step + k, n) for n in range(8)] for k in (0, 1))
        made.append(
            slides.Slide(
                clip="Held", title=f"Step {step + 1}",
                film=coded(folder / f"{step}.mp4", [*own, hold[0]]),
                hold=coded(folder / f"{step}.hold.mp4", hold),
                loops=False, stops=True, frames=8, hold_frames=8, fps=15, notes=(), alt="Bars.",
                cues=(), width=16, height=9, background=DARK.background,
                live="" if step else told(), asks=not step,
            )
        )  # fmt: skip
    html(made, folder / "deck.html")
    return folder / "deck.html"


@pytest.fixture
def shown(browser: Browser, deck: Path) -> Iterator[Deck]:
    context = patient(browser, offline=True, viewport={"width": 1200, "height": 675})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(deck.as_uri())
    until(page, "here.step === 0")
    yield Deck(page, wrong)
    context.close()


def test_a_page_is_told_where_the_hold_stands() -> None:
    state = json.loads(told())
    usual = state["usual"]
    assert (usual["kind"], usual["s"], usual["loss"]) == ("depth", 0.25, "point")
    assert (usual["target"], usual["start"], usual["time"]) == ([3.0, 6.0], [0.2, 0.4], 9.5)
    assert (state["seed"], state["look"]["count"], state["look"]["lifetime"]) == (11, 3000, 3.0)
    assert state["square"] == pytest.approx(
        [0.5 - 6.25 / WIDE, 0.5 - (SIDE - 2.9) / HIGH, SIDE / WIDE, SIDE / HIGH], abs=1e-5
    )


def test_no_page_is_told_of_a_flow_that_it_does_not_know() -> None:
    own = Own(function=lambda u: u**3, guess=1.0)
    stream = Stream(EvenPace(GradientFlow(POINT, own)), 100, 3.0, 1)
    assert told_of(Held(stream, 1.0, HELD.square), (), 100, (WIDE, HIGH)) == ""


@in_browser
def test_a_live_step_begins_where_the_hold_stands_and_gives_way(shown: Deck) -> None:
    page = shown.page
    page.keyboard.press("End")
    until(page, "here.step === 1")
    page.keyboard.press("v")
    assert not page.evaluate("trial.open"), "there is nothing to try in this step"
    page.keyboard.press("Home")
    until(page, "here.step === 0 && here.part === 'hold'")
    page.keyboard.press("PageDown")
    until(page, "trial.open")
    assert page.evaluate("here.step") == 0
    page.keyboard.press("p")
    state: dict[str, Any] = page.evaluate(f"{RUNNING}.state")
    assert state["paused"] and state["theme"] == "dark"
    assert (state["s"], state["start"], state["target"]) == (0.25, [0.2, 0.4], [3, 6])
    page.evaluate(f"{RUNNING}.seek(9.5)")
    page.evaluate(f"document.getElementById('live').live = {RUNNING}")
    seen, place = picture(page)
    size = seen.shape[1], seen.shape[0]
    film = painted(HELD.stream, DARK, place, size, 9.5)
    assert similarity(seen, film) > 0.95
    other = Stream(EvenPace(GradientFlow(POINT, Deep(math.inf)), 1.15), 3000, 3.0, 11)
    assert similarity(seen, painted(other, DARK, place, size, 9.5)) < 0.9
    left, top, side = page.evaluate(
        """() => {
            const box = document.querySelector("#trial .plane svg").getBoundingClientRect();
            const unit = box.width / 690;
            return [box.left + 86 * unit, box.top + 26 * unit, 573 * unit];
        }"""
    )
    scale = 675 / HIGH
    right = 600 - 6.25 * scale, 337.5 - (SIDE - 2.9) * scale, SIDE * scale
    assert np.allclose([left, top, side], right, atol=0.6), "its plane is where the film's is"

    page.focus("#trial input[type=range]")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"{RUNNING}.state.s") != 0.25, "the dial has its own keys"
    page.keyboard.press("PageUp")
    until(page, "!trial.open && here.step === 0 && !player.paused")
    page.keyboard.press("v")
    until(page, "trial.open")
    page.focus("#trial .handle")
    page.keyboard.press("PageDown")
    until(page, "!trial.open && here.step === 1")
    assert shown.wrong == []


@in_browser
def test_without_webgl2_the_film_stays(browser: Browser, deck: Path) -> None:
    page = patient(browser, offline=True).new_page()
    page.add_init_script(
        """const drawn = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...how) {
            return kind === "2d" ? drawn.call(this, kind, ...how) : null;
        };"""
    )
    page.goto(deck.as_uri())
    until(page, "here.step === 0 && here.part === 'hold'")
    page.keyboard.press("v")
    assert "WebGL2" in (page.text_content("#where") or "")
    page.keyboard.press("PageDown")
    until(page, "here.step === 1")


@in_browser
def test_on_a_projector_the_knobs_lie_below_the_equations(shown: Deck) -> None:
    page = shown.page
    page.set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("v")
    until(page, "trial.open && document.querySelector('#trial.lies .equation path')")
    bottoms, top, low, end, buttons = page.evaluate(
        """() => {
            const panel = document.querySelector("#trial .panel");
            const box = (one) => one.getBoundingClientRect();
            return [
                [...panel.querySelectorAll(".equation path")].map((one) => box(one).bottom),
                box(panel.querySelector(".group")).top,
                Math.max(...[...panel.querySelectorAll(".group")].map((one) => box(one).bottom)),
                box(panel).bottom,
                [...document.querySelectorAll("#trial .bar button")].map((one) => box(one).top),
            ];
        }"""
    )
    assert max(bottoms) < top
    assert low <= end, "no knob has to be scrolled to"
    assert len(buttons) > 4 and len(set(buttons)) == 1, "one row, below the plane's numbers"
