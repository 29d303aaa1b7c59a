"""What a live page shows, against the film's painter; and how many particles it shows."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from manim import ManimColor, ValueTracker, tempconfig
from PIL import Image
from playwright.sync_api import Browser, Page
from scipy.ndimage import gaussian_filter

from fields import Deep, EvenPace, GradientFlow, Loss, Parameterization, Polar, Stream
from fields.particles.starts import starts
from stage.engine.camera import StageCamera
from stage.engine.particles import Particles
from stage.layout import Layout
from stage.theme import DARK, LIGHT, Theme
from studio.live.page import write
from studio.live.show import Show
from tests.studio.browsing import patient
from tests.studio.live.pages import LINE, LIVE, POINT, Opened, in_browser, picture, show_of


def film(show: Show, theme: Theme, place: list[float], size: tuple[int, int], time: float) -> Any:
    """What the film's painter makes of the particles alone, where the page has them."""
    flow = EvenPace(
        GradientFlow(show.loss, show.parameterization), show.speed, show.softness, show.loss
    )
    stream = Stream(flow, show.count, show.lifetime, show.seed, 10.0, show.period)
    return painted(stream, theme, place, size, time)


def painted(
    stream: Stream, theme: Theme, place: list[float], size: tuple[int, int], time: float
) -> Any:
    """A stream as the film's painter has it, its plane at a place of a picture."""
    (width, height), (x, y, across, up) = size, place
    unit = 10 * across / Layout(8 * 16 / 9, 8.0).size  # pixels, as in a film with such a plane
    shape = {"pixel_width": width, "pixel_height": height}
    with tempconfig(shape | {"frame_width": width / unit, "frame_height": height / unit}):
        camera = StageCamera(background_color=ManimColor(theme.background))
    corner = np.array([x - width / 2, y - height / 2, 0.0])
    corners = np.add(corner, [[0, 0, 0], [10 * across, 0, 0], [0, 10 * up, 0]])
    lit = theme.exposed(stream.count)
    particles = Particles(stream, ValueTracker(time), corners / unit, 10.0, lit)
    camera.capture_mobjects([particles])
    return camera.pixel_array[..., :3]


def shot(page: Page) -> Any:
    """The particles as they are on the screen."""
    return picture(page)[0]


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


BROKEN = {
    "exponent": "u_p: 1.4 * flow.settings.u_p",
    "target": "u_l0: flow.settings.u_l0 + 0.7",
    "time": "u_speed: -flow.settings.u_speed",
    "axes": "u_l0: flow.settings.u_l1, u_l1: flow.settings.u_l0",
}
"""What may be wrong with a field."""
FOUR = show_of(POINT, Deep(4), count=2000, seed=11, period=None)


