#!/bin/sh
# A film that is copied packet by packet, by add_stream_from_template, loses what says that it is
# transparent: WebM its alpha_mode, so that a browser shows it opaque though all of its alpha is there;
# ProRes 4444 its name, and it is called ProRes 422 HQ, which has no alpha.
# Seen on 2026-11-30 with av 18.1.0; Chromium 156 shows the copied WebM opaque. Both are kept if the
# new stream is given the metadata and the codec_tag of the old one.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check av==18.1.0 numpy==2.4.6
cat >remux.py <<'PY'
import av
import numpy as np

glass = np.full((64, 64, 4), 200, np.uint8)
glass[:, :, 3] = np.where(np.arange(64) < 32, 255, 0)


def encode(name, codec, pixels):
    with av.open(name, "w") as film:
        stream = film.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, pixels
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(glass, format="rgba").reformat(format=pixels)
            film.mux(stream.encode(frame))
        film.mux(stream.encode())


def copy(name, target, keep=False):
    with av.open(name) as source, av.open(target, "w") as film:
        old = source.streams.video[0]
        new = film.add_stream_from_template(old)
        if keep:
            new.metadata.update(old.metadata)
            new.codec_context.codec_tag = old.codec_context.codec_tag
        for packet in source.demux(old):
            if packet.dts is not None:
                packet.stream = new
                film.mux(packet)


def told(name):
    """What a film says of its alpha; of WebM, also how many of its packets carry some."""
    with av.open(name) as film:
        stream = film.streams.video[0]
        if name.endswith(".mov"):
            return stream.codec_context.codec_tag
        packets = [packet for packet in film.demux(stream) if packet.size]
        named = {name.lower(): value for name, value in stream.metadata.items()}
        return named.get("alpha_mode"), sum(any(p.iter_sidedata()) for p in packets)


encode("a.webm", "libvpx-vp9", "yuva420p")
encode("a.mov", "prores_ks", "yuva444p10le")
for kind in ("webm", "mov"):
    copy(f"a.{kind}", f"b.{kind}")
    copy(f"a.{kind}", f"c.{kind}", keep=True)
    print(*(told(f"{letter}.{kind}") for letter in "abc"), end=" ")
PY
seen=$(venv/bin/python remux.py 2>/dev/null)
echo "WebM and MOV as encoded, copied, and copied with metadata and tag: $seen"
test "$seen" = "('1', 5) (None, 5) ('1', 5) ap4h apch ap4h "
