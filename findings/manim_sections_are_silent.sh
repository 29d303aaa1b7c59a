#!/bin/sh
# The film of a scene has its sounds, the films of its sections have none, though each section is cut
# from it for a talk; and a section that only shows something, without a play, has neither a film nor
# an entry in their list, so those after it move up.
# Seen on 2026-11-30 with manim 0.22.0: of sections "one", "shown" and "two" with a tone there are two
# films, numbered 0 and 1, without a sound; that of the scene has one.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check manim==0.22.0 'audioop-lts; python_version >= "3.13"'
cat >scene.py <<'PY'
import wave

import av
import numpy as np
from manim import RIGHT, Dot, Scene, Square, tempconfig

with wave.open("tone.wav", "wb") as tone:
    tone.setnchannels(1), tone.setsampwidth(2), tone.setframerate(44100)
    tone.writeframes((9000 * np.sin(0.06 * np.arange(2 * 44100))).astype("<i2").tobytes())


class Talk(Scene):
    def construct(self):
        dot = Dot()
        self.next_section("one")
        self.add_sound("tone.wav")
        self.play(dot.animate.shift(RIGHT))
        self.next_section("shown")
        self.add(Square())
        self.next_section("two")
        self.play(dot.animate.shift(RIGHT))


with tempconfig({"frame_rate": 10, "pixel_width": 64, "pixel_height": 36, "media_dir": "media",
                 "verbosity": "ERROR", "progress_bar": "none", "save_sections": True}):
    talk = Talk()
    talk.render()
    made = talk.renderer.file_writer
for film in (made.movie_file_path, *sorted(made.sections_output_dir.glob("*.mp4"))):
    with av.open(str(film)) as opened:
        print(film.stem, len(opened.streams.audio), end="  ")
PY
seen=$(venv/bin/python scene.py 2>/dev/null | tail -n 1)
echo "films, and how many sounds each has: $seen"
test "$seen" = "Talk 1  Talk_0000_one 0  Talk_0001_two 0  "
