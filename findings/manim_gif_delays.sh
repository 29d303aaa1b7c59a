#!/bin/sh
# A GIF at 60 frames a second has delays of 10 and 20 ms; browsers show 10 ms as 100.
# Seen on 2026-11-27 with manim 0.22.0: delays 10 20.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet manim==0.22.0 'audioop-lts; python_version >= "3.13"'
cat >scene.py <<'PY'
from PIL import Image, ImageSequence
from manim import RIGHT, Dot, Scene, tempconfig

class Clip(Scene):
    def construct(self):
        dot = Dot()
        self.add(dot)
        self.play(dot.animate.shift(2 * RIGHT), run_time=1.0)

with tempconfig({"frame_rate": 60, "pixel_width": 128, "pixel_height": 72, "media_dir": "media",
                 "verbosity": "ERROR", "progress_bar": "none", "format": "gif"}):
    scene = Clip()
    scene.render()
import pathlib
(film,) = pathlib.Path("media").rglob("*.gif")
with Image.open(film) as gif:
    delays = sorted({frame.info["duration"] for frame in ImageSequence.Iterator(gif)})
print("delays", *delays)
PY
seen=$(venv/bin/python scene.py | tail -n 1)
echo "$seen"
test "$seen" = "delays 10 20"
