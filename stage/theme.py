"""Everything that is taste in what is drawn: colours, sizes of text, light."""

from __future__ import annotations

from dataclasses import dataclass, replace

USUAL = 10_000
"""Particles for which light is measured out."""
BRIGHTEST = 2.5
"""Times as much light as usual for each of a few particles: more, and their colours turn white."""
EXPOSURE = 0.75
"""The power of their number by which many get less light each, so that structure is seen."""

PIXELS_PER_UNIT = 135  # 1080 lines over Manim's frame height of 8 units
FONT_SIZE_PER_PIXEL = 48 / 67.5  # Manim's font_size 48 sets an em of half a unit, 67.5 pixels


@dataclass(frozen=True)
class Theme:
    """Colours as hex, sizes in pixels of a 1080-line picture, light in multiples of full scale."""

    background: str = "#07090e"
    ink: str = "#f2f2ee"
    """Text and equations."""
    faint: str = "#9aa3b0"
    """Axes, ticks, what must be there but not be seen first."""
    first: str = "#ff9f33"
    """w₁ is being learned."""
    second: str = "#4ab6ec"
    """w₂ is being learned."""
    both: str = "#dcd8dc"
    """Both at once."""
    radial: str = "#b394ff"
    """In polar coordinates, where w₁ and w₂ mean little: the radius changes,"""
    angular: str = "#f2cf3f"
    """and the angle does."""
    minimizer: str = "#4fe08a"
    path: str = "#fff3c4"
    """The one path that the eye follows."""
    paper: bool = False
    """Whether streaks are ink on paper, which takes light away, and not light on a dark stage."""
    text_pixels: float = 48
    number_pixels: float = 56
    """Numbers that change, and labels on the plane."""
    equation_pixels: float = 64
    quiet: float = 0.3
    """Opacity of a field at rest, which is there and is not to be looked at first."""
    safe_area: float = 0.05
    """Part of the frame, at every side, that stays free of text."""

    trail_seconds: float = 0.75
    trail_pixels: float = 1.15
    trail_light: float = 1.15
    tile_light: float = 2.6
    """The same on a small plane among others, with few particles."""
    fade_in: float = 0.08
    """Part of a particle's lifetime over which it appears."""
    fade_out: float = 0.30
    edge: tuple[float, float] = (0.925, 1.03)
    """Where, in parts of the extent, the far edges begin and end to fade."""

    def on(self, background: str) -> Theme:
        """The same theme on another background, hex."""
        return replace(self, background=background)

    def exposed(self, count: int) -> Theme:
        """The same theme with light for a swarm of ``count`` particles: less for each of many.

        Each has (10,000/count)^0.75 times as much, 2.5 at the most.
        """
        part = min((USUAL / count) ** EXPOSURE, BRIGHTEST)
        lit = {"trail_light": part * self.trail_light, "tile_light": part * self.tile_light}
        return self if part == 1 else replace(self, **lit)

    def unclear(self) -> list[str]:
        """What has less contrast with the background than text needs, 4.5 : 1."""
        inks = ("ink", "faint", "first", "second", "radial", "angular", "minimizer", "path")
        return [name for name in inks if contrast(getattr(self, name), self.background) < 4.5]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, hex, from 1 to 21.

    Source: WCAG 2.2, "contrast ratio" and "relative luminance".
    """

    def luminance(colour: str) -> float:
        parts = [part / 255 for part in bytes.fromhex(colour.removeprefix("#"))]
        light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return float(0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2])

    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


DARK = Theme()
LIGHT = Theme(
    background="#fbfaf6",
    ink="#15171c",
    faint="#5a6270",
    first="#b45309",
    second="#0369a1",
    both="#57534e",
    radial="#6d28d9",
    angular="#8a5a00",
    minimizer="#064e2a",
    path="#111318",
    paper=True,
)
THEMES = {"dark": DARK, "light": LIGHT}


def font_size(pixels: float) -> float:
    """Manim's ``font_size`` whose em is ``pixels`` high at 1080 lines."""
    return pixels * FONT_SIZE_PER_PIXEL
