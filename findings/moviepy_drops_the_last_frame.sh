#!/bin/sh
# A film that MoviePy reads and writes unchanged lacks its last frame, for many lengths: it takes the length
# from what FFmpeg prints, with two digits after the point, and rounds length times rate down to frames, also
# where floating point alone brings it below. FFmpeg itself keeps every frame.
# Seen on 2026-11-30 with moviepy 2.2.1, imageio-ffmpeg 0.8.1 (its FFmpeg), av 18.1.0: of 90, 100 and 123
# frames at 30 a second 90, 99 and 122 are left, of 90, 101 and 122 at 60 there are 90, 100 and 121. The
# last picture, from which the next film of a talk goes on, is so not in it.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check moviepy==2.2.1 imageio-ffmpeg==0.8.1 av==18.1.0 numpy==2.4.6
cat >film.py <<'PY'
import subprocess
from fractions import Fraction

import av
import imageio_ffmpeg
import numpy as np
from moviepy import VideoFileClip


def film(count, rate):
    with av.open("film.mp4", "w") as made:
        stream = made.add_stream("libx264", rate=rate, width=64, height=64, pix_fmt="yuv420p")
        for k in range(count):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), k, np.uint8), format="rgb24")
            frame.pts, frame.time_base = k, Fraction(1, rate)
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))


def frames(name):
    with av.open(name) as read:
        return sum(1 for _ in read.decode(video=0))


for rate, counts in {30: (90, 100, 123), 60: (90, 101, 122)}.items():
    for count in counts:
        film(count, rate)
        with VideoFileClip("film.mp4") as clip:
            clip.write_videofile("again.mp4", logger=None)
        subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", "film.mp4", "kept.mp4"], check=True)
        assert frames("film.mp4") == frames("kept.mp4") == count
        print(f"{count}:{frames('again.mp4')}", end=" ")
PY
seen=$(venv/bin/python -W ignore film.py)
echo "frames before and after: $seen"
test "$seen" = "90:90 100:99 123:122 90:90 101:100 122:121 "
