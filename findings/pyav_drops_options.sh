#!/bin/sh
# A codec option that the codec does not know is dropped without a word: x264's own names, such as
# bframes, change nothing, nor does a misspelt one; FFmpeg's (bf) and those in x264-params do. After
# open() the names that were not taken are what is left in the context's options.
# Seen on 2026-11-29 with av 18.1.0.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check av==18.1.0 numpy==2.4.6
cat >encode.py <<'PY'
import io
from fractions import Fraction

import av
import numpy as np


def kinds(**options):
    """The kinds of pictures that a square which moves over a rising ground is encoded in."""
    film = io.BytesIO()
    with av.open(film, "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=25, options=options)
        stream.width = stream.height = 64
        for k in range(25):
            picture = np.full((64, 64, 3), 5 * k, np.uint8)
            picture[:, k : k + 20] = 255
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        out.mux(stream.encode())
    film.seek(0)
    with av.open(film) as made:
        return {int(frame.pict_type) for frame in made.decode(video=0)}


BETWEEN = 3  # AV_PICTURE_TYPE_B
asked = [{"bframes": "0"}, {"no-such-option": "1"}, {"bf": "0"}, {"x264-params": "bframes=0"}]
print([BETWEEN in kinds(**options) for options in asked], end=" ")

context = av.CodecContext.create("libx264", "w")
context.width = context.height = 64
context.pix_fmt, context.time_base = "yuv420p", Fraction(1, 25)
context.options = {"bframes": "0", "crf": "17"}
context.open()
print(context.options)
PY
seen=$(.venv/bin/python encode.py 2>/dev/null)
echo "B-frames with bframes=0, a misspelt option, bf=0, x264-params; what is left: $seen"
test "$seen" = "[True, True, False, False] {'bframes': '0'}"
