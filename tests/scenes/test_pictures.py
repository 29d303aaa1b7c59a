"""Pictures as they are meant: kept stills, and swarms that do not flash.

python -m tests.scenes.test_pictures        paints the kept stills anew; look at them
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scenes.deep import DepthMorph
from scenes.figures import LineAntiDeepQuarter, LinePolar, PointDeepFour, PointIdentity
from stage import DARK, LIGHT, FlowScene
from stage.engine.camera import StageCamera
from stage.film.writer import FilmWriter
from tests.scenes.clips import small
from tests.scenes.flash import coarse, dimmed, flashing

KEPT = Path(__file__).with_name("kept")
STILLS = {
    "deep_four": (PointDeepFour, {"theme": DARK}),
    "line_polar_light": (LinePolar, {"theme": LIGHT}),
    "depth_morph_square": (DepthMorph, {"aspect": "1:1"}),
}


def still(kind: type[FlowScene], knobs: dict[str, object], folder: Path) -> np.ndarray:
    """The last frame of a clip, (240, …, 3), of which the shorter side has 240 pixels.

    It alone is painted: a frame depends on its time, not on the frames before it.
    """
    size = {"pixel_width": 426, "pixel_height": 240}
    with small(folder, fps=2, format="png", **size):
        scene = type(kind.__name__, (kind,), knobs)()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(StageCamera, "capture_mobjects", lambda *_, **__: None)
            scene.render()
        scene.renderer.update_frame(scene, ignore_skipping=True)
        return np.array(scene.renderer.get_frame()[..., :3])


def differs(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether a viewer would see another picture."""
    if one.shape != other.shape:
        return True
    apart = np.abs(coarse(one.astype(float)) - coarse(other.astype(float)))
    return bool(apart.mean() > 1.0 or apart.max() > 30)


@pytest.mark.parametrize("name", STILLS)
def test_a_still_is_the_kept_one_and_another_is_not(name: str, tmp_path: Path) -> None:
    kind, knobs = STILLS[name]
    kept = np.array(Image.open(KEPT / f"{name}.png"))
    assert not differs(still(kind, knobs, tmp_path), kept)
    moved = {"line": (-1.0, -1.0, 10.0)} if "line" in name else {"target": (3.6, 5.6)}
    assert differs(still(kind, knobs | moved, tmp_path), kept)


@pytest.mark.parametrize("kind", [PointIdentity, LineAntiDeepQuarter], ids=lambda k: k.__name__)
def test_a_whole_swarm_does_not_flash(
    kind: type[FlowScene], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures: list[np.ndarray] = []
    write = FilmWriter.write_frame

    def write_frame(writer: FilmWriter, pixels: np.ndarray, *, repeat: int = 1) -> None:
        pictures.append(dimmed(pixels))
        write(writer, pixels, repeat=repeat)

    monkeypatch.setattr(FilmWriter, "write_frame", write_frame)
    with small(tmp_path, fps=30):
        type(kind.__name__, (kind,), {"seconds": 3.0})().render()
    assert flashing(np.array(pictures), fps=30) < 0.02
    blinking = np.array(pictures) + 0.5 * (np.arange(len(pictures)) // 3 % 2)[:, None, None]
    assert flashing(blinking, fps=30) == 1.0


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    KEPT.mkdir(exist_ok=True)
    for name, (kind, knobs) in STILLS.items():
        with TemporaryDirectory() as folder:
            Image.fromarray(still(kind, knobs, Path(folder))).save(KEPT / f"{name}.png")
        print(KEPT / f"{name}.png")
