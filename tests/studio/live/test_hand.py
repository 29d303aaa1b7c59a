"""A live page under the hand: what moves, what its address holds, and whom it serves."""

from __future__ import annotations

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from fields import Deep, GradientFlow, formula
from studio.live.show import Show
from tests.studio.live.pages import LINE, LIVE, POINT, Opened, in_browser, show_of, until


@in_browser
def test_an_address_holds_a_state_and_is_checked(opened: Opened) -> None:
    page = opened(show_of(LINE, Deep(4)))
    state = {"s": 0, "start": [1.5, 0.25], "panes": 2, "kind2": "polar", "beads": [[1, 2]]}
    page.evaluate(f"(state) => {LIVE}.set(state)", state)
    until(page, "location.hash.includes('N=inf')")
    page.reload()
    kept = page.evaluate(f"{LIVE}.state")
    assert {name: kept[name] for name in state} == state
    hostile = "N=0&target=1e999,2&start=<img src=x onerror=alert(1)>&kind=constructor&__proto__=1"
    page.goto(page.url.split("#")[0] + "#" + hostile)
    until(page, f"{LIVE}.state.s === 0.25")
    assert page.evaluate(f"{LIVE}.state.start") == [0.6, 0.6]
    told = page.text_content("[role=status]") or ""
    assert "start (give 2 numbers from 0 to 10)" in told
    assert "a name that is not known" in told and "onerror" not in told
    assert page.query_selector("img") is None
    assert page.wrong == []
    # and a page runs nothing that is not its own
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = 'a script'";
            const picture = document.createElement("img");
            picture.setAttribute("onerror", "window.ran = 'a handler'");
            picture.src = "none:";
            document.body.append(script, picture);
            setTimeout("window.ran = 'a text'");
        }"""
    )
    page.wait_for_timeout(100)
    assert page.evaluate("window.ran") is None


@in_browser
def test_a_hand_moves_what_it_takes_hold_of(opened: Opened) -> None:
    page = opened(show_of(POINT, Deep(4)))
    for name in ("start", "best-place"):
        box = page.locator(f".handle.{name} .reach").bounding_box()
        assert box and min(box["width"], box["height"]) >= 44
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 60, y - 30)
        page.mouse.up()
    state = page.evaluate(f"{LIVE}.state")
    unit = page.evaluate(f"{LIVE}.panes[0].plane.svg.getBoundingClientRect().width * 573 / 6900")
    assert np.allclose(state["start"], [0.6 + 60 / unit, 0.6 + 30 / unit], atol=0.01)
    assert np.allclose(state["target"], [3 + 60 / unit, 6 + 30 / unit], atol=0.01)
    assert page.text_content("tr:has-text('lands at') td") == "({:.3f}, {:.3f})".format(
        *state["target"]
    )
    page.focus(".handle.start")
    page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate(f"{LIVE}.state.start[0]") == pytest.approx(state["start"][0] + 0.5)
    assert page.get_attribute(".handle.start", "aria-valuetext").startswith("w1 ")
    page.mouse.click(
        *page.evaluate(
            f"""() => {{
            const box = {LIVE}.panes[0].plane.svg.getBoundingClientRect();
            return [box.left + box.width * 0.7, box.top + box.height * 0.7];
        }}"""
        )
    )
    page.focus(".handle.start")
    page.keyboard.press("Enter")
    beads = page.evaluate(f"{LIVE}.state.beads")
    assert beads[1:] == [page.evaluate(f"{LIVE}.state.start")]
    dial = page.locator("input[type=range]").first
    dial.focus()
    page.keyboard.press("End")
    assert page.evaluate(f"{LIVE}.state.s") == 0
    page.keyboard.press("Home")
    assert page.evaluate(f"{LIVE}.state.s") == 5
    page.get_by_role("button", name="Depth 3").click()
    assert page.evaluate(f"{LIVE}.state.s") == 1 / 3
    page.get_by_role("button", name="Reset").click()
    assert page.evaluate(f"{LIVE}.state.start") == [0.6, 0.6]
    assert page.wrong == []


@in_browser
def test_a_page_shuts_nobody_out(opened: Opened) -> None:
    page = opened(show_of(LINE, Deep(4)), "paused=yes&panes=2&optimizer=adam")
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        until(page, f"document.querySelector('.live.light') {'=!'[scheme == 'light']}== null")
        assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    small = page.evaluate(
        """() => [...document.querySelectorAll(".live button, .live select, .live input")]
            .map((control) => control.getBoundingClientRect())
            .filter((box) => box.height > 0 && box.height < 44).length"""
    )
    assert small == 0


@in_browser
def test_who_wants_less_motion_begins_with_a_still(opened: Opened) -> None:
    page = opened(show_of(POINT, Deep(4)), "", reduced_motion="reduce")
    assert page.evaluate(f"{LIVE}.state.paused")
    page.keyboard.press(" ")
    until(page, f"{LIVE}.time > 0.1")


@in_browser
def test_where_a_field_is_no_number_is_shown(opened: Opened) -> None:
    model = formula("ln(u)/(ln(u) - 1)", (2.0, 2.0))
    page = opened(Show("Gap", POINT, model, count=100))
    told = page.text_content("[role=status]") or ""
    gaps = page.evaluate(f"{LIVE}.panes[0].gaps")
    cells = np.stack(np.meshgrid(*2 * [np.arange(0.125, 10, 0.25)]), axis=-1).reshape(-1, 2)
    with np.errstate(all="ignore"):
        velocity = GradientFlow(POINT, model).velocity(cells)
    assert gaps == cells[~np.isfinite(velocity).all(axis=1)].tolist()
    assert f"({gaps[0][0]:.3f}, {gaps[0][1]:.3f})" in told
    assert len(page.query_selector_all(".gap")) == len(gaps)
