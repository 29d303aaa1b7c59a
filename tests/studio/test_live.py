"""Live pictures in a real browser, against the mathematics of ``fields`` and the film's painter."""

from __future__ import annotations

import base64
import io
import json
import math
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from manim import ManimColor, ValueTracker, tempconfig
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from scipy.ndimage import gaussian_filter

from fields import (
    Deep,
    EvenPace,
    GradientFlow,
    InversePower,
    LineLoss,
    Log,
    Loss,
    Parameterization,
    PointLoss,
    Polar,
    Power,
    Stream,
    even_rate,
    formula,
    integrate,
    landing,
    reference_weight,
    train,
)
from fields.data.custom import loss_formula
from fields.data.examples import Examples
from fields.data.regression import SquaredLoss
from fields.optimizers.adaptive import Adam, RMSProp
from fields.optimizers.descent import GradientDescent, SignDescent
from fields.parameterization.difference import Difference
from fields.particles.stream import starts
from stage.engine.camera import StageCamera
from stage.engine.particles import Particles
from stage.layout import Layout
from stage.theme import DARK, LIGHT, Theme
from studio.cli.main import main
from studio.job import manifest
from studio.kit import gallery
from studio.live.page import page, write
from studio.live.show import CLIPS, TRUE_RATE, Show, of_formula

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
in_browser = pytest.mark.skipif(CHROMIUM is None, reason="without Chromium: make setup")
LIVE = "document.getElementById('live').live"
POINT, LINE = PointLoss((3.0, 6.0)), LineLoss(-1.0, -2.0, 15.0)
FEW = 1500
"""Particles, where they are not what is looked at."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Callable[..., Page]:
    """Opens the page of a show, from the file system and without a network, at an address."""

    def open_(show: Show, address: str = "paused=yes", **context: Any) -> Page:
        path = write(show, tmp_path / "live.html")
        context = {"viewport": {"width": 1000, "height": 560}, **context}
        seen = browser.new_context(offline=True, **context).new_page()
        seen.wrong = []
        seen.on("pageerror", lambda error: seen.wrong.append(str(error)))
        seen.on("requestfailed", lambda asked: seen.wrong.append(asked.url))
        seen.goto(f"{path.as_uri()}#{address}")
        return seen

    return open_


@pytest.fixture(scope="module")
def page_of(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Page]:
    """Opens the page of one of ``MODELS``, with a loss of its own too, once."""
    pages: dict[str, Page] = {}
    folder = tmp_path_factory.mktemp("models")

    def page_of(name: str) -> Page:
        if name not in pages:
            show = show_of(FORMULA, MODELS[name], count=100)
            path = write(show, folder / f"{len(pages)}.html")
            page = browser.new_context(viewport={"width": 300, "height": 300}).new_page()
            page.wrong = []
            page.on("pageerror", lambda error: page.wrong.append(str(error)))
            page.goto(f"{path.as_uri()}#paused=yes")
            pages[name] = page
        return pages[name]

    return page_of


def show_of(loss: Loss, model: Parameterization, **more: Any) -> Show:
    return Show("A test", loss, model, **{"count": FEW, **more})


def film(show: Show, theme: Theme, place: list[float], size: tuple[int, int], time: float) -> Any:
    """What the film's painter makes of the particles alone, where the page has them."""
    (width, height), (x, y, across, up) = size, place
    flow = EvenPace(
        GradientFlow(show.loss, show.parameterization), show.speed, show.softness, show.loss
    )
    stream = Stream(flow, show.count, show.lifetime, show.seed, 10.0, show.period)
    unit = 10 * across / Layout(8 * 16 / 9, 8.0).size  # pixels, as in a film with such a plane
    shape = {"pixel_width": width, "pixel_height": height}
    with tempconfig(shape | {"frame_width": width / unit, "frame_height": height / unit}):
        camera = StageCamera(background_color=ManimColor(theme.background))
    corner = np.array([x - width / 2, y - height / 2, 0.0])
    corners = np.add(corner, [[0, 0, 0], [10 * across, 0, 0], [0, 10 * up, 0]])
    particles = Particles(stream, ValueTracker(time), corners / unit, 10.0, theme)
    camera.capture_mobjects([particles])
    return camera.pixel_array[..., :3]


def until(page: Page, is_so: str) -> None:
    """Wait; Playwright's own waiting evaluates a text, which the page's policy refuses."""
    for _ in range(200):
        if page.evaluate(is_so):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not in ten seconds: {is_so}")


