#!/bin/sh
# A WebM of VP9 with alpha is read without it: FFmpeg's own decoder, which PyAV and imageio take, leaves the
# alpha out, and asked for RGBA they say that all of it is opaque. The stream still says alpha_mode 1, and
# libvpx's decoder, which has to be asked for by name, gives the alpha; MoviePy asks for it with has_mask.
# Seen on 2026-11-30 with av 18.1.0, imageio 2.38.1: half of a film is transparent, as it was written; its
# left and right pixel have an alpha of 0 and 255 by libvpx, and of 255 and 255 by default and by imageio.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-deps av==18.1.0 imageio==2.38.1 numpy==2.4.6 pillow==12.3.0
cat >film.py <<'PY'
from fractions import Fraction

import av
import imageio.v3 as imageio
import numpy as np

picture = np.full((64, 64, 4), 255, np.uint8)
picture[:, :32, 3] = 0
with av.open("film.webm", "w") as film:
    stream = film.add_stream("libvpx-vp9", rate=30, width=64, height=64, pix_fmt="yuva420p", options={"auto-alt-ref": "0"})
    for k in range(3):
        frame = av.VideoFrame.from_ndarray(picture, format="rgba").reformat(format="yuva420p")
        frame.pts, frame.time_base = k, Fraction(1, 30)
        film.mux(stream.encode(frame))
    film.mux(stream.encode(None))


def alpha(pixels):
    return pixels[32, [8, 56], 3].tolist()


with av.open("film.webm") as film:
    said = film.streams.video[0].metadata["alpha_mode"]
    first = next(film.decode(video=0)).to_ndarray(format="rgba")
with av.open("film.webm") as film:
    by_libvpx = av.CodecContext.create("libvpx-vp9", "r").decode(next(film.demux(video=0)))[0].to_ndarray(format="rgba")
print(said, alpha(by_libvpx), alpha(first), alpha(imageio.imread("film.webm", index=0, plugin="pyav", format="rgba")))
PY
seen=$(venv/bin/python film.py 2>/dev/null)
echo "alpha_mode, and alpha at the left and the right by libvpx, by PyAV, by imageio: $seen"
test "$seen" = "1 [0, 255] [255, 255] [255, 255]"
