"""One rendering of a clip, and all that is asked of it on the way."""

from __future__ import annotations

import numpy as np
import pytest

from stage import FlowScene
from stage.film.writer import FilmWriter
from studio.job.tasks import Said
from tests.scenes.composition import faults_while
from tests.scenes.following import followers, stale

ASKED_EVERY = 3  # frames


class Watched:
    """Renders scenes, keeping their frames by film time and what is said.

    On the way it looks for anything that steps, for what follows the clock and is not as asked,
    and, where a rendering comes from the cache, for faults of the composition.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.frames: dict[float, np.ndarray] = {}
        self.stepping: set[str] = set()
        self.stale: set[str] = set()
        self.faults: set[str] = set()
        self.said: list[Said] = []
        self.looks_for_faults = False
        self._written = 0
        write, flow, spoken = FilmWriter.write_frame, FlowScene.let_flow, FlowScene.say

        def write_frame(writer: FilmWriter, pixels: np.ndarray, *, repeat: int = 1) -> None:
            self.frames[self.scene.clock.get_value()] = np.array(pixels)
            if self._written % ASKED_EVERY == 0:
                self.stale |= stale(self.scene, followers(self.scene))
            self._written += 1
            write(writer, pixels, repeat=repeat)

        def let_flow(scene: FlowScene, seconds: float, *args: object, **kw: object) -> None:
            self.look(scene)
            flow(scene, seconds, *args, **kw)
            self.look(scene)
            if self.looks_for_faults:
                self.faults |= faults_while(scene, seconds)

        def say(scene: FlowScene, sentence: str, *args: object, seconds: float) -> None:
            now = scene.clock.get_value()
            self.said.append(Said(sentence, now, now + seconds))
            spoken(scene, sentence, *args, seconds=seconds)

        monkeypatch.setattr(FilmWriter, "write_frame", write_frame)
        monkeypatch.setattr(FlowScene, "say", say)
        monkeypatch.setattr(FlowScene, "let_flow", let_flow)

    def look(self, scene: FlowScene) -> None:
        """Note what steps."""
        for mobject in scene.get_mobject_family_members():
            if mobject.has_time_based_updater():
                self.stepping.add(type(mobject).__name__)

    def render(
        self, kind: type[FlowScene], *, looks_for_faults: bool = False
    ) -> dict[float, np.ndarray]:
        """The frames that are rendered, by film time."""
        self.frames, self.said, self._written = {}, [], 0
        self.looks_for_faults = looks_for_faults
        self.scene = kind()
        self.scene.render()
        return self.frames