@pytest.fixture(scope="module")
def four(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page of ``FOUR``, on which nothing moves by itself."""
    path = write(FOUR, tmp_path_factory.mktemp("four") / "live.html")
    page = patient(browser, viewport={"width": 1000, "height": 560}).new_page()
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.goto(f"{path.as_uri()}#paused=yes&theme=dark")
    yield page
    assert page.wrong == []


def paint_by(page: Page, painter: str, time: float) -> None:
    """Let the picture of a time be painted with a GPU, or without."""
    page.evaluate(f"() => {{ {LIVE}.panes[0].paintBy('{painter}'); {LIVE}.seek({time}); }}")


@in_browser
def test_the_picture_is_the_films_own(four: Page) -> None:
    """The same particles at the same time, painted by the film's painter, with a GPU and without.

    A field that is not right makes another picture.
    """
    for painter in ("gpu", "cpu"):
        paint_by(four, painter, 2.1)
        seen, place = picture(four)
        if painter == "gpu":
            right = film(FOUR, DARK, place, (seen.shape[1], seen.shape[0]), 2.1)
        assert similarity(seen, right) > 0.99, painter
    for what, broken in BROKEN.items():
        four.evaluate(
            f"""() => {{
                const {{ flow, swarm }} = {LIVE}.panes[0];
                swarm.follow({{ ...flow, settings: {{ ...flow.settings, {broken} }} }}, true);
            }}"""
        )
        assert similarity(picture(four)[0], right) < 0.9, what
    four.evaluate(f"{LIVE}.set({{}})")
    assert similarity(picture(four)[0], right) > 0.99, "mended"


@in_browser
@pytest.mark.parametrize(
    ("model", "loss", "softness"), [(Deep(0.2), POINT, 1.0), (Polar(), LINE, 0.3)]
)
def test_other_pictures_are_the_films_too(
    opened: Opened, model: Parameterization, loss: Loss, softness: float
) -> None:
    show = show_of(loss, model, softness=softness, count=1000)
    seen, place = picture(opened(show, "paused=yes&time=2.1&theme=light"))
    size = seen.shape[1], seen.shape[0]
    assert similarity(seen, film(show, LIGHT, place, size, 2.1)) > 0.99
    assert similarity(seen, film(FOUR, LIGHT, place, size, 2.1)) < 0.9


@in_browser
@pytest.mark.parametrize("painter", ["cpu", "gpu"])
def test_a_played_picture_is_the_one_of_its_time(four: Page, painter: str) -> None:
    """Whoever plays up to a time sees what is seen by whoever begins there."""
    paint_by(four, painter, 1)
    before = shot(four)
    four.evaluate(
        f"() => {{ for (let t = 1; t < 2.01; t += 0.05) {LIVE}.seek(t); {LIVE}.seek(2); }}"
    )
    played = shot(four)
    four.evaluate(f"() => {{ {LIVE}.panes[0].swarm.time = null; {LIVE}.seek(2); }}")
    assert similarity(before, played) < 0.9, "something moved"
    assert np.abs(played.astype(int) - shot(four).astype(int)).max() <= 2


@in_browser
def test_fewer_particles_are_drawn_where_frames_are_late(four: Page) -> None:
    shown = four.evaluate(
        f"""() => {{
            const {{ tempo, panes }} = {LIVE}, pane = panes[0], counts = [];
            const look = (seconds, frames) => {{
                for (let k = 0; k < frames; k++) tempo.take(seconds);
                pane.swarm.shown = tempo.shown;
                pane.frame(2, pane.spec.themes.dark, true);
                counts.push(pane.swarm.trails(50).shown);
            }};
            look(1 / 60, 100);
            look(1, 100);
            look(1 / 20, 8);
            look(1 / 3, 100);
            look(1 / 60, 400);
            return counts;
        }}"""
    )
    assert shown[:2] == [2000, 2000], "in time, or out of sight"
    assert shown[2] == round(2000 * 20 / 24)
    assert shown[3:] == [1000, 2000], "at least so many, and all again"


@in_browser
def test_particles_begin_where_the_films_do(four: Page) -> None:
    found = four.evaluate(f"() => [-1, 0, 7, 2048, 9999].map((life) => {LIVE}.starts.at(life))")
    blocks = {
        first: starts(np.arange(first, first + 2048), 11, 10.0, 2000)
        for first in (-2048, 0, 2048, 8192)
    }
    right = [blocks[-2048][-1], blocks[0][0], blocks[0][7], blocks[2048][0], blocks[8192][1807]]
    assert np.array_equal(found, right)


@in_browser
@pytest.mark.parametrize("painter", ["cpu", "gpu"])
def test_a_lost_context_comes_back(four: Page, painter: str) -> None:
    paint_by(four, painter, 2)
    before = shot(four)
    four.evaluate(
        f"""() => {{
            const {{ swarm, plane }} = {LIVE}.panes[0];
            window.back = new Promise((good) =>
                plane.canvas.addEventListener("webglcontextrestored", () => setTimeout(good)));
            const extension = swarm.gl.getExtension("WEBGL_lose_context");
            extension.loseContext();
            setTimeout(() => extension.restoreContext(), 50);
        }}"""
    )
    four.evaluate("window.back")
    assert len(np.unique(before)) > 50, "there is a picture"
    assert np.array_equal(shot(four), before)
    assert four.evaluate(f"{LIVE}.state.s") == 1 / 4


@in_browser
def test_who_lets_go_of_a_picture_keeps_no_context(opened: Opened) -> None:
    page = opened(show_of(POINT, Deep(1)), "paused=yes&panes=2")
    lost = page.evaluate(
        f"""async () => {{
            const {{ panes }} = {LIVE};
            {LIVE}.end();
            await new Promise((good) => setTimeout(good, 50));
            return panes.map(({{ swarm }}) => swarm.gl.isContextLost());
        }}"""
    )
    assert lost == [True, True]
    assert page.wrong == []


@in_browser
def test_without_webgl_the_paths_are_there_over_a_still(opened: Opened) -> None:
    none = "HTMLCanvasElement.prototype.getContext = () => null"
    show = show_of(LINE, Deep(2), count=5000)
    page = opened(show, "", none)
    assert "no WebGL2" in (page.text_content("[role=status]") or "")
    assert page.locator(".way").count() == 2
    assert "stand still" in (page.text_content("[role=status]") or "")
    box = page.locator("[role=status]").bounding_box()
    assert box and box["y"] + box["height"] <= 560, "it is read without scrolling"
    still = page.locator(".plane img")
    for theme, name in ((DARK, "dark"), (LIGHT, "light")):
        page.evaluate(
            f"""() => new Promise((drawn) => {{
                {LIVE}.set({{ theme: '{name}' }});
                requestAnimationFrame(() => requestAnimationFrame(drawn));
            }})"""
        )
        data = still.evaluate("(picture) => picture.src").split(",")[1]
        seen = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")
        large = np.asarray(seen.resize((690, 684)))
        right = film(show, theme, [86.0, 85.0, 57.3, 57.3], (690, 684), 0.0)
        assert similarity(large, right) > 0.9, "as the film has it"
        assert similarity(large, np.roll(right, 5, axis=1)) < 0.7, "and where the plane is"
    assert still.is_visible()
    page.evaluate(f"{LIVE}.set({{ s: 0.25 }})")
    still.wait_for(state="hidden")
    assert "no particles" in (page.text_content("[role=status]") or "")
    page.evaluate(f"{LIVE}.set({{ s: 0.5 }})")
    still.wait_for(state="visible")
    assert page.text_content("tr:has-text('lands at') td") == "(1.977, 6.512)"
    assert page.wrong == []
