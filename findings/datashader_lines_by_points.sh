#!/bin/sh
# The same count of the same line is two things in datashader: with line_width=0, its default, a pixel counts
# all stored points within it, with line_width=1 how often the line comes by. So a path that is sampled ten
# times as finely is ten times as bright, and one of even times is bright where it is slow; made smooth, it
# is even. The manual says that without a width a line passes through a pixel or does not.
# Seen on 2026-11-30 with datashader 0.19.1, numpy 2.4.6: a path of exp(-t) counts 275, 12 and 3 per pixel at its
# end, middle and start, and 1, 1 and 1 with a width; one of five turns has 5 in both.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --no-compile --quiet --disable-pip-version-check datashader==0.19.1 numpy==2.4.6
cat >lines.py <<'PY'
import datashader
import numpy as np
import pandas as pd

plane = datashader.Canvas(100, 10, x_range=(-0.5, 99.5), y_range=(-0.5, 9.5))
square = datashader.Canvas(50, 50, x_range=(-1.2, 1.2), y_range=(-1.2, 1.2))


def count(canvas, x, y, width):
    table = pd.DataFrame({"x": x, "y": np.broadcast_to(y, np.shape(x))})
    return canvas.line(table, "x", "y", agg=datashader.count(), line_width=width).values


decay, turns = 99 * np.exp(-np.linspace(0, 8, 2000)), np.linspace(0, 10 * np.pi, 501)
for width in (0, 1):
    fine = (float(np.nanmean(count(plane, np.linspace(0, 99, n), 5.0, width)[5, 10:90])) for n in (100, 1000))
    slow = count(plane, decay, 5.0, width)[5, [1, 20, 90]]
    round_trip = np.nanmax(count(square, np.cos(turns), np.sin(turns), width))
    print("width", width, "finer", *(f"{n:.0f}" for n in fine), "slower", *(f"{n:.0f}" for n in slow), "turns", f"{round_trip:.0f}")
PY
venv/bin/python -W ignore lines.py | tee seen
cat >expected <<'TXT'
width 0 finer 1 10 slower 275 12 3 turns 5
width 1 finer 1 1 slower 1 1 1 turns 5
TXT
cmp seen expected
