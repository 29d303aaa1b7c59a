#!/bin/sh
# A play that comes from the cache moves updaters by one step of its whole length:
# what follows begins at another place than in the first render, and its new film jumps at the joint.
# Seen on 2026-11-27 with manim 0.22.0: x is 0.387 after a second that is rendered, 0.000 after one from the cache.
# Flowreel sets every picture from film time alone, never by adding up steps.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet manim==0.22.0 'audioop-lts; python_version >= "3.13"'
cat >scene.py <<'PY'
from manim import RIGHT, Dot, Scene, tempconfig

def decay(dot, dt):  # Euler's steps of x' = -x
    dot.set_x(dot.get_x() * (1 - dt))

def place(rest):
    class Clip(Scene):
        def construct(self):
            dot = Dot(RIGHT)
            dot.add_updater(decay)
            self.add(dot)
            self.wait(1)
            self.found = dot.get_x()
            self.wait(rest)
    with tempconfig({"frame_rate": 10, "pixel_width": 64, "pixel_height": 36, "media_dir": "media",
                     "verbosity": "ERROR", "progress_bar": "none"}):
        scene = Clip()
        scene.render()
        return scene.found

print(*(f"{abs(place(rest)):.3f}" for rest in (0.5, 0.6)))  # the second edits only what follows
PY
seen=$(venv/bin/python scene.py | tail -n 1)
echo "x after one second, rendered and from the cache: $seen"
test "$seen" = "0.387 0.000"
