"""What is wrong with a composition: what is outside the picture, or on top of another text."""

from __future__ import annotations

import numpy as np
from manim import Dot, Mobject, VMobject
from manim.utils.color import ManimColor

from stage import FlowScene, Particles
from stage.engine.order import in_order
from stage.text.writing import Written

SLACK = 0.03  # units: 4 pixels of 1080
SEEN = 0.2
"""How opaque a text is that can be seen beside another one."""


def members(mobject: Mobject) -> list[Mobject]:
    """All of its family that have points."""
    return in_order([mobject], by_height=False)


def texts(family: list[Mobject]) -> list[Written]:
    """All text that is drawn, of what is on the stage."""
    found = [m for m in family if isinstance(m, Written)]
    return [m for m in found if members(m)]


def box(boxes: np.ndarray) -> np.ndarray:
    """Left, bottom, right and top of all that is in these boxes."""
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def bounds(family: list[Mobject]) -> np.ndarray:
    """Left, bottom, right and top of the points of each mobject, (n, 4); all have some."""
    drawn = [outline(mobject) for mobject in family]
    first = np.cumsum([0, *(len(points) for points in drawn[:-1])])
    points = np.concatenate(drawn)[:, :2]
    return np.hstack([np.minimum.reduceat(points, first), np.maximum.reduceat(points, first)])


def outline(mobject: Mobject) -> np.ndarray:
    """The points of one mobject; those of particles, which fade out a little beyond their plane."""
    if not isinstance(mobject, Particles):
        return mobject.points
    corner = mobject.points[0]
    return corner + (mobject.points - corner) * mobject.theme.edge[1]


def overlaps(boxes: np.ndarray) -> list[tuple[int, int]]:
    """Pairs of boxes that share more than a hair."""
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    return list(zip(*np.nonzero(np.triu(np.all(high - low > SLACK, axis=-1), 1)), strict=True))


def strays(scene: FlowScene, family: list[Mobject], boxes: np.ndarray) -> set[str]:
    """What is drawn outside the frame, or in the band that is for the caption alone."""
    found = set()
    right, top = scene.layout.width / 2, scene.layout.height / 2
    spoken = scene.caption.get_family() if scene.caption is not None else []
    caption = set(map(id, spoken))
    floor = -np.inf if scene.caption is None else scene.layout.bottom - SLACK
    strokes = [m.stroke_width / 200 if isinstance(m, VMobject) else 0.0 for m in family]
    extents = boxes + np.multiply.outer(strokes, [-1, -1, 1, 1])
    outside = np.any(np.abs(extents) > [right, top, right, top], axis=1)
    below = extents[:, 1] < floor
    for k in np.flatnonzero(outside | below):
        if id(family[k]) in caption or not drawn(family[k]):
            continue
        name = f"{type(family[k]).__name__} at {np.round(extents[k], 2)}"
        if outside[k]:
            found.add(f"outside the frame: {name}")
        if below[k]:
            found.add(f"in the caption's band: {name}")
    return found


def drawn(mobject: Mobject) -> bool:
    """Whether there is anything of a mobject to be seen."""
    if isinstance(mobject, Particles):
        return mobject.opacity > 0
    if not isinstance(mobject, VMobject):
        return False
    stroke = mobject.stroke_width > 0 and mobject.stroke_opacity > 0
    return bool(stroke or mobject.fill_opacity > 0)


def faults(scene: FlowScene) -> set[str]:
    """What is wrong with the composition at this instant, in words."""
    everything = scene.get_mobject_family_members()
    family = [mobject for mobject in everything if len(mobject.points)]
    if not family:
        return set()
    boxes = bounds(family)
    found = strays(scene, family, boxes)
    shown = texts(everything)
    if not shown:
        return found
    place = {id(mobject): k for k, mobject in enumerate(family)}
    edges = np.array([box(boxes[[place[id(m)] for m in members(text)]]) for text in shown])
    right, top = scene.layout.right + SLACK, scene.layout.top + SLACK
    beyond = np.any(np.abs(edges) > [right, top, right, top], axis=1)
    for text, edge, is_beyond in zip(shown, edges, beyond, strict=True):
        if is_beyond:
            found.add(f"text outside the safe area: {np.round(edge, 2)}")
        if text.em < 47.9:
            found.add(f"text of {text.em:.0f} pixels at {np.round(edge, 2)}")
    for one, other in overlaps(edges):
        found.add(f"text on text: {np.round(edges[one], 2)} and {np.round(edges[other], 2)}")
    return found


