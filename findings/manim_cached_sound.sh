#!/bin/sh
# A sound that is added after a play which comes from the cache is left out, without a word.
# Seen on 2026-11-27 with manim 0.22.0: with sound True, and rendered again False.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet manim==0.22.0 'audioop-lts; python_version >= "3.13"'
cat >scene.py <<'PY'
import struct, wave
from manim import Dot, FadeIn, FadeOut, Scene, tempconfig

with wave.open("beep.wav", "wb") as beep:
    beep.setnchannels(1), beep.setsampwidth(2), beep.setframerate(8000)
    beep.writeframes(struct.pack("<800h", *[8000 * (k // 10 % 2) for k in range(800)]))

class Clip(Scene):
    def construct(self):
        dot = Dot()
        self.play(FadeIn(dot), run_time=0.5)
        self.add_sound("beep.wav")
        self.play(FadeOut(dot), run_time=0.5)

heard = []
for _ in range(2):
    with tempconfig({"frame_rate": 10, "pixel_width": 64, "pixel_height": 36, "media_dir": "media",
                     "verbosity": "ERROR", "progress_bar": "none"}):
        scene = Clip()
        scene.render()
        heard.append(scene.renderer.file_writer.includes_sound)
print(*heard)
PY
seen=$(venv/bin/python scene.py | tail -n 1)
echo "with sound, rendered once and again: $seen"
test "$seen" = "True False"
