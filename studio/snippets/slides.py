"""Text to copy into slides that are written in Markdown: Marp and Slidev."""

from __future__ import annotations

from studio.snippets.parts import Part, Told, attribute, clicks, comment, films, notes

_MARP = "video { position: absolute; inset: 0; height: 100%; object-fit: contain; }"
# In both, what comes later lies beneath, and is seen when the film above it hides.
_GOES_ON = (
    "this.style.visibility = 'hidden'; "
    "this.previousElementSibling.currentTime = 0; this.previousElementSibling.play()"
)
# A film that a browser starts by itself when it is seen again stays at its end; a hold never ends.
_AGAIN = "this.style.visibility = ''; if (this.ended) this.currentTime = 0"
_RESTS = "if (!this.checkVisibility({ visibilityProperty: true })) this.pause()"


def marp(told: Told) -> str:
    """A slide of Marp for each step; scripts, and with them holds, run with ``--html`` alone."""
    return "\n\n---\n\n".join(_marp(told, part) for part in told.parts)


def _marp(told: Told, part: Part) -> str:
    # Marp drops tracks, styles and aria-label of a film; a comment is a paragraph of a note
    said = notes([part]) or [told.alt]
    title = f'title="{attribute(part.alt or told.alt)}"'
    hold, goes_on = [], ""
    if part.hold:
        goes_on = f' onplay="{_AGAIN}" onended="{_GOES_ON}"'
        hold = [
            f'<video src="{told.at(part.hold)}" loop muted playsinline width="100%" '
            f'ontimeupdate="{_RESTS}"></video>'
        ]
    loop = " loop" if part.loops else ""
    film = f'src="{told.at(part.film)}" autoplay{loop} muted playsinline width="100%"'
    return "\n".join(
        [
            f"<!-- _backgroundColor: {told.background} -->",
            *(f"<!-- {comment(line)} -->" for line in said),
            "<style scoped>",
            _MARP,
            "</style>",
            "",
            "".join([*hold, f"<video {film} {title}{goes_on}></video>"]),
        ]
    )


def slidev(told: Told) -> str:
    """A slide of Slidev, a click for each step."""
    together = list(clicks(told.parts))
    lines = []
    for number, parts in enumerate(together):
        lines += _slidev(told, parts, number, len(together))
    said = [
        f"{'[click] ' if n else ''}{comment(' '.join(notes(p)))}" for n, p in enumerate(together)
    ]
    return "\n".join(
        [
            "---",
            "layout: none",
            "---",
            "",
            f"<!-- the folder {told.folder} lies in public/ -->",
            f'<div class="absolute inset-0" style="background: {told.background}">',
            *lines,
            "</div>",
            "",
            "<!--",
            *([line for line in said if line] or [comment(told.alt)]),
            "-->",
        ]
    )


def _slidev(told: Told, parts: list[Part], number: int, count: int) -> list[str]:
    """The films of one click: there from that click on, until the next."""
    if count == 1:
        click = ""
    elif number == 0:
        click = 'v-click.hide="1" '
    elif number + 1 < count:
        click = f'v-click="[{number}, {number + 1}]" '
    else:
        click = f'v-click="{number}" '
    lines: list[str] = []
    shown = films(parts)
    for place, (film, loops) in enumerate(shown):
        plays = ("" if place else 'autoplay autoreset="click" ') + ("loop " if loops else "")
        follows = ""
        if place + 1 < len(shown):
            goes_on = _GOES_ON.replace("this", "$event.target")
            follows = f' @play="$event.target.style.visibility = \'\'" @ended="{goes_on}"'
        described = "" if place else f' aria-label="{attribute(parts[0].alt or told.alt)}"'
        lines[:0] = [
            f'<SlidevVideo {click}{plays}muted playsinline preload="auto"{follows}',
            'class="absolute inset-0 w-full h-full object-contain" style="transition: none"'
            f"{described}>",
            f'<source src="/{told.at(film)}" type="video/mp4">',
            "</SlidevVideo>",
        ]
    return lines
