#!/bin/sh
# A value in a dataclass with slots is not seen by the cache: the old film is served.
# Seen on 2026-11-27 with manim 0.22.0: plain dataclass 2 keys, with slots 1 key.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet manim==0.22.0 'audioop-lts; python_version >= "3.13"'
cat >scene.py <<'PY'
from dataclasses import dataclass
from pathlib import Path
from manim import RIGHT, Dot, Scene, tempconfig

@dataclass
class Plain:
    speed: float

@dataclass(slots=True)
class Slotted:
    speed: float

def keys(kind):
    found = set()
    for speed in (1.0, 2.0):
        class Clip(Scene):
            def construct(self):
                dot, held = Dot(), kind(speed)
                dot.held = held
                self.add(dot)
                self.play(dot.animate.shift(RIGHT), run_time=0.2)
        with tempconfig({"frame_rate": 10, "pixel_width": 64, "pixel_height": 36,
                         "media_dir": f"{kind.__name__}{speed}", "verbosity": "ERROR",
                         "progress_bar": "none"}):
            Clip().render()
        found |= {p.name for p in Path(f"{kind.__name__}{speed}").rglob("partial_movie_files/*/*.mp4")}
    return len(found)

print("plain", keys(Plain), "slots", keys(Slotted))
PY
seen=$(venv/bin/python scene.py | tail -n 1)
echo "cache keys of two values: $seen"
test "$seen" = "plain 2 slots 1"
