#!/bin/sh
# TransformMatchingShapes names and orders shapes by hashes of bytes, which Python draws anew for each
# process: the same scene has another cache key each time and is rendered again.
# Seen on 2026-11-27 with manim 0.22.0: three processes write 3 segments, with ReplacementTransform 1.
# Flowreel matches by a digest that is the same in every process (stage/text/matching.py).
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet manim==0.22.0 'audioop-lts; python_version >= "3.13"'
cat >scene.py <<'PY'
import sys
from pathlib import Path
from manim import RIGHT, RegularPolygon, ReplacementTransform, Scene, TransformMatchingShapes, VGroup, tempconfig

kind = {"matching": TransformMatchingShapes, "plain": ReplacementTransform}[sys.argv[1]]

class Clip(Scene):
    def construct(self):
        here = VGroup(*map(RegularPolygon, range(3, 9))).arrange(RIGHT)
        there = VGroup(*map(RegularPolygon, range(8, 2, -1))).arrange(RIGHT)
        self.add(here)
        self.play(kind(here, there), run_time=0.3)

with tempconfig({"frame_rate": 10, "pixel_width": 64, "pixel_height": 36, "media_dir": sys.argv[1],
                 "verbosity": "ERROR", "progress_bar": "none"}):
    Clip().render()
print(len(list(Path(sys.argv[1]).rglob("partial_movie_files/*/*.mp4"))))
PY
for seed in 1 2 3; do  # what Python draws by itself, made certain
    matching=$(PYTHONHASHSEED=$seed venv/bin/python scene.py matching | tail -n 1)
    plain=$(PYTHONHASHSEED=$seed venv/bin/python scene.py plain | tail -n 1)
done
seen="matching $matching plain $plain"
echo "segments of one play, rendered three times: $seen"
test "$seen" = "matching 3 plain 1"
