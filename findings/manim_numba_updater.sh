#!/bin/sh
# A compiled function that an updater calls ends the render in an error of the cache's hash;
# with caching disabled the same scene renders.
# Seen on 2026-11-27 with manim 0.22.0, numba 0.68.1: TypeError "'iterable' is neither an iterable nor a dictionary."
# Flowreel calls its kernels from methods only, where the hash does not come.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet manim==0.22.0 numba==0.68.1 'audioop-lts; python_version >= "3.13"'
cat >scene.py <<'PY'
from manim import Dot, Scene, tempconfig
from numba import njit

@njit
def half(x):
    return 0.5 * x

class Clip(Scene):
    def construct(self):
        dot = Dot()
        dot.add_updater(lambda mobject: mobject.set_x(half(1.0)))
        self.add(dot)
        self.wait(0.2)

for cache_is_off in (True, False):
    try:
        with tempconfig({"frame_rate": 10, "pixel_width": 64, "pixel_height": 36, "media_dir": "media",
                         "verbosity": "ERROR", "progress_bar": "none",
                         "disable_caching": cache_is_off}):
            Clip().render()
        print("rendered", end=", ")
    except TypeError as error:
        print("TypeError:", error)
PY
seen=$(venv/bin/python scene.py 2>/dev/null | tail -n 1)
echo "without the cache, and with it: $seen"
case $seen in "rendered, TypeError:"*) ;; *) exit 1 ;; esac
