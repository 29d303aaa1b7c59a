#!/bin/sh
# Typst pictures are kept by their source alone: a text drawn once without its font keeps the
# substitute after font_paths is put right. The same in a new media folder has the font.
# Seen on 2026-11-27 with manim 0.22.0, typst 0.15.2, the font Amatic SC of font-amatic-sc 0.0.4:
# same folder True, new folder False (whether the picture is that of the substitute).
# Flowreel asks for no font folder: it sets its text in the fonts that Typst brings along (stage/text/source.py).
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet 'manim[typst]==0.22.0' typst==0.15.2 'audioop-lts; python_version >= "3.13"'
venv/bin/pip install --quiet --no-deps --target font font-amatic-sc==0.0.4
cat >fonts.py <<'PY'
import sys
from manim import Typst, tempconfig

def width(folder, fonts):
    with tempconfig({"media_dir": folder, "verbosity": "ERROR"}):
        text = Typst("gradient flow", typst_preamble='#set text(font: "Amatic SC")',
                     font_paths=["font"] if fonts else None)
        return f"{text.width:.3f}"

print(width(sys.argv[1], sys.argv[2] == "with"))
PY
without=$(venv/bin/python fonts.py old without | tail -n 1)
kept=$(venv/bin/python fonts.py old with | tail -n 1)
right=$(venv/bin/python fonts.py new with | tail -n 1)
echo "width without the font: $without, with it in the same folder: $kept, in a new folder: $right"
test "$kept" = "$without"
test "$right" != "$without"
