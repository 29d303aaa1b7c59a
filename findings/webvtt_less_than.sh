#!/bin/sh
# "0 < N and N > 1" is a tag to webvtt-py: it is written into WebVTT as it stands, where "<" begins a
# tag, and is gone from the text of the caption and from its SRT. What is escaped, as the format wants,
# stays escaped in both.
# Seen on 2026-11-30 with webvtt-py 0.6.0: 'Where 0  1 it waits.'
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check webvtt-py==0.6.0
cat >less.py <<'PY'
import io

import webvtt


def texts(said):
    made = webvtt.WebVTT(captions=[webvtt.Caption("00:00:00.000", "00:00:02.000", said)])
    subtitles = io.StringIO()
    made.write(subtitles, format="srt")
    return [made.content.splitlines()[3], made.captions[0].text, subtitles.getvalue().splitlines()[2]]


print(*texts("Where 0 < N and N > 1 it waits."), *texts("Where 0 &lt; N it waits."), sep=" | ")
PY
seen=$(venv/bin/python less.py)
echo "in WebVTT, as text and in SRT, twice: $seen"
test "$seen" = "Where 0 < N and N > 1 it waits. | Where 0  1 it waits. | Where 0  1 it waits. | Where 0 &lt; N it waits. | Where 0 &lt; N it waits. | Where 0 &lt; N it waits."
