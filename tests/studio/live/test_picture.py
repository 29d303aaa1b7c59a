"""What a live page shows, against the film's painter; and how many particles it shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from manim import ManimColor, ValueTracker, tempconfig
from scipy.ndimage import gaussian_filter

from fields import Deep, EvenPace, GradientFlow, Polar, Stream
from fields.particles.stream import starts
from stage.engine.camera import StageCamera
from stage.engine.particles import Particles
from stage.layout import Layout
from stage.theme import DARK, LIGHT, Theme
from studio.live.show import Show
from tests.studio.live.pages import LINE, LIVE, POINT, Opened, in_browser, picture, show_of


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


FIGURES = {
    "N = 4": (POINT, Deep(4), 0.3, "dark"),
    "N = 1/5": (POINT, Deep(0.2), 1.0, "dark"),
    "polar line": (LINE, Polar(), 0.3, "light"),
}
BROKEN = {
    "exponent": "{ ...flow, settings: { ...flow.settings, u_p: 1.4 * flow.settings.u_p } }",
    "target": "{ ...flow, settings: { ...flow.settings, u_l0: flow.settings.u_l0 + 0.7 } }",
    "time": "{ ...flow, settings: { ...flow.settings, u_speed: -flow.settings.u_speed } }",
    "axes": "{ ...flow, settings: { ...flow.settings, u_l0: flow.settings.u_l1, "
    "u_l1: flow.settings.u_l0 } }",
}
"""What a field that is not right may be."""


@in_browser
@pytest.mark.parametrize("name", FIGURES)
def test_the_picture_is_the_films_own(opened: Opened, name: str) -> None:
    """The same particles at the same time, painted by the film's painter, with a GPU and without.

    A field that is not right makes another picture.
    """
    loss, model, softness, theme = FIGURES[name]
    show = show_of(loss, model, softness=softness, count=4000)
    page = opened(show, f"paused=yes&time=2.1&theme={theme}")
    look = {"dark": DARK, "light": LIGHT}[theme]
    right = None
    for painter in ("cpu", "gpu"):
        page.evaluate(f"{LIVE}.panes[0].paintBy('{painter}')")
        seen, place = picture(page)
        if right is None:
            right = film(show, look, place, (seen.shape[1], seen.shape[0]), 2.1)
        assert similarity(seen, right) > 0.99, painter
    if name != "N = 4":
        return
    for what, broken in BROKEN.items():
        page.evaluate(
            f"() => {{ const {{ flow, swarm }} = {LIVE}.panes[0]; swarm.follow({broken}, true); }}"
        )
        assert similarity(picture(page)[0], right) < 0.9, what


@in_browser
def test_a_played_picture_is_the_one_of_its_time(opened: Opened) -> None:
    """Whoever plays up to a time sees what is seen by whoever begins there."""
    page = opened(show_of(POINT, Deep(4), count=1500), "paused=yes&time=1")
    for painter in ("cpu", "gpu"):
        page.evaluate(f"() => {{ {LIVE}.panes[0].paintBy('{painter}'); {LIVE}.seek(1); }}")
        before, _ = picture(page)
        page.evaluate(
            f"() => {{ for (let t = 1; t <= 2; t += 0.05) {LIVE}.seek(t); {LIVE}.seek(2); }}"
        )
        played, _ = picture(page)
        page.evaluate(f"() => {{ {LIVE}.panes[0].swarm.time = null; {LIVE}.seek(2); }}")
        sought, _ = picture(page)
        assert similarity(before, played) < 0.9, "something moved"
        assert np.abs(played.astype(int) - sought.astype(int)).max() <= 2


@in_browser
def test_fewer_particles_are_drawn_where_frames_are_late(opened: Opened) -> None:
    page = opened(show_of(POINT, Deep(1), count=10_000))
    shown = page.evaluate(
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
            look(1 / 3, 16);
            look(1 / 3, 100);
            look(1 / 60, 400);
            return counts;
        }}"""
    )
    assert shown[:2] == [10_000, 10_000], "in time, or out of sight"
    assert shown[2] == round(10_000 * 20 / 24)
    assert shown[3] == pytest.approx(shown[2] / 4, abs=2), "never less than half at once"
    assert shown[4:] == [1000, 10_000]


@in_browser
def test_particles_begin_where_the_films_do(opened: Opened) -> None:
    page = opened(show_of(POINT, Deep(4), count=5000, seed=11, period=None))
    found = page.evaluate(f"() => [-1, 0, 7, 2500, 9999].map((life) => {LIVE}.starts.at(life))")
    blocks = {
        first: starts(np.arange(first, first + 2500), 11, 10.0, 5000)
        for first in (-2500, 0, 2500, 7500)
    }
    right = [blocks[-2500][-1], blocks[0][0], blocks[0][7], blocks[2500][0], blocks[7500][2499]]
    assert np.array_equal(found, right)


@in_browser
@pytest.mark.parametrize("painter", ["cpu", "gpu"])
def test_a_lost_context_comes_back(opened: Opened, painter: str) -> None:
    page = opened(show_of(POINT, Deep(4), count=1500), "paused=yes&time=2&N=6")
    page.evaluate(f"{LIVE}.panes[0].paintBy('{painter}')")
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
    assert len(np.unique(after)) > 50, "there is a picture"
    assert np.array_equal(after, before)
    assert page.evaluate(f"{LIVE}.state.s") == 1 / 6
    assert page.wrong == []


@in_browser
def test_without_webgl_the_paths_are_there(opened: Opened) -> None:
    none = "HTMLCanvasElement.prototype.getContext = () => null"
    page = opened(show_of(LINE, Deep(2)), "", none)
    assert "no WebGL2" in (page.text_content("[role=status]") or "")
    assert page.locator(".way").count() == 2
    assert page.text_content("tr:has-text('lands at') td") == "(1.977, 6.512)"
    assert page.wrong == []
