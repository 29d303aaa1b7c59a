"""Of few particles and of many a picture has light enough, and not so much that it is white."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scenes.figures import PointDeepFour
from stage import DARK, LIGHT, Theme
from tests.scenes.clips import small


def light(theme: Theme, count: int, folder: Path) -> np.ndarray:
    """How far each colour of the swarm's picture is from the background, 0 to 255."""
    look = {"theme": theme, "count": count, "seconds": 3.0, "aspect": "16:9"}
    with small(folder, fps=1, pixel_width=480, pixel_height=270):
        scene = type("Lit", (PointDeepFour,), look)(skip_animations=True)
        scene.render()
        scene.renderer.update_frame(scene, ignore_skipping=True)
        frame = scene.renderer.get_frame()[30:200, 50:200, :3].astype(float)
    return np.abs(frame - np.array([int(theme.background[k : k + 2], 16) for k in (1, 3, 5)]))


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_ten_times_as_many_particles_are_not_ten_times_as_much_light(
    theme: Theme, tmp_path: Path
) -> None:
    few, usual, many = (light(theme, count, tmp_path) for count in (1_000, 10_000, 100_000))
    assert usual.mean() < many.mean() < 1.6 * usual.mean()
    assert 0.15 * usual.mean() < few.mean() < usual.mean()
    # blue and orange are still told apart: the strongest colour of a pixel from its weakest
    assert np.ptp(many, axis=2).mean() > 0.8 * np.ptp(usual, axis=2).mean()


def test_the_usual_number_has_the_light_of_the_theme() -> None:
    assert DARK.exposed(10_000) is DARK
    lights = [DARK.exposed(count).trail_light for count in (1, 200, 20_000, 200_000)]
    assert lights[0] == lights[1] == 2.5 * DARK.trail_light
    np.testing.assert_allclose(lights[2:], DARK.trail_light / np.array([2, 20]) ** 0.75)
    both = LIGHT.exposed(40_000)
    assert both.tile_light / both.trail_light == pytest.approx(LIGHT.tile_light / LIGHT.trail_light)
