"""What a deck really shows at its joints: films whose frames carry their number, read in Chromium.

    python -m benchmarks.joints                      50 joints, forwards and back
    python -m benchmarks.joints --joints 10 --two    the player for browsers without MediaSource

Each frame is eight bright or dark bars: which part of which step it is of, and its number. What is
seen, with what fades over it, is read at every animation frame.
"""

from __future__ import annotations

import argparse
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import av
import numpy as np

from studio.deck.page import Goes, html
from studio.deck.slides import Slide

FPS = 15
STEP, HOLD = 12, 15
"""Frames of a step, without that of its hold, and of a hold."""
_BARS, _WIDE, _HIGH = 12, 16, 48
_BITS = 6  # of a frame's number; the others tell whose it is
H264 = {"preset": "veryfast", "crf": "17", "threads": "2"}


class Seen(NamedTuple):
    """One look at the page: whose frame is seen, and which; -1 where there is none of ours."""

    at: float
    """Milliseconds."""
    part: int
    """Twice the step's number, and one more for its hold."""
    frame: int


def coded(path: Path, parts: list[tuple[int, int]]) -> Path:
    """A film of frames (part, number)."""
    with av.open(path, "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=FPS, options=H264 | {"g": str(FPS)})
        assert isinstance(stream, av.VideoStream)  # as libx264 is
        stream.width, stream.height, stream.pix_fmt = _BARS * _WIDE, _HIGH, "yuv420p"
        for part, number in parts:
            code = part << _BITS | number
            bits = [(code >> bit) & 1 for bit in range(_BARS - 1)]
            bars = np.array([*bits, 1 - sum(bits) % 2], np.uint8)  # neither black nor white is one
            line = np.repeat(40 + 180 * bars, _WIDE)
            picture = np.broadcast_to(line[None, :, None], (_HIGH, len(line), 3))
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    return path


def coded_deck(folder: Path, steps: int, goes: Goes = "now") -> Path:
    """A deck of steps with holds, of coded films."""
    slides = []
    for step in range(steps):
        own = [(2 * step, number) for number in range(STEP)]
        hold = [(2 * step + 1, number) for number in range(HOLD)]
        slides.append(
            Slide(
                clip="Joints",
                title=f"Step {step + 1}",
                film=coded(folder / f"{step}.mp4", [*own, hold[0]]),
                hold=coded(folder / f"{step}.hold.mp4", hold),
                **{"loops": False, "stops": True, "frames": STEP, "hold_frames": HOLD},
                **{"fps": FPS, "notes": ("What to say.",), "alt": "Bars.", "cues": ()},
                **{"width": _BARS * _WIDE, "height": _HIGH, "background": "#07090e"},
            )
        )
    html(slides, folder / "deck.html", goes=goes)
    return folder / "deck.html"


# In the page: what is seen now, as bits; over the film lies the curtain while it is there.
_LOOK = """
window.seen = [];
const paper = Object.assign(document.createElement("canvas"), { width: 192, height: 48 });
const pen = paper.getContext("2d", { willReadFrequently: true });
function look(now) {
  const curtain = document.getElementById("curtain"), dark = document.getElementById("dark");
  const top = curtain.hidden ? 0 : Number(getComputedStyle(curtain).opacity);
  const shown = top > 0.5 ? curtain : (player.front?.video ?? document.getElementById("film"));
  const wide = shown.videoWidth || (shown === curtain && shown.width) || 0;
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, 192, 48);
  if (wide && dark.hidden) pen.drawImage(shown, 0, 0); // at once: the film runs on
  const light = pen.getImageData(0, 24, 192, 1).data;
  const bits = Array.from({ length: 12 }, (_, bar) => (light[4 * (16 * bar + 8)] > 127 ? 1 : 0));
  const code = bits.slice(0, 11).reduce((sum, bit, place) => sum + bit * 2 ** place, 0);
  const odd = bits.reduce((sum, bit) => sum + bit, 0) % 2;
  window.seen.push(odd ? [now, code >> 6, code & 63] : [now, -1, -1]);
  requestAnimationFrame(look);
}
requestAnimationFrame(look);
"""


@contextmanager
def chromium() -> Iterator[Any]:
    """The system's browser, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=["--no-sandbox"],
        )
        yield browser
        browser.close()


def watched(browser: Any, deck: Path, query: str = "") -> Any:
    """A page with the deck, which keeps what is seen."""
    page = browser.new_context(offline=True).new_page()
    page.goto(deck.as_uri() + query)
    # Playwright's own waiting evaluates a text, which the page's policy refuses
    while not page.evaluate("here.step >= 0 && here.seconds > 0"):
        page.wait_for_timeout(25)
    page.evaluate(_LOOK)
    return page


def looks(page: Any) -> list[Seen]:
    """What was seen until now."""
    return [Seen(*one) for one in page.evaluate("seen")]


class Joint(NamedTuple):
    """From the last frame of one part to the first of another one, or of the next lap."""

    before: Seen
    after: Seen


def joints(seen: list[Seen]) -> tuple[list[Seen], list[Joint], int]:
    """What was no frame of ours, the joints, and how many frames were left out beside them."""
    foreign = [one for one in seen if one.part < 0]
    shown = [next(group) for _, group in groupby(seen, key=lambda one: one[1:])]
    found, lost = [], 0
    for one, other in pairwise(shown):
        length = HOLD if one.part % 2 else STEP
        if other.part != one.part or other.frame < one.frame:
            found.append(Joint(one, other))
            if (
                other.frame < length
                and one.part % 2 == other.part % 2 == 1 == other.part - one.part
            ):
                lost += length - 1 - one.frame + other.frame
        else:
            lost += other.frame - one.frame - 1
    return foreign, found, lost


def main() -> None:
    """Go through a deck, click by click, and tell what was seen."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.joints", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--joints", type=int, default=50)
    parser.add_argument("--lap", action="store_true", help="clicks wait for the lap's end")
    parser.add_argument("--two", action="store_true", help="two videos in place of MediaSource")
    chosen = parser.parse_args()
    chance = random.Random(1)
    with TemporaryDirectory() as folder:
        deck = coded_deck(Path(folder), 6, "lap" if chosen.lap else "now")
        with chromium() as browser:
            page = watched(browser, deck, "?player=two" if chosen.two else "")
            while len(joints(looks(page))[1]) < chosen.joints:
                time.sleep(chance.uniform(0.8, 3.0))
                forwards = ["PageDown", "PageDown", "PageDown", "PageUp", "r"]
                page.keyboard.press(chance.choice(forwards))
            seen = looks(page)
    foreign, found, lost = joints(seen)
    kinds = {
        "step to its hold": [
            j for j in found if j.after.part == j.before.part + 1 == 1 | j.after.part
        ],
        "lap to lap": [j for j in found if j.after.part == j.before.part],
    }
    print(f"{len(seen)} looks in {(seen[-1].at - seen[0].at) / 1000:.0f} s, {len(found)} joints")
    print(f"black, white or foreign pictures: {len(foreign)}")
    for name, some in kinds.items():
        exact = sum(
            j.after.frame == 0 and j.before.frame == (STEP if j.before.part % 2 == 0 else HOLD) - 1
            for j in some
        )
        print(f"{name}: {len(some)}, of which from the last frame to the first: {exact}")
    print(f"frames left out while film ran on: {lost}")


if __name__ == "__main__":
    main()
