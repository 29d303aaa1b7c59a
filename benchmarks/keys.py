"""What the keys of a clip's plays cost, in processor time: Manim's own, and those of ours."""

from __future__ import annotations

import sys
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from manim import Scene
from manim.utils.hashing import get_hash_from_play_call

from stage.configured import configured
from stage.engine import renderer
from stage.engine.key import play_key
from stage.scene import FlowScene
from studio.cli.choice import choose
from studio.render.scene_file import load_module


def measure(name: str) -> tuple[int, float, float]:
    """Film a clip in small: how many plays it has, and seconds for their keys of either kind."""
    (clip,) = choose([name])
    kind: type[FlowScene] = getattr(load_module(clip.path), name)
    took = [0.0, 0.0]
    plays = 0

    def both(scene: Scene, camera: Any, animations: Any, mobjects: Any, encoder: str) -> str:
        nonlocal plays
        begin = process_time()
        get_hash_from_play_call(
            scene, camera, animations, mobjects,
            backend="cairo", encoder_fingerprint=encoder, renderer_state=(),
        )  # fmt: skip
        between = process_time()
        key = play_key(scene, camera, animations, mobjects, encoder)
        took[0] += between - begin
        took[1] += process_time() - between
        plays += 1
        return key

    vars(renderer)["play_key"] = both
    small = {"pixel_width": 240, "pixel_height": 136, "frame_rate": 2}
    with TemporaryDirectory() as folder:
        quiet = {"media_dir": folder, "progress_bar": "none", "verbosity": "ERROR"}
        with configured(small | quiet):
            kind().render()
    return plays, took[0], took[1]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print("{}: {} plays, Manim's keys {:.2f} s, ours {:.2f} s".format(name, *measure(name)))
