#!/bin/sh
# A still wait is rounded down to whole frames where a play is rounded up: time is lost.
# Seen on 2026-11-27 with manim 0.22.0: wait 6 frames, play 7 frames.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet manim==0.22.0 'audioop-lts; python_version >= "3.13"'
cat >scene.py <<'PY'
from manim import Dot, FadeIn, Scene, tempconfig
import av

def frames(play):
    class Clip(Scene):
        def construct(self):
            play(self)
    settings = {"frame_rate": 10, "pixel_width": 64, "pixel_height": 36, "media_dir": play.__name__,
                "verbosity": "ERROR", "progress_bar": "none", "disable_caching": True}
    with tempconfig(settings):
        scene = Clip()
        scene.render()
        film = str(scene.renderer.file_writer.movie_file_path)
    with av.open(film) as opened:
        return sum(1 for _ in opened.decode(video=0))

def wait(scene):
    scene.wait(0.7)

def play(scene):
    scene.play(FadeIn(Dot()), run_time=0.7)

print(f"wait {frames(wait)} frames, play {frames(play)} frames")
PY
seen=$(venv/bin/python scene.py | tail -n 1)
echo "$seen"
test "$seen" = "wait 6 frames, play 7 frames"
