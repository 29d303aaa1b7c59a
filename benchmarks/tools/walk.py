"""Go through a talk in a browser as its speaker does, and look at what is on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from PIL import Image
from playwright.sync_api import Page

# The film on top at the middle of the window: hit tests know nothing of opacity.
TOP = """() => {
    const middle = [innerWidth / 2, innerHeight / 2];
    const seen = (node) => {
        if (getComputedStyle(node).visibility !== "visible") return false;
        for (let at = node; at; at = at.parentElement)
            if (Number(getComputedStyle(at).opacity) < 1) return false;
        return true;
    };
    const film = document.elementsFromPoint(...middle).find(
        (node) => node.localName === "video" && seen(node));
    if (!film) return null;
    const { x, y, width, height } = film.getBoundingClientRect();
    return {
        name: decodeURIComponent(film.currentSrc.split("/").pop()),
        seconds: film.currentTime, plays: !film.paused && !film.ended, loops: film.loop,
        ended: film.ended, ready: film.readyState, muted: film.muted,
        box: [x, y, width, height],
    };
}"""


@dataclass(frozen=True)
class Stop:
    """What one click is to show: a film, and what it goes on to, if anything."""

    film: Path
    hold: Path | None = None
    loops: bool = False


@dataclass(frozen=True)
class Seen:
    """What was on the screen at a stop."""

    picture: Image.Image
    apart: float
    """How far the film's place is from the nearest of its frames, in levels of light."""
    edges: tuple[tuple[int, int, int], ...]
    """Colours in the corners."""


def walk(page: Page, stops: Sequence[Stop], key: str = "ArrowRight") -> list[Seen]:
    """Click through, from the slide before the first stop; AssertionError where it is not so."""
    found = []
    for stop in stops:
        page.keyboard.press(key)
        plays(page, stop.film)
        rests = stop.hold or stop.film
        if stop.hold or stop.loops:
            laps(page, rests)
        else:
            wait(page, f"top?.name === {rests.name!r} && top.ended")
        page.wait_for_timeout(300)
        found.append(look(page, rests))
    return found


def plays(page: Page, film: Path) -> None:
    """Wait until a film is seen playing."""
    wait(page, f"top?.name === {film.name!r} && top.plays && top.seconds > 0.1")


def laps(page: Page, film: Path) -> None:
    """Wait until a film is seen to begin again by itself."""
    wait(page, f"top?.name === {film.name!r} && top.plays && top.loops && top.seconds > 0.6")
    wait(page, f"top?.name === {film.name!r} && top.plays && top.seconds < 0.4")


def wait(page: Page, condition: str, seconds: float = 15.0) -> None:
    """Wait for something of the film on top."""
    try:
        page.wait_for_function(
            f"() => {{ const top = ({TOP})(); return {condition}; }}", timeout=1000 * seconds
        )
    except Exception as error:
        raise AssertionError(f"{condition}: there is {page.evaluate(TOP)}") from error


def look(page: Page, film: Path) -> Seen:
    """Compare the screen with the film, fitted into the window, and with nothing else."""
    shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
    with av.open(film) as opened:
        shown = [frame.to_image() for frame in opened.decode(video=0)]
    scale = min(shot.width / shown[0].width, shot.height / shown[0].height)
    width, height = (round(scale * side) for side in shown[0].size)
    left, upper = (shot.width - width) // 2, (shot.height - height) // 2
    place = np.asarray(shot.crop((left, upper, left + width, upper + height)), float)
    apart = min(
        float(np.abs(place - np.asarray(frame.resize((width, height)), float)).mean())
        for frame in shown
    )
    corners = [(x, y) for x in (3, shot.width - 4) for y in (3, shot.height - 4)]
    return Seen(shot, apart, tuple(shot.getpixel(corner) for corner in corners))
