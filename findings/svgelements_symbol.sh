#!/bin/sh
# A symbol is drawn where it is defined, which SVG never does, and its use is not scaled to the width that it asks for;
# an inner svg element of the same size is. A film that reads such a file has one square too many, and the other too small.
# Seen on 2026-11-27 with svgelements 1.9.6: widths 10 10 where SVG has one of 40; inner svg 40.
# Flowreel takes its shapes from Typst's SVG, which defines glyphs as such symbols only inside defs, without a viewBox.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet svgelements==1.9.6
cat >widths.py <<'PY'
from io import StringIO
from svgelements import SVG, Path

SQUARE = '<path d="M0 0H10V10H0Z"/>'

def widths(inside):
    page = f'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100" viewBox="0 0 100 100">{inside}</svg>'
    boxes = (e.bbox() for e in SVG.parse(StringIO(page)).elements() if isinstance(e, Path))
    return " ".join(f"{right - left:.0f}" for left, _, right, _ in boxes)

print("symbol", widths(f'<symbol id="s" viewBox="0 0 10 10">{SQUARE}</symbol><use href="#s" width="40" height="40"/>'),
      "inner", widths(f'<svg viewBox="0 0 10 10" width="40" height="40">{SQUARE}</svg>'))
PY
seen=$(venv/bin/python widths.py)
echo "widths of a square of ten, asked to be forty: $seen"
test "$seen" = "symbol 10 10 inner 40"