def similarity(one: Any, other: Any) -> float:
    """SSIM of two pictures, blurred by a pixel before (Z. Wang et al. 2004)."""
    a, b = (gaussian_filter(np.asarray(x, float).mean(axis=-1), 1.0) for x in (one, other))

    def mean(x: Any) -> Any:
        return gaussian_filter(x, 3.0)

    both, first, second = mean(a) * mean(b), mean(a) ** 2, mean(b) ** 2
    spread = mean(a * a) - first + mean(b * b) - second
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    alike = (2 * both + c1) * (2 * (mean(a * b) - both) + c2)
    return float(np.mean(alike / ((first + second + c1) * (spread + c2))))


def picture(page: Page) -> tuple[Any, list[float]]:
    """The particles of the first picture as they are on the screen, and where the plane is."""
    data, place = page.evaluate(
        f"""() => {{
            {LIVE}.redraw();
            const {{ plane }} = {LIVE}.panes[0];
            return [plane.canvas.toDataURL(), plane.place()];
        }}"""
    )
    seen = Image.open(io.BytesIO(base64.b64decode(data.split(",")[1]))).convert("RGB")
    return np.asarray(seen), place


MODELS: dict[str, Parameterization] = {
    "N = 1": Deep(1),
    "N = 4/3": Deep(4 / 3),
    "N = 2": Deep(2),
    "N = 3": Deep(3),
    "N = inf": Deep(math.inf),
    "N = 1/2": Deep(0.5),
    "N = 1/5": Deep(0.2),
    "N = 0.7": Deep(0.7),
    "inverse": InversePower(2),
    "polar": Polar(),
    "log": Log(),
    "difference": Difference(0.3),
    "u^3 + u": formula("u^3 + u"),
    "sinh": formula("sinh(u)"),
    "two": formula("a + b/2, b^2/4 + b"),
    "turned": formula("r cos(t), r sin(t)"),
}
FORMULA = loss_formula("(w1 w2 - 4)^2/20 + w1^2/10 + exp(-w2)")
EXAMPLES = SquaredLoss(Examples(np.array([[1.0, 2.0], [2.0, 0.5]]), np.array([9.0, 4.0])))
PLACES = np.random.default_rng(3).uniform(0.05, 10.0, (1000, 2))


def felt(page: Page, *states: dict[str, str]) -> list[tuple[Any, Any]]:
    """Weights and velocities at ``PLACES`` as the GPU has them, in each of some states."""
    found = page.evaluate(
        f"""([states, places]) => states.map((state) => {{
            {LIVE}.set(state);
            const pane = {LIVE}.panes[0];
            return pane.swarm.probe(places.map((w) => {LIVE}.enter(pane.flow, w)));
        }})""",
        [states, PLACES.tolist()],
    )
    return [tuple(np.split(np.array(one), 2, axis=1)) for one in found]


def wanted(loss: Loss, model: Parameterization, pace: str, w: Any) -> Any:
    """The velocities of ``fields`` there."""
    if pace == "even":
        return EvenPace(GradientFlow(loss, model), 1.15, 0.3, loss).velocity(w)
    rate = even_rate(model, reference_weight(loss)) if isinstance(model, Power) else 1.0
    return GradientFlow(loss, model, TRUE_RATE * rate).velocity(w)


@in_browser
@pytest.mark.parametrize("name", MODELS)
def test_the_gpu_has_the_velocities_of_fields(page_of: Callable[[str], Page], name: str) -> None:
    """At 1,000 places, to 1e-5 of what they are, for each loss and pace."""
    model, page = MODELS[name], page_of(name)
    losses = {"point": POINT, "line": LINE, "own": FORMULA}
    states = [{"loss": kind, "pace": pace} for kind in losses for pace in ("even", "true")]
    states = states[:2] if name == "turned" else states  # whose programs take long to compile
    # written out, what a flow turns by is a difference of large numbers
    allowed = 2e-5 if name == "turned" else 1e-5
    for state, (w, v) in zip(states, felt(page, *states), strict=True):
        assert np.abs(w - PLACES).max() < 1e-5
        right = wanted(losses[state["loss"]], model, state["pace"], w)
        off = np.linalg.norm(v - right, axis=1) / np.linalg.norm(right, axis=1)
        assert off.max() < allowed, (state, PLACES[np.argmax(off)])
    assert page.wrong == []


