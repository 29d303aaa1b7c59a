#!/bin/sh
# Where a body of manim-physics goes depends on the frames a second: its world takes one step a frame,
# so a draft at 15 fps shows another path than the film at 60.
# Seen on 2026-11-30 with manim-physics 0.2.4, pymunk 6.11.1, manim 0.22.0: two seconds down a slope end
# at y = -0.12 at 15 fps and at -0.57 at 60 fps, of a frame that is 8 high.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check manim==0.22.0 manim-physics==0.2.4 pymunk==6.11.1 'audioop-lts; python_version >= "3.13"'
cat >roll.py <<'PY'
from manim import LEFT, UP, Circle, Line, tempconfig
from manim_physics import SpaceScene


class Roll(SpaceScene):
    def construct(self):
        ball, slope = Circle(radius=0.3).shift(2 * UP + LEFT), Line([-4, -2, 0], [4, -1, 0])
        self.add(ball, slope)
        self.make_rigid_body(ball)
        self.make_static_body(slope)
        self.wait(2)
        self.end = ball.get_center()


for rate in (15, 30, 60):
    with tempconfig({"frame_rate": rate, "pixel_width": 64, "pixel_height": 36, "media_dir": "media",
                     "verbosity": "ERROR", "progress_bar": "none"}):
        roll = Roll()
        roll.render()
        print(f"({roll.end[0]:.2f}, {roll.end[1]:.2f})", end=" ")
PY
seen=$(venv/bin/python roll.py 2>/dev/null | tail -n 1)
echo "the end at 15, 30 and 60 frames a second: $seen"
test "$seen" = "(-2.57, -0.12) (-2.66, -0.28) (-2.68, -0.57) "
