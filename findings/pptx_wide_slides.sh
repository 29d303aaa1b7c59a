#!/bin/sh
# A 16:9 deck still says screen4x3, and notes are no part of the list that the schema has for them.
# Seen on 2026-11-27 with python-pptx 1.0.2: type screen4x3, notes master related True, listed False.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet python-pptx==1.0.2
cat >deck.py <<'PY'
from pptx import Presentation
from pptx.util import Emu

deck = Presentation()
deck.slide_width, deck.slide_height = Emu(12192000), Emu(6858000)
slide = deck.slides.add_slide(deck.slide_layouts[6])
slide.notes_slide.notes_text_frame.text = "Say this."
deck.save("deck.pptx")
part = Presentation("deck.pptx").part
xml = part.blob.decode()
related = any(rel.reltype.endswith("/notesMaster") for rel in part.rels.values())
print('screen4x3' in xml, related, "notesMasterIdLst" in xml)
PY
seen=$(venv/bin/python deck.py | tail -n 1)
echo "says screen4x3, notes master related, and listed: $seen"
test "$seen" = "True True False"
