"""What an encoder setting costs in time and bytes, and what it loses, on our own frames.

Loss is told by SSIM, and where eyes see it first, in the dark, by how far the mean of a block of
8 × 8 pixels is off: bands and blocks are flat where the picture is not, a level or more away.
"""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import av
import numpy as np
from scipy.ndimage import uniform_filter

from benchmarks.clips import depth_morph
from benchmarks.meter import floor, render
from stage.film.segment import FilmSegment

SETTINGS = (
    ("ultrafast", 17),
    ("superfast", 17),
    ("veryfast", 15),
    ("veryfast", 17),
    ("veryfast", 18),
    ("faster", 17),
    ("fast", 17),
    ("medium", 17),
    ("medium", 18),
)
BESIDE = (
    {"partitions": "i4x4,i8x8,p8x8,b8x8", "weightp": "1"},  # veryfast's own
    {"partitions": "none"},
    {"threads": "4"},
    {"thread_type": "frame", "threads": "3"},
    {"rc-lookahead": "4"},
    {"tune": "grain"},
)


def encoder(chosen: Namespace) -> None:
    """Time, rate and loss of luma, for presets, rates and ways to share the work."""
    kept = render(depth_morph(10_000, 1.0), 1080, keep=True)
    ours = dict(kept.spec.options)
    cases = [(preset, crf, {}) for preset, crf in SETTINGS]
    cases += [("veryfast", 17, more) for more in BESIDE]
    specs = [
        replace(
            kept.spec,
            options=tuple(sorted((ours | more | {"preset": preset, "crf": str(crf)}).items())),
        )
        for preset, crf, more in cases
    ]
    runs = [[floor(kept.pictures, spec) for spec in specs] for _ in range(chosen.rounds)]
    base = next(k for k, (p, c, more) in enumerate(cases) if (p, c) == ("veryfast", 17))
    print("| preset | crf | beside | time ÷ ours | on the clock | Mbit/s | SSIM | dark off by |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for k, (preset, crf, more) in enumerate(cases):
        ratio = median(run[k].cpu / run[base].cpu for run in runs)
        clock = median(run[k].wall / run[base].wall for run in runs)
        rate = runs[0][k].size * 8 * 60 / len(kept.pictures) / 1e6
        beside = ", ".join(f"{name} {value}" for name, value in more.items())
        pairs = decoded(kept.pictures, specs[k])
        seen = f"{np.mean([ssim(*pair) for pair in pairs]):.4f} | {off_in_the_dark(pairs):.2f}"
        cost = f"{ratio:.2f} | {clock:.2f} | {rate:.1f}"
        print(f"| {preset} | {crf} | {beside} | {cost} | {seen} |")


def decoded(pictures: list[np.ndarray], spec: object) -> list[tuple[np.ndarray, np.ndarray]]:
    """Luma of every tenth frame, as it was to be encoded and as it comes back."""
    with TemporaryDirectory() as folder:
        segment = FilmSegment(target=Path(folder) / "clip.mp4", spec=spec)
        for picture in pictures:
            segment.write_frame(picture)
        wanted = [_luma(segment.prepared(picture)) for picture in pictures[::10]]
        segment.finish()
        with av.open(segment.target) as film:
            got = [_luma(f) for k, f in enumerate(film.decode(video=0)) if k % 10 == 0]
    return list(zip(wanted, got, strict=True))


def ssim(a: np.ndarray, b: np.ndarray) -> float:
    """Mean structural similarity of two pictures."""
    mean_a, mean_b = uniform_filter(a, 8), uniform_filter(b, 8)
    var_a = uniform_filter(a * a, 8) - mean_a**2
    var_b = uniform_filter(b * b, 8) - mean_b**2
    both = uniform_filter(a * b, 8) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    top = (2 * mean_a * mean_b + c1) * (2 * both + c2)
    return float(np.mean(top / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))))


def off_in_the_dark(pairs: list[tuple[np.ndarray, np.ndarray]]) -> float:
    """Levels by which the mean of a dark block of 8 × 8 is off, at most, but for one in a hundred.

    Dark is below a quarter of the range, and not the bare background.
    """
    off = []
    for pair in pairs:
        a, b = (
            p[: p.shape[0] // 8 * 8].reshape(-1, 8, p.shape[1] // 8, 8).mean((1, 3)) for p in pair
        )
        dark = (a > np.min(a) + 0.1) & (a < 72)
        off.append(np.abs(a - b)[dark])
    return float(np.quantile(np.concatenate(off), 0.99))


def _luma(frame: av.VideoFrame) -> np.ndarray:
    return frame.to_ndarray()[: frame.height].astype(np.float64)
