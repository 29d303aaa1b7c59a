"""Pictures as they are meant: kept stills, and nothing that flashes.

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
from stage.film import FilmWriter
from tests.scenes.clips import small

KEPT = Path(__file__).with_name("kept")
STILLS = {
    "deep_four": (PointDeepFour, {"theme": DARK}),
    "line_polar_light": (LinePolar, {"theme": LIGHT}),
    "depth_morph_square": (DepthMorph, {"aspect": "1:1"}),
}


def still(kind: type[FlowScene], knobs: dict[str, object], folder: Path) -> np.ndarray:
    """The last frame of a clip, (240, …, 3), of which the shorter side has 240 pixels."""
    size = {"pixel_width": 426, "pixel_height": 240}
    with small(folder, fps=2, format="png", **size):
        scene = type(kind.__name__, (kind,), knobs)()
        scene.render()
        return np.array(scene.camera.pixel_array[..., :3])


def coarse(picture: np.ndarray, size: int = 8) -> np.ndarray:
    """Means of blocks: another machine's fonts and rounding hardly change them."""
    rows, columns = (n // size * size for n in picture.shape[:2])
    blocks = picture[:rows, :columns].reshape(rows // size, size, columns // size, size, -1)
    return blocks.mean(axis=(1, 3))


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
def test_nothing_flashes(
    kind: type[FlowScene], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures: list[np.ndarray] = []
    write = FilmWriter.write_frame

    def write_frame(writer: FilmWriter, pixels: np.ndarray, *, repeat: int = 1) -> None:
        pictures.append(coarse(luminance(pixels), 4)[..., 0])
        write(writer, pixels, repeat=repeat)

    monkeypatch.setattr(FilmWriter, "write_frame", write_frame)
    with small(tmp_path, fps=30):
        type(kind.__name__, (kind,), {"seconds": 3.0})().render()
    assert flashing(np.array(pictures), fps=30) < 0.02
    blinking = np.array(pictures) + 0.5 * (np.arange(len(pictures)) // 3 % 2)[:, None, None]
    assert flashing(blinking, fps=30) == 1.0


def luminance(pixels: np.ndarray) -> np.ndarray:
    """Relative luminance of a picture, (rows, columns, 1), 0 to 1."""
    c = pixels[..., :3] / 255.0
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return (linear @ [0.2126, 0.7152, 0.0722])[..., None]


def flashing(film: np.ndarray, fps: int) -> float:
    """Part of the picture that flashes more than three times in some second.

    A flash is a pair of opposing changes of a tenth of full luminance, the darker below 0.8: as
    WCAG 2.3.1 defines a general flash.
    """
    turns = np.zeros(film.shape, int)
    low, high = film[0].copy(), film[0].copy()
    rising = np.zeros(film.shape[1:], int)
    for k, now in enumerate(film):
        low, high = np.minimum(low, now), np.maximum(high, now)
        up = (now - low >= 0.1) & (low < 0.8) & (rising <= 0)
        down = (high - now >= 0.1) & (now < 0.8) & (rising >= 0)
        turns[k] = up | down
        rising = np.where(up, 1, np.where(down, -1, rising))
        low, high = np.where(up | down, now, low), np.where(up | down, now, high)
    in_a_second = np.cumsum(turns, axis=0)
    in_a_second[fps:] -= in_a_second[:-fps].copy()
    return float(np.mean(in_a_second.max(axis=0) > 6))


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    KEPT.mkdir(exist_ok=True)
    for name, (kind, knobs) in STILLS.items():
        with TemporaryDirectory() as folder:
            Image.fromarray(still(kind, knobs, Path(folder))).save(KEPT / f"{name}.png")
        print(KEPT / f"{name}.png")
