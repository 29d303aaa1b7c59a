#!/bin/sh
# TrimPathEffect, which draws a part of a path as it grows, measures the path as coarsely as if its
# units were pixels, however large the canvas shows them. In a plane that is a few units wide a curve is
# taken for a few chords, and the part that is drawn ends elsewhere: half way, a tenth of the picture off.
# Seen on 2026-11-30 with skia-python 144.1, in a picture of 400 pixels that is 2 units wide: a quarter,
# half and three quarters of a curve end at x = -0.54, -0.22 and 0.24; the same picture in units of
# pixels has -0.46, -0.01 and 0.45. The length of a unit circle is 5.66.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check skia-python==144.1 numpy==2.4.6
cat >trim.py <<'PY'
import numpy as np
import skia

SIZE = 400


def ends(unit, part):  # where on x the trimmed curve ends, from -1 to 1
    pixels = np.zeros((SIZE, SIZE, 4), np.uint8)
    canvas = skia.Surface(pixels).getCanvas()
    canvas.clear(skia.ColorBLACK)
    canvas.translate(SIZE / 2, SIZE / 2)
    canvas.scale(SIZE / 2 / unit, SIZE / 2 / unit)
    path = skia.Path()
    path.moveTo(-0.9 * unit, 0)
    path.cubicTo(-0.85 * unit, 0.05 * unit, -0.8 * unit, 0.1 * unit, 0.9 * unit, 0)
    trim = skia.TrimPathEffect.Make(0, part)
    paint = skia.Paint(Color=skia.ColorWHITE, Style=skia.Paint.kStroke_Style, StrokeWidth=0.03 * unit, PathEffect=trim)
    canvas.drawPath(path, paint)
    return np.flatnonzero((pixels[..., 0] > 128).any(0)).max() / (SIZE / 2) - 1


circle = skia.Path()
circle.addCircle(0, 0, 1)
length = skia.PathMeasure(circle, False).getLength()
units, pixels = ([ends(unit, part) for part in (0.25, 0.5, 0.75)] for unit in (1, 200))
print("in units", *(f"{x:.2f}" for x in units), "in pixels", *(f"{x:.2f}" for x in pixels), f"circle {length:.2f}")
assert abs(length - 4 * 2**0.5) < 1e-3
assert all(close < far - 0.06 for close, far in zip(units, pixels)) and units[1] < pixels[1] - 0.2
assert abs(pixels[0] + 0.46) < 0.02 and abs(pixels[1]) < 0.02 and abs(pixels[2] - 0.44) < 0.02
PY
venv/bin/python trim.py