def lit(mobject: VMobject) -> float:
    """How opaque a mobject is, 0 to 1, while it comes or goes."""
    return max(
        max(float(m.get_fill_opacity()), float(m.get_stroke_opacity()) * (m.stroke_width > 0))
        for m in members(mobject)
        if isinstance(m, VMobject)
    )


def faults_of_change(scene: FlowScene) -> set[str]:
    """Texts that are seen one on the other, while one comes and the other goes, in words.

    A text that comes where an equal one goes is seen as one.
    """
    shown = [text for text in texts(scene.get_mobject_family_members()) if lit(text) > SEEN]
    if not shown:
        return set()
    edges = np.array([box(bounds(members(text))) for text in shown])
    edges += SLACK * np.array([1, 1, -1, -1])  # corners of boxes, in which no letter is, may pass
    found = set()
    for one, other in overlaps(edges):
        if np.abs(edges[one] - edges[other]).max() > SLACK:
            both = f"{np.round(edges[one], 2)} and {np.round(edges[other], 2)}"
            found.add(f"text on text at {scene.clock.get_value():.2f} s: {both}")
    return found


def hidden_beads(scene: FlowScene) -> dict[tuple[int, int], tuple[bool, Dot, VMobject]]:
    """What is seen where a bead is, by both their identities, and whether it hides the bead."""
    family = [m for m in scene.get_mobject_family_members() if isinstance(m, VMobject)]
    family = [m for m in family if len(m.points)]
    colour, found = ManimColor(scene.theme.path), {}
    dots = [k for k, m in enumerate(family) if isinstance(m, Dot) and m.get_fill_color() == colour]
    beads = [k for k in dots if lit(family[k]) >= SEEN]
    if not beads:
        return found
    low, high = np.hsplit(bounds(family), 2)
    for k in beads:
        bead = family[k]
        middle, radius = bead.get_center()[:2], bead.width / 2
        meets = ((low - radius <= middle) & (middle <= high + radius)).all(axis=1)
        for j in np.flatnonzero(meets):
            other = family[j]
            if isinstance(other, Dot) or lit(other) < SEEN:
                continue
            apart = np.linalg.norm(other.points[:, :2] - middle, axis=1)
            near = np.min(apart) - other.stroke_width / 200
            if near < radius or other.get_fill_opacity() > 0.1:
                found[id(bead), id(other)] = bool(j > k), bead, other
    return found


class Pops:
    """Beads that something hides at one instant and not at the next, or the other way round."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self._last: dict[tuple[int, int], tuple[bool, Dot, VMobject]] = {}

    def look(self, scene: FlowScene) -> None:
        """Compare with the last time that this was asked."""
        now = hidden_beads(scene)
        for pair, (hides, bead, other) in now.items():
            if pair in self._last and self._last[pair][0] != hides:
                when = f"{scene.clock.get_value():.2f} s: {type(other).__name__}"
                place = np.round(bead.get_center()[:2], 1)
                self.found.add(f"{when} {'hides' if hides else 'no longer hides'} a bead, {place}")
        self._last = now


def faults_while(scene: FlowScene, seconds: float) -> set[str]:
    """What is wrong a third and two thirds into the last seconds, and at their end."""
    now, found = scene.clock.get_value(), set()
    for time in (now - 2 * seconds / 3, now - seconds / 3, now):
        scene.clock.set_value(time)
        scene.update_mobjects(0)
        found |= faults(scene)
    return found