@in_browser
def test_the_gpu_has_the_loss_of_examples(opened: Callable[..., Page]) -> None:
    ((w, v),) = felt(opened(show_of(EXAMPLES, Deep(2), count=100)), {"pace": "true"})
    right = wanted(EXAMPLES, Deep(2), "true", w)
    assert np.all(np.linalg.norm(v - right, axis=1) < 1e-5 * np.linalg.norm(right, axis=1))


@in_browser
@pytest.mark.parametrize("name", MODELS)
def test_the_path_is_that_of_integrate(page_of: Callable[[str], Page], name: str) -> None:
    """Within half a pixel of 1080 lines, where the plane is 773.55 pixels wide."""
    losses, start = {"point": POINT, "line": LINE}, (0.3, 0.5)
    paths = page_of(name).evaluate(
        f"(states) => states.map((state) => ({LIVE}.set(state), {LIVE}.panes[0].path))",
        [{"loss": kind, "start": start} for kind in losses],
    )
    for path, loss in zip(paths, losses.values(), strict=True):
        flow = EvenPace(GradientFlow(loss, MODELS[name]), 1.0, 0.3, loss)
        right = integrate(flow, start, np.linspace(0, 10.5, 161), rtol=1e-9)
        assert np.shape(path) == right.shape
        assert np.abs(np.array(path) - right).max() * 77.355 < 0.5


@in_browser
@pytest.mark.parametrize("line", [(-1.0, -2.0, 15.0), (2.0, 1.0, -9.0), (-1.0, 2.0, -3.0)])
def test_landing_numbers_are_those_of_landing(
    opened: Callable[..., Page], line: tuple[float, float, float]
) -> None:
    loss, page = LineLoss(*line), opened(show_of(LineLoss(*line), Deep(1), count=100))
    states, right = [], []
    for name in ("N = 1", "N = 2", "N = inf", "N = 1/2", "N = 1/5", "polar"):
        model = MODELS[name]
        for start in [(0.6, 0.001), (0.02, 7.0)]:
            depth = {"kind": "depth", "s": getattr(model, "inverse_depth", 1)}
            kind = {"kind": "polar"} if isinstance(model, Polar) else depth
            states.append(kind | {"start": start})
            x, y = landing(loss, model, start)
            there = f"({x:.3f}, {y:.3f})" if np.isfinite([x, y]).all() else "–"
            right.append(re.sub(r"-(0\.000)", r"\1", there))
    shown = page.evaluate(
        f"""(states) => states.map((state) => {{
            {LIVE}.set(state);
            const rows = [...document.querySelectorAll(".numbers tr")];
            return rows.find((row) => row.innerText.startsWith("lands at")).cells[1].textContent;
        }})""",
        states,
    )
    assert dict(enumerate(shown)) == dict(enumerate(right))


@in_browser
@pytest.mark.parametrize(
    ("name", "model"), [("log", Log()), ("difference", Difference(0.5)), ("own", formula("u^3"))]
)
def test_other_landings_are_where_integrate_goes(
    opened: Callable[..., Page], name: str, model: Parameterization
) -> None:
    page = opened(show_of(LINE, model, count=100, start=(0.5, 0.25)))
    x, y = integrate(EvenPace(GradientFlow(LINE, model), 1.0, 0.3, LINE), (0.5, 0.25), [0, 45])[-1]
    assert page.text_content("tr:has-text('lands at') td") == f"({x:.3f}, {y:.3f})"


@in_browser
def test_real_steps_are_those_of_train(opened: Callable[..., Page]) -> None:
    rules = {
        "descent": GradientDescent(0.01),
        "momentum": GradientDescent(0.01, momentum=0.9),
        "sign": SignDescent(0.01),
        "rmsprop": RMSProp(0.01),
        "adam": Adam(0.01),
    }
    page = opened(show_of(LINE, Deep(2), count=100), "paused=yes&eta=0.01")
    runs = page.evaluate(
        f"(names) => names.map((optimizer) => ({LIVE}.set({{ optimizer }}), "
        f"{LIVE}.panes[0].run.path.slice(0, 1001)))",
        list(rules),
    )
    for run, rule in zip(runs, rules.values(), strict=True):
        right = train(LINE, Deep(2), rule, (0.6, 0.6), steps=1000).weights[:, 0]
        assert np.allclose(run, right, rtol=1e-7)


FIGURES = {
    "N = 4": (POINT, Deep(4), 0.3),
    "N = 1/5": (POINT, Deep(0.2), 1.0),
    "polar line": (LINE, Polar(), 0.3),
}


