"""Pages for browsers: the deck, in one file that needs no network and no server."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from PIL import ImageColor
from PIL.Image import Image

from stage.text.language import current, gettext, gettext_noop
from studio.catalogue.scripts import table
from studio.deck.slides import Slide, title_of
from studio.extras import import_extra
from studio.film import encode
from studio.film.cut import Cut, codec_name, fragmented
from studio.film.sound import has_sound, track_alone
from studio.job.files import write_atomically
from studio.live.held import player
from studio.live.page import PAGE

Goes = Literal["now", "lap"]
"""When a click in a hold goes on: at once, cross-faded, or at the end of the lap."""
PAGES = Path(__file__).parent / "pages"
_STILL = (960, 960)
POLICY = "THE-POLICY"
"""Where the policy stands in the page's template."""
KEYS = {
    gettext_noop("click, space, →, ↓, Page Down"): gettext_noop(
        "on: into the next step, or to the end of this one"
    ),
    gettext_noop("←, ↑, Page Up"): gettext_noop("back, to where the talk waited last"),
    "v": gettext_noop("try it: the hold, live; again, or Escape: back to the film"),
    "r": gettext_noop("repeat the step"),
    "p": gettext_noop("pause and go on"),
    "b, .": gettext_noop("black, and pause"),
    "c": gettext_noop("captions, for the audience"),
    "f": gettext_noop("full screen"),
    "o": gettext_noop("overview of all steps"),
    "s": gettext_noop("the speaker's window: notes, next step, clock"),
    "m": gettext_noop("the sound of your own clips, on and off"),
    "l": gettext_noop("go on at once, or at the end of the lap"),
    gettext_noop("Home, End"): gettext_noop("first and last step"),
    "h, ?": gettext_noop("these keys"),
}


def html(slides: Sequence[Slide], target: Path, *, goes: Goes = "now") -> None:
    """Write the deck; its films are in the page, as a browser's MediaSource takes them."""
    films: dict[str, str] = {}
    steps: list[dict[str, Any]] = []
    for number, slide in enumerate(slides):
        name = f"film-{number}"
        films[name] = _base64(fragmented(Cut(slide.film, 0, slide.frames)))
        hold = None
        if slide.hold:
            hold = f"{name}-hold"
            films[hold] = _base64(fragmented(Cut(slide.hold)))
        heard = f"{name}-sound" if has_sound(slide.film) else None
        if heard:
            films[heard] = _base64(track_alone(slide.film))
        steps.append(
            {
                "name": slide.name,
                "notes": slide.notes,
                "cues": [[cue.start, cue.end, cue.text] for cue in slide.cues],
                "alt": slide.alt,
                "background": slide.background,
                "fps": slide.fps,
                "frames": slide.frames,
                "holdFrames": slide.hold_frames,
                "stops": slide.stops,
                "loops": slide.loops,
                "codec": codec_name(slide.film),
                "film": name,
                "hold": hold,
                "sound": heard,
                "last": _jpeg(encode.last_picture(slide.film)),
                "shape": slide.width / slide.height,
                "live": _live(slide),
                "asks": bool(slide.live and slide.asks),
            }
        )
    scripts = (
        "player.js",
        "stream.js",
        "two.js",
        "sound.js",
        "trial.js",
        "speaker.js",
        "deck.js",
    )
    plays = any(slide.live for slide in slides)
    script = "\n".join((PAGES / name).read_text(encoding="utf-8") for name in scripts)
    page = page_of(
        "deck.html",
        title=title_of(slides),
        steps=steps,
        goes=goes,
        films=films,
        keys=[(gettext(key), gettext(does)) for key, does in KEYS.items()],
        script=script,
        words=table(script),
        window=(PAGES / "window.js").read_text(encoding="utf-8"),
        player=player().replace("</", "<\\/") if plays else "const live = null;",
        look=(PAGE / "style.css").read_text(encoding="utf-8") if plays else "",
    )
    write_atomically(target, _guarded(page))


def _live(slide: Slide) -> dict[str, Any] | None:
    """What a live page of the hold is told, in the film's own light."""
    if not slide.live:
        return None
    told: dict[str, Any] = json.loads(slide.live)
    light = sum(ImageColor.getrgb(slide.background)[:3]) > 3 * 127
    told["usual"]["theme"] = "light" if light else "dark"
    return told


_SCRIPT = r'<script(?: type="text/plain" id="speaker-script")?>(.*?)</script>'
_STYLE = r'<style(?: id="[a-z-]+" media="not all")?>(.*?)</style>'


def _guarded(page: str) -> str:
    """The page with a policy: it runs its own scripts, shows its own films, asks for nothing."""
    scripts, styles = (
        " ".join(f"'sha256-{_base64(hashlib.sha256(text.encode()).digest())}'" for text in found)
        for found in (
            re.findall(_SCRIPT, page, re.S),
            re.findall(_STYLE, page, re.S),
        )
    )
    policy = (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; script-src {scripts}; "
        f"style-src {styles}; img-src data: blob:; media-src blob:"
    )
    return page.replace(POLICY, policy, 1)


def page_of(template: str, **values: Any) -> str:
    """A page from its template; what goes in is escaped unless the template says it is safe."""
    jinja2 = import_extra("jinja2", "A page")
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    pages.globals |= {"language": current(), "_": gettext}
    return str(pages.get_template(template).render(**values))


def data_text(text: str, kind: str) -> str:
    """A text as an address of its own."""
    return f"data:{kind};base64,{_base64(text.encode())}"


def _jpeg(picture: Image) -> str:
    """A still as an address of its own, no larger than a screen of a few steps needs."""
    small = picture.convert("RGB")
    small.thumbnail(_STILL)
    made = BytesIO()
    small.save(made, "JPEG", quality=85)
    return f"data:image/jpeg;base64,{_base64(made.getvalue())}"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
