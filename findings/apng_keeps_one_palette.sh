#!/bin/sh
# The package apng takes the header and the palette of the first picture for all: an animation of PNGs with
# palettes of their own, which is what any optimizer of PNGs writes, has the first one's colours throughout.
# Nothing is said, and the size, the number of frames and their shapes are right.
# Seen on 2026-11-30 with apng 0.3.4, pillow 12.3.0: three pictures, red, green and blue, are red, red and
# red as palettes; in full colour they are right.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check apng==0.3.4 pillow==12.3.0
cat >frames.py <<'PY'
from apng import APNG
from PIL import Image

COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}
for kind in ("palette", "full"):
    for name, colour in COLOURS.items():
        picture = Image.new("RGB", (16, 16), colour)
        picture.paste((255, 255, 255), (0, 0, 4, 4))
        (picture.quantize(4) if kind == "palette" else picture).save(f"{name}.png")
    APNG.from_files([f"{name}.png" for name in COLOURS], delay=100).save("film.png")
    film, seen = Image.open("film.png"), []
    for frame in range(film.n_frames):
        film.seek(frame)
        pixel = film.convert("RGB").getpixel((12, 12))
        seen.append(next(name for name, colour in COLOURS.items() if colour == pixel))
    print(kind, *seen)
PY
venv/bin/python frames.py | tee seen
cat >expected <<'TXT'
palette red red red
full red green blue
TXT
cmp seen expected
