#!/bin/sh
# A section with skip_animations is left out of the film, but not out of the time of its captions:
# those of the skipped section stay, and all that follow come late by its length.
# Seen on 2026-11-30 with manim 0.22.0: of two sections of a second, the first of them skipped, the
# film lasts 1 s, and its SRT says what is skipped from 0 to 1 s, and what is seen from 1 to 2 s.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet manim==0.22.0 'audioop-lts; python_version >= "3.13"'
cat >scene.py <<'PY'
import av
from manim import RIGHT, Dot, Scene, tempconfig


class Talk(Scene):
    def construct(self):
        dot = Dot()
        self.next_section("one", skip_animations=True)
        self.play(dot.animate.shift(RIGHT), run_time=1, subcaption="skipped")
        self.next_section("two")
        self.play(dot.animate.shift(RIGHT), run_time=1, subcaption="seen")


with tempconfig({"frame_rate": 10, "pixel_width": 64, "pixel_height": 36, "media_dir": "media",
                 "verbosity": "ERROR", "progress_bar": "none"}):
    talk = Talk()
    talk.render()
film = talk.renderer.file_writer.movie_file_path
with av.open(str(film)) as made:
    seconds = made.duration / av.time_base
lines = [line for line in film.with_suffix(".srt").read_text().splitlines() if line.strip()]
print(f"{seconds:.1f} s:", "; ".join(f"{lines[k]} {lines[k + 1]}" for k in range(1, len(lines), 3)))
PY
seen=$(venv/bin/python scene.py | tail -n 1)
echo "$seen"
test "$seen" = "1.0 s: 00:00:00,000 --> 00:00:01,000 skipped; 00:00:01,000 --> 00:00:02,000 seen"
