#!/bin/sh
# A 1080p film carries no colour tags and is converted by the matrix of SD: as HD, red is off.
# Seen on 2026-11-27 with manim 0.22.0: colorspace 2 (unspecified), Y 81 where BT.709 has 63.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet manim==0.22.0 'audioop-lts; python_version >= "3.13"'
cat >scene.py <<'PY'
import av
from manim import Scene, tempconfig

class Clip(Scene):
    def construct(self):
        self.wait(0.2)

with tempconfig({"frame_rate": 10, "pixel_width": 1920, "pixel_height": 1080, "media_dir": "media",
                 "verbosity": "ERROR", "progress_bar": "none", "background_color": "#ff0000"}):
    scene = Clip()
    scene.render()
    film = str(scene.renderer.file_writer.movie_file_path)
with av.open(film) as opened:
    frame = next(opened.decode(video=0))
    print("colorspace", int(frame.colorspace), "Y", int(frame.to_ndarray(format=frame.format.name)[540, 960]))
PY
seen=$(venv/bin/python scene.py | tail -n 1)
echo "pure red: $seen (BT.601 has Y 81, BT.709 has Y 63)"
test "$seen" = "colorspace 2 Y 81"
