#!/bin/sh
# A transparent film, or still, has colours that are multiplied by their alpha already, where players
# and PNG expect straight ones: half-transparent white is half-transparent grey, and every smooth
# edge has a dark fringe over anything that is not black.
# Seen on 2026-11-30 with manim 0.22.0: white at an opacity of 1/2 is [128 128 128 128] in the MOV (which
# is lossless) and in the PNG. Laid over white it is 191, not 255.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet manim==0.22.0 'audioop-lts; python_version >= "3.13"'
cat >scene.py <<'PY'
import av
from manim import WHITE, Scene, Square, tempconfig
from PIL import Image


class Glass(Scene):
    def construct(self):
        self.add(Square(3, fill_color=WHITE, fill_opacity=0.5, stroke_width=0))
        self.wait(0.5)


SIZE = {"frame_rate": 10, "pixel_width": 64, "pixel_height": 36, "media_dir": "media"}
QUIET = {"verbosity": "ERROR", "progress_bar": "none"}


def glass(**how):
    with tempconfig(SIZE | QUIET | {"transparent": True} | how):
        scene = Glass()
        scene.render()
        return scene.renderer.file_writer


film = glass(format="mov").movie_file_path
with av.open(str(film)) as made:
    frame = next(made.decode(video=0)).to_ndarray(format="rgba")
still = glass(format="png", save_last_frame=True).image_file_path
red, green, blue, alpha = seen = frame[18, 32].tolist()
print(seen, list(Image.open(still).getpixel((32, 18))), round(red * alpha / 255 + 255 - alpha))
PY
seen=$(venv/bin/python scene.py | tail -n 1)
echo "half-transparent white in a film and in a still, and what it is over white: $seen"
test "$seen" = "[128, 128, 128, 128] [128, 128, 128, 128] 191"
