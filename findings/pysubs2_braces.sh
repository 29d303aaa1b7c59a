#!/bin/sh
# What stands in braces is gone from SRT and WebVTT: it is taken for style.
# Seen on 2026-11-27 with pysubs2 1.8.1: 'The set  has two numbers.'.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet pysubs2==1.8.1
cat >subs.py <<'PY'
from pysubs2 import SSAEvent, SSAFile

subs = SSAFile()
subs.append(SSAEvent(start=0, end=2000, text="The set {0, 1} has two numbers."))
for kind in ("srt", "vtt"):
    print(kind, "{0, 1}" in subs.to_string(kind), "The set  has two numbers." in subs.to_string(kind))
PY
seen=$(venv/bin/python subs.py | tr '\n' ' ')
echo "kept, and lost: $seen"
test "$seen" = "srt False True vtt False True "
