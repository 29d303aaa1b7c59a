#!/bin/sh
# TransformMatchingShapes: where shapes go and none come, those that go do not fade where they are, but
# fly to the middle of the frame, over whatever is there: to the centre of an empty group.
# Seen on 2026-11-29 with manim 0.22.0: a triangle at (5, 2), with no partner, is at (2.5, 1) half way;
# where another shape comes, at (4, 0), it is between the two.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet manim==0.22.0 'audioop-lts; python_version >= "3.13"'
cat >going.py <<'PY'
from manim import RIGHT, UP, Dot, RegularPolygon, Square, TransformMatchingShapes, VGroup


def half_way(*coming):
    going = RegularPolygon(3).move_to(5 * RIGHT + 2 * UP)
    square = Square().move_to(3 * RIGHT)
    animation = TransformMatchingShapes(VGroup(square, going), VGroup(square.copy(), *coming))
    animation.begin()
    animation.interpolate(0.5)
    x, y, _ = going.get_center()
    return f"({x:.2f}, {y:.2f})"


print("nothing comes:", half_way(), "; a dot comes to (4, 0):", half_way(Dot(4 * RIGHT)))
PY
seen=$(venv/bin/python going.py | tail -n 1)
echo "$seen"
test "$seen" = "nothing comes: (2.50, 1.00) ; a dot comes to (4, 0): (4.50, 1.00)"