@in_browser
@pytest.mark.parametrize(
    ("name", "theme"), [("N = 4", "dark"), ("N = 1/5", "dark"), ("polar line", "light")]
)
def test_the_picture_is_the_films_own(opened: Callable[..., Page], name: str, theme: str) -> None:
    """The same particles at the same time, painted by the film's painter; and no other field's."""
    loss, model, softness = FIGURES[name]
    show = show_of(loss, model, softness=softness, count=4000)
    page = opened(show, f"paused=yes&time=2.1&theme={theme}")
    look = {"dark": DARK, "light": LIGHT}[theme]
    seen, place = picture(page)
    size = seen.shape[1], seen.shape[0]
    assert similarity(seen, film(show, look, place, size, 2.1)) > 0.98
    broken = show_of(loss, Deep(2), softness=softness, count=4000)
    assert similarity(seen, film(broken, look, place, size, 2.1)) < 0.9


@in_browser
def test_a_played_picture_is_the_one_of_its_time(opened: Callable[..., Page]) -> None:
    """Whoever plays up to a time sees what is seen by whoever begins there."""
    page = opened(show_of(POINT, Deep(4)), "paused=yes&time=1")
    before, _ = picture(page)
    page.evaluate(f"() => {{ for (let t = 1; t <= 2; t += 0.05) {LIVE}.seek(t); {LIVE}.seek(2); }}")
    played, _ = picture(page)
    page.evaluate(f"() => {{ {LIVE}.panes[0].swarm.time = null; {LIVE}.seek(2); }}")
    sought, _ = picture(page)
    assert similarity(before, played) < 0.9, "something moved"
    assert np.abs(played.astype(int) - sought.astype(int)).max() <= 2


@in_browser
def test_particles_begin_where_the_films_do(opened: Callable[..., Page]) -> None:
    page = opened(show_of(POINT, Deep(4), count=5000, seed=11, period=None))
    found = page.evaluate(f"() => [-1, 0, 7, 2500, 9999].map((life) => {LIVE}.starts.at(life))")
    blocks = {
        first: starts(np.arange(first, first + 2500), 11, 10.0, 5000)
        for first in (-2500, 0, 2500, 7500)
    }
    right = [blocks[-2500][-1], blocks[0][0], blocks[0][7], blocks[2500][0], blocks[7500][2499]]
    assert np.array_equal(found, right)


@in_browser
def test_an_address_holds_a_state_and_is_checked(opened: Callable[..., Page]) -> None:
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
    assert "left out: 5" in (page.text_content("[role=status]") or "")
    assert page.query_selector("img") is None
    assert page.wrong == []


@in_browser
def test_a_page_runs_nothing_that_is_not_its_own(opened: Callable[..., Page]) -> None:
    page = opened(show_of(POINT, Deep(2)))
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
def test_a_hand_moves_what_it_takes_hold_of(opened: Callable[..., Page]) -> None:
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
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_page_shuts_nobody_out(opened: Callable[..., Page], scheme: str) -> None:
    page = opened(show_of(LINE, Deep(4)), "paused=yes&panes=2&optimizer=adam", color_scheme=scheme)
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    small = page.evaluate(
        """() => [...document.querySelectorAll(".live button, .live select, .live input")]
            .map((control) => control.getBoundingClientRect())
            .filter((box) => box.height > 0 && box.height < 44).length"""
    )
    assert small == 0


@in_browser
def test_who_wants_less_motion_begins_with_a_still(opened: Callable[..., Page]) -> None:
    page = opened(show_of(POINT, Deep(4)), "", reduced_motion="reduce")
    assert page.evaluate(f"{LIVE}.state.paused")
    page.keyboard.press(" ")
    until(page, f"{LIVE}.time > 0.1")


@in_browser
def test_a_lost_context_comes_back(opened: Callable[..., Page]) -> None:
    page = opened(show_of(POINT, Deep(4)), "paused=yes&time=2&N=6")
    before, _ = picture(page)
    page.evaluate(
        f"""() => {{
            const {{ swarm, plane }} = {LIVE}.panes[0];
            window.back = new Promise((good) =>
                plane.canvas.addEventListener("webglcontextrestored", () => setTimeout(good)));
            const extension = swarm.gl.getExtension("WEBGL_lose_context");
            extension.loseContext();
            setTimeout(() => extension.restoreContext(), 50);
        }}"""
    )
    page.evaluate("window.back")
    after, _ = picture(page)
    assert np.array_equal(after, before)
    assert page.evaluate(f"{LIVE}.state.s") == 1 / 6


