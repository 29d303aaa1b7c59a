#!/bin/sh
# StreamLines follow their field by Euler's steps of dt = 0.05, whatever the field: lines of a rotation
# leave their circle, and where a sink is steeper than 2/dt, as a minimum of some curvature is under
# gradient flow, they swing about it and run away.
# Seen on 2026-11-30 with manim 0.22.0: a line about a centre ends at 1.08 times the radius at which it
# begins; one into the sink -45 p begins at 0.54 from it and ends at 7.84, near the edge of the area.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet manim==0.22.0 'audioop-lts; python_version >= "3.13"'
cat >lines.py <<'PY'
import numpy as np
from manim import StreamLines


def radii(field, x, y):
    """How far from the origin a line begins and ends."""
    lines = StreamLines(field, x_range=[x, x, 1], y_range=[y, y, 1], noise_factor=0, padding=9)
    (line,) = lines.stream_lines
    return np.linalg.norm(line.points[[0, -1]], axis=1)


begin, end = radii(lambda p: np.array([-p[1], p[0], 0.0]), 2.0, 0.0)
away = radii(lambda p: -45 * p, 0.5, 0.2)
print(f"{end / begin:.2f}", *(f"{radius:.2f}" for radius in away))
PY
seen=$(venv/bin/python lines.py | tail -n 1)
echo "radius about a centre grows by, and about a sink from and to: $seen"
test "$seen" = "1.08 0.54 7.84"
