#!/bin/sh
# A section with skip_animations is left out of a film of manim-voiceover, and its voice is not: it is
# heard over the section that follows, whose own voice comes when the pictures have ended.
# Seen on 2026-11-30 with manim-voiceover 0.4.0, manim 0.22.0: of two sections of a second, the first of
# them skipped, there is a second of pictures and two of sound: 440 Hz, the voice of the first, and then
# 880, that of the second. With Manim's own add_sound the skipped one is heard too, and the other never.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check manim-voiceover==0.4.0 manim==0.22.0 'setuptools<81' 'audioop-lts; python_version >= "3.13"'
cat >voices.py <<'PY'
import wave
from pathlib import Path

import av
import numpy as np
from manim import RIGHT, Dot, Scene, tempconfig
from manim_voiceover import VoiceoverScene
from manim_voiceover.services.base import SpeechService

RATE = 44100
VOICES = {"first": 440, "second": 880}


def record(name):
    with wave.open(name, "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes((9000 * np.sin(np.arange(RATE) * 2 * np.pi * VOICES[Path(name).stem] / RATE)).astype("<i2").tobytes())


class Tones(SpeechService):
    def generate_from_text(self, text, cache_dir=None, path=None, **more):
        record(f"{self.cache_dir}/{text}.wav")
        return {"input_text": text, "input_data": {"input_text": text}, "original_audio": f"{text}.wav"}


class Spoken(VoiceoverScene):
    def construct(self):
        self.set_speech_service(Tones())
        dot = Dot()
        for name in VOICES:
            self.next_section(name, skip_animations=self.skips and name == "first")
            with self.voiceover(name):
                self.play(dot.animate.shift(RIGHT), run_time=1)


class Sounded(Scene):
    def construct(self):
        dot = Dot()
        for name in VOICES:
            self.next_section(name, skip_animations=self.skips and name == "first")
            record(f"{name}.wav")
            self.add_sound(f"{name}.wav")
            self.play(dot.animate.shift(RIGHT), run_time=1)


def heard(scene, skips):
    small = {"pixel_width": 128, "pixel_height": 72, "frame_rate": 10, "progress_bar": "none", "verbosity": "ERROR"}
    with tempconfig({**small, "media_dir": f"{scene.__name__}{skips}", "disable_caching": True}):
        made = scene()
        made.skips = skips
        made.render()
    with av.open(str(made.renderer.file_writer.movie_file_path)) as film:
        video, audio = film.streams.video[0], film.streams.audio[0]
        rate, pictures = audio.rate, round(float(video.duration * video.time_base), 1)
        sound = np.concatenate([frame.to_ndarray().mean(0) for frame in film.decode(audio)])
    said = []
    for second in range(2):
        part = sound[int((second + 0.3) * rate) : int((second + 0.7) * rate)]
        loud = len(part) > 0 and np.sqrt((part**2).mean()) > 0.01
        said.append(round(np.abs(np.fft.rfft(part)).argmax() * rate / len(part)) if loud else 0)
    return f"{pictures} s {said}"


print(*(heard(scene, skips) for scene in (Spoken, Sounded) for skips in (False, True)), sep="; ", end=".\n")
PY
seen=$(venv/bin/python voices.py 2>/dev/null | tail -n 1)
echo "length of the pictures and Hz in each second, whole and skipped, of a voice and of a sound: $seen"
test "$seen" = "2.0 s [440, 880]; 1.0 s [440, 880]; 2.0 s [440, 880]; 1.0 s [440, 0]."
