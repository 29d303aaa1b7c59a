"""A clip whose camera moves, so that all light is drawn anew in every frame: see ``against``."""

from __future__ import annotations

from typing import Any

from scenes.figures import PointDeepFour


class Zooming(PointDeepFour):
    """Two seconds of a figure, in which its camera comes nearer."""

    def let_flow(self, seconds: float, *animations: Any) -> None:
        """Let two seconds pass, however many are asked for."""
        frame: Any = self.camera.frame
        super().let_flow(2.0, frame.animate(run_time=2.0).scale(0.8))
