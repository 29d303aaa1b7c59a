#!/bin/sh
# An Arrow leaves a gap (buff) at both ends, 0.25 unless told otherwise, as long as both fit between its
# points; where they do not, it leaves none and takes all of the way. An arrow that follows two points
# which come together shrinks to nothing, and then jumps to full length.
# Seen on 2026-11-30 with manim 0.22.0: between points 0.60, 0.55, 0.50, 0.49, 0.40 apart it is 0.10,
# 0.05, 0.00, 0.49 and 0.40 long; a Line with a buff as well.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check manim==0.22.0 'audioop-lts; python_version >= "3.13"'
cat >arrow.py <<'PY'
from manim import ORIGIN, RIGHT, Arrow, Line

apart = (0.6, 0.55, 0.5, 0.49, 0.4)
print(*(f"{Arrow(ORIGIN, way * RIGHT).get_length():.2f}" for way in apart), end="; ")
print(*(f"{Line(ORIGIN, way * RIGHT, buff=0.25).get_length():.2f}" for way in apart))
PY
seen=$(venv/bin/python arrow.py)
echo "lengths of arrows and of lines: $seen"
test "$seen" = "0.10 0.05 0.00 0.49 0.40; 0.10 0.05 0.00 0.49 0.40"
