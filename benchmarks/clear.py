"""What a WebM with alpha costs in time and bytes by its encoder's settings, and what it loses.

Loss is told by SSIM of luma over black, and of alpha.
"""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

import av
import numpy as np

from benchmarks.encoder import ssim
from stage.film.bt709 import tag_codec
from stage.film.codec import VP9_WITH_ALPHA
from stage.film.convert.denoise import denoise
from stage.film.convert.frames import CLEAR, WEB, planes_of

SETTINGS: tuple[dict[str, str], ...] = (
    {},
    {"crf": "30", "cpu-used": "5", "tune-content": "default"},
    {"crf": "30", "cpu-used": "8", "tune-content": "default"},
    {"crf": "28", "cpu-used": "8", "tune-content": "default"},
    {"crf": "30", "cpu-used": "7"},
    {"crf": "30"},
    {"crf": "28"},
)
EVERY = 10  # frames of which one is compared


def clear(chosen: Namespace) -> None:
    """Time, bytes and loss of the first play of a figure."""
    with TemporaryDirectory() as folder:
        source, target = _filmed(Path(folder)), Path(folder) / "clip.webm"
        _encoded(source, target, {})  # in the disk's cache
        rounds = [
            [_encoded(source, target, more) for more in SETTINGS] for _ in range(chosen.rounds)
        ]
        print("| beside ours | processor time ÷ ours | bytes ÷ ours | SSIM | of alpha |")
        print("| --- | --- | --- | --- | --- |")
        weights: list[int] = []
        for k, more in enumerate(SETTINGS):
            _encoded(source, target, more)
            weights.append(target.stat().st_size)
            pairs = list(zip(_seen(source, "prores"), _seen(target, "libvpx-vp9"), strict=True))
            luma = np.mean([ssim(a[0], b[0]) for a, b in pairs])
            alpha = np.mean([ssim(a[1], b[1]) for a, b in pairs])
            cost = median(times[k] / times[0] for times in rounds)
            beside = ", ".join(f"{name} {value}" for name, value in more.items())
            size = weights[k] / weights[0]
            print(f"| {beside} | {cost:.2f} | {size:.2f} | {luma:.5f} | {alpha:.5f} |")


def _filmed(folder: Path) -> Path:
    command = [sys.executable, "-m", "manim", "-qh", "-t", "--format", "mov", "-n", "0,0"]
    command += ["--media_dir", str(folder), "scenes/figures.py", "PointDeepFour"]
    subprocess.run(
        command, check=True, capture_output=True, env=os.environ | {"FLOWREEL_COUNT": "10000"}
    )
    (film,) = folder.rglob("PointDeepFour.mov")
    return film


def _encoded(source: Path, target: Path, more: dict[str, str]) -> float:
    """Encode a ProRes film as VP9 with alpha; the processor time of that alone."""
    used = 0.0
    with av.open(source) as film, av.open(target, "w") as made:
        old = film.streams.video[0]
        options = VP9_WITH_ALPHA | {"g": "60"} | more
        new = made.add_stream("libvpx-vp9", rate=60, options=options)
        assert isinstance(new, av.VideoStream)  # by its codec
        new.width, new.height, new.pix_fmt = old.width, old.height, WEB
        tag_codec(new.codec_context)
        for number, frame in enumerate(film.decode(old)):
            smooth = av.VideoFrame(old.width, old.height, WEB)
            deep = planes_of(frame.reformat(format=CLEAR), np.uint16)
            denoise(deep, planes_of(smooth, np.uint8), old.width)
            smooth.pts, smooth.time_base = number, 1 / new.codec_context.framerate
            began = process_time()
            made.mux(new.encode(smooth))
            used += process_time() - began
        began = process_time()
        made.mux(new.encode())
    return used + process_time() - began


def _seen(film: Path, decoder: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Luma over black, and alpha, of some frames, in 255ths."""
    with av.open(film) as opened:
        stream = opened.streams.video[0]
        codec = av.CodecContext.create(decoder, "r")  # FFmpeg's own VP9 leaves alpha out
        codec.extradata = stream.codec_context.extradata
        codec.codec_tag = stream.codec_context.codec_tag
        frames = (frame for packet in opened.demux(stream) for frame in codec.decode(packet))
        for frame in islice(frames, EVERY // 2, None, EVERY):
            deep = planes_of(frame.reformat(format=CLEAR), np.uint16)
            luma, alpha = (deep[k][:, : frame.width].astype(float) for k in (0, 3))
            yield (luma - 64) * alpha / 1023 * 255 / 876, alpha * 255 / 1023
