#!/bin/sh
# A WAV file of floating-point samples with the extensible header, which libsndfile writes as WAVEX and
# FFmpeg above 48,000 samples a second, is read as if the bits were whole numbers: what is quiet becomes
# as loud as what is loud, and all is distorted, without a warning.
# Seen on 2026-11-30 with pydub 0.25.1, soundfile 0.14.0, av 18.1.0: sines at -9 and at -69 dBFS are both
# read at -6.0, from floats of libsndfile as of FFmpeg; from 24-bit integers in the same kind of file they
# are right, and soundfile reads all of them right.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pydub==0.25.1 soundfile==0.14.0 av==18.1.0 numpy==2.4.6
cat >sound.py <<'PY'
import av
import numpy as np
import soundfile
from pydub import AudioSegment

RATE = 96_000
wave = 0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)


def by_ffmpeg(name, samples):
    with av.open(name, "w") as file:
        stream = file.add_stream("pcm_f32le", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None].astype(np.float32), format="flt", layout="mono")
        frame.sample_rate = RATE
        for part in (frame, None):
            file.mux(stream.encode(part))


def by_libsndfile(name, samples, kind):
    soundfile.write(name, samples, RATE, format="WAVEX", subtype=kind)


writers = {
    "24 bits": lambda *asked: by_libsndfile(*asked, "PCM_24"),
    "libsndfile": lambda *asked: by_libsndfile(*asked, "FLOAT"),
    "FFmpeg": by_ffmpeg,
}
for writer, write in writers.items():
    levels = []
    for loudness in (1, 0.001):
        write("sine.wav", loudness * wave)
        assert np.abs(soundfile.read("sine.wav")[0] - loudness * wave).max() < 1e-6
        levels.append(f"{AudioSegment.from_file('sine.wav').dBFS:.1f}")
    print(writer, *levels, end="; ")
PY
seen=$(venv/bin/python -W ignore sound.py)
echo "levels of a loud and of a quiet sine: $seen"
test "$seen" = "24 bits -9.0 -69.0; libsndfile -6.0 -6.0; FFmpeg -6.0 -6.0; "