@in_browser
def test_where_a_field_is_no_number_is_shown(opened: Callable[..., Page]) -> None:
    page = opened(Show("Gap", POINT, formula("ln(u)/(ln(u) - 1)", (2.0, 2.0)), count=100))
    told = page.text_content("[role=status]") or ""
    gaps = page.evaluate(f"{LIVE}.panes[0].gaps")
    with np.errstate(all="ignore"):
        velocity = GradientFlow(POINT, formula("ln(u)/(ln(u) - 1)", (2.0, 2.0))).velocity(
            np.array(gaps)
        )
    assert gaps
    assert f"({gaps[0][0]:.3f}, {gaps[0][1]:.3f})" in told
    assert not np.isfinite(velocity).all(axis=1).any()
    assert len(page.query_selector_all(".gap")) == len(gaps)
    smooth = opened(show_of(POINT, formula("u^3 + u"), count=100))
    assert smooth.evaluate(f"{LIVE}.panes[0].gaps") == []


def test_a_page_is_small_and_asks_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mine.html"
    done = CliRunner().invoke(
        main, ["live", "u^3 + u", "--loss", "(w1 w2 - 4)^2", "--to", str(path), "--json"]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.output) == {"page": str(path), "bytes": path.stat().st_size}
    assert path.stat().st_size < 300_000
    text = path.read_text("utf-8")
    assert "default-src 'none'" in text
    assert "eval(" not in text and "innerHTML" not in text


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (["u^^2"], "formula: in 'u^^2', at character 3"),
        (["Nothing"], "There is no clip 'Nothing'"),
        (["OneByOne"], "live: OneByOne shows no flow of two weights"),
        (["u^2", "--loss", "w3 + 1"], "loss: 'w3 + 1' has 3 weights"),
        (["DepthMorph", "--loss", "w1^2"], "DepthMorph brings a loss of its own"),
    ],
)
def test_what_cannot_be_shown_is_said_and_nothing_written(
    tmp_path: Path, asked: list[str], why: str
) -> None:
    path = tmp_path / "none.html"
    done = CliRunner().invoke(main, ["live", *asked, "--to", str(path)])
    assert done.exit_code == 2
    assert why in done.output
    assert not path.exists()


def test_a_formula_cannot_end_the_script_that_it_is_in() -> None:
    text = page(of_formula("u^2", "(w1 w2 - 4)^2"))
    assert text.count("</script") == 1
    hostile = Show("</script><b>&", POINT, Deep(2))
    assert "<b>&" not in page(hostile)


@pytest.mark.parametrize("name", CLIPS)
def test_every_clip_of_a_plane_has_a_page(name: str) -> None:
    from studio.cli.live import show_of as named
    from studio.job.clips import SCENES

    show = named(name, "", SCENES)
    assert show.loss.minimizers(10.0).size


def kit_of(folder: Path, clip: str, scene: str, knobs: dict[str, str]) -> None:
    """As much of a kit as a gallery reads."""
    folder.mkdir(parents=True)
    Image.new("RGB", (16, 9)).save(folder / "poster.png")
    (folder / "clip.mp4").write_bytes(b"film")
    about = {
        "title": clip,
        "chapter": "A",
        "place": 1,
        "shows": "",
        "alt": "",
        "background": "#000",
    }
    numbers = {
        "seconds": 1,
        "fps": 15,
        "width": 16,
        "height": 9,
        "loops": True,
        "said": [],
        "steps": [],
    }
    (folder / "meta.json").write_text(json.dumps(about | numbers))
    made_from = {"scene": scene, "clip": clip, "knobs": knobs}
    manifest.record(folder, "clip.mp4", "film", made_from=made_from)


def test_a_card_of_the_gallery_opens_its_live_page(tmp_path: Path) -> None:
    kit_of(tmp_path / "Ours", "DepthMorph", "scenes/deep.py", {"FLOWREEL_TARGET": "5,2"})
    kit_of(tmp_path / "Modes", "OneByOne", "scenes/modes.py", {})
    kit_of(tmp_path / "Theirs", "Mine", str(tmp_path / "mine.py"), {})
    path, count = gallery.build(tmp_path)
    assert count == 3
    assert re.findall(r'href="(gallery/[^"]*)"', path.read_text("utf-8")) == ["gallery/Ours.html"]
    assert '"target": [5.0, 2.0]' in (tmp_path / "gallery" / "Ours.html").read_text("utf-8")
    assert manifest.flaws(tmp_path) == []
    shutil.rmtree(tmp_path / "Ours")
    gallery.build(tmp_path)
    assert not (tmp_path / "gallery" / "Ours.html").exists()
