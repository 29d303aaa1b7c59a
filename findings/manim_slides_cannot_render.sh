#!/bin/sh
# A Slide cannot be rendered with this Manim; the converters of finished films work.
# Seen on 2026-11-27 with manim-slides 5.7.0, manim 0.22.0: AttributeError about write_to_movie.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet manim==0.22.0 manim-slides==5.7.0 'audioop-lts; python_version >= "3.13"'
cat >scene.py <<'PY'
from manim import Dot, FadeIn, tempconfig
from manim_slides import Slide

class Clip(Slide):
    def construct(self):
        self.play(FadeIn(Dot()), run_time=0.2)
        self.next_slide()

try:
    with tempconfig({"frame_rate": 10, "pixel_width": 64, "pixel_height": 36, "media_dir": "media",
                     "verbosity": "ERROR", "progress_bar": "none"}):
        Clip().render()
    print("rendered")
except AttributeError as error:
    print("AttributeError:", error)
PY
seen=$(venv/bin/python scene.py 2>/dev/null | tail -n 1)
echo "$seen"
case $seen in AttributeError:*write_to_movie*) ;; *) exit 1 ;; esac
