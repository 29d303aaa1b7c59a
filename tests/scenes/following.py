"""What follows the clock, and whether it is as it would be if it were asked now."""

from __future__ import annotations

import numpy as np
from manim import Mobject

from stage import FlowScene


def followers(scene: FlowScene) -> list[Mobject]:
    """All on the stage that looks itself up at the clock."""
    family = scene.get_mobject_family_members()
    return [part for part in family if getattr(part, "follows_clock", False)]


def stale(scene: FlowScene, following: list[Mobject]) -> set[str]:
    """Which of the followers change when they are asked again, and when that is."""
    found = set()
    for follower in following:
        shown = [part.points.copy() for part in follower.get_family()]
        for updater in follower.updaters:
            updater(follower)
        for part, points in zip(follower.get_family(), shown, strict=True):
            if not np.array_equal(points, part.points):
                found.add(f"{type(follower).__name__} at {scene.clock.get_value():.2f} s")
    return found
