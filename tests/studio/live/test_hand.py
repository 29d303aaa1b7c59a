"""A live page under the hand: what moves, what its address holds, and whom it serves."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from fields import Deep, GradientFlow, formula
from studio.live.show import Show, of_formula
from tests.studio.browsing import until
from tests.studio.live.pages import LINE, LIVE, POINT, Opened, in_browser, show_of


def middle(page: Page, selector: str) -> tuple[float, float]:
    """The middle of a handle."""
    box = page.locator(f"{selector} >> .reach").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


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
def test_every_control_asks_for_its_part_of_the_state(opened: Opened) -> None:
    page = opened(show_of(LINE, Deep(4)))

    def state(name: str) -> Any:
        return page.evaluate(f"{LIVE}.state.{name}")

    def rows() -> dict[str, str]:
        cells = "row => [row.cells[0].textContent, row.cells[1].textContent]"
        return dict(page.eval_on_selector_all(".numbers tr", f"rows => rows.map({cells})"))

    lands = rows()["lands at"]
    x, y = middle(page, ".handle.on-line >> nth=1")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y - 40)
    page.mouse.up()
    a, b, c = state("line")
    assert math.hypot(a, b) == pytest.approx(math.sqrt(5)), "turned, and as steep as it was"
    assert rows()["lands at"] != lands
    ends = page.evaluate(f"{LIVE}.panes[0].lands")
    assert a * ends[0] + b * ends[1] + c == pytest.approx(0, abs=1e-6)
    page.get_by_label("Parameterization").first.select_option("difference")
    page.get_by_label("Scale α").first.fill("-1")
    assert (state("kind"), state("alpha")) == ("difference", 0.1)
    assert "exponent" not in rows(), "only powers have one"
    page.get_by_label("Size of the start").fill("0.3")
    assert max(state("start")) == 2
    page.get_by_label("Loss").select_option("point")
    page.get_by_label("Real steps").select_option("momentum")
    page.get_by_label("Step size η").fill("-2.5")
    assert (state("loss"), state("optimizer"), state("eta")) == ("point", "momentum", 0.00316)
    assert rows()["real steps end at"].startswith("(")
    for name, values in {"Speed": ["½", "⅕", "1"], "Pace": ["true", "even"]}.items():
        for value in values:
            page.get_by_role("button", name=name).click()
            assert page.get_by_role("button", name=name).inner_text() == f"{name} {value}"
    page.get_by_role("button", name="Pictures 1").click()
    second = page.locator(".column").nth(1)
    second.get_by_role("button", name="Depth infinite").click()
    assert (state("panes"), state("kind2"), state("s2"), state("kind")) == (
        2,
        "depth",
        0,
        "difference",
    )
    assert page.locator("canvas").count() == 2
    assert page.wrong == []


@in_browser
def test_a_finger_does_what_a_mouse_does(opened: Opened) -> None:
    page = opened(
        show_of(POINT, Deep(4), start=(2.0, 3.0)),
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    x, y = middle(page, ".handle.start")
    finger = page.context.new_cdp_session(page)
    for kind, points in (
        ("touchStart", [{"x": x, "y": y}]),
        ("touchMove", [{"x": x + 30, "y": y - 15}]),
        ("touchEnd", []),
    ):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    unit = page.evaluate(f"{LIVE}.panes[0].plane.svg.getBoundingClientRect().width * 573 / 6900")
    moved = page.evaluate(f"{LIVE}.state.start")
    assert np.allclose(moved, [2 + 30 / unit, 3 + 15 / unit], atol=0.02)
    page.touchscreen.tap(x + 100, y - 60)
    assert len(page.evaluate(f"{LIVE}.state.beads")) == 1
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1], "nothing stands beyond the edge"
    page.get_by_role("button", name="Depth infinite").tap()
    assert page.evaluate(f"{LIVE}.state.s") == 0
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


@in_browser
def test_parameters_are_found_where_their_formula_is_singular_at_equal_ones(opened: Opened) -> None:
    """w₁ = u₁u₂, w₂ = u₁ + u₂: roots of x² − w₂x + w₁."""
    page = opened(Show("Roots", POINT, formula("u1 u2, u1 + u2"), count=100))
    flow = f"{LIVE}.flow({LIVE}.state)"
    found = page.evaluate(f"{LIVE}.enter({flow}, [3, 4]).concat({LIVE}.enter({flow}, [2, 9]))")
    roots = [1.0, 3.0, (9 - 73**0.5) / 2, (9 + 73**0.5) / 2]
    np.testing.assert_allclose(np.sort(np.reshape(found, (2, 2))).ravel(), roots, rtol=1e-12)


@in_browser
def test_a_loss_of_one_s_own_has_its_curve_of_best_weights(opened: Opened) -> None:
    page = opened(replace(of_formula("u^2", "(w1 w2 - 4)^2"), count=300))
    curve = page.locator(".best:not(.shade)")
    (drawn,) = (one.get_attribute("d") for one in curve.all())
    places = np.array([part.split() for part in drawn[1:].split("L")], float)
    weights = (places - [86, 26 + 573]) * [10 / 573, -10 / 573]
    assert np.abs(weights.prod(axis=1) - 4).max() < 0.02
    assert weights.min() == pytest.approx(0.4, abs=1e-2) and weights.max() > 9.99
    page.evaluate(f"{LIVE}.set({{ loss: 'point' }})")
    assert curve.count() == 0
