#!/bin/sh
# ![](clip.mp4) is a film that plays in pandoc's HTML and reveal.js. In its PowerPoint it is a picture
# whose data is an MP4, and no film; and the film behind a slide stays outside of a page that is to
# embed all that it needs. Neither is told.
# Seen on 2026-11-30 with pandoc 3.9 of pypandoc-binary 1.17.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pypandoc-binary==1.17 av==18.1.0 numpy==2.4.6
cat >talk.py <<'PY'
import subprocess
import zipfile
from pathlib import Path

import av
import numpy as np
import pypandoc

with av.open("clip.mp4", "w") as film:
    stream = film.add_stream("libx264", rate=10)
    stream.width, stream.height = 64, 36
    film.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((36, 64, 3), np.uint8))))
    film.mux(stream.encode())
Path("talk.md").write_text('## Film\n\n![](clip.mp4)\n\n## Behind {background-video="clip.mp4"}\n')
for part in ("reveal.css", "reset.css", "theme/black.css", "reveal.js"):
    Path("reveal/dist", part).parent.mkdir(parents=True, exist_ok=True)
    Path("reveal/dist", part).write_text("")
for name in ("notes", "search", "zoom"):
    Path(f"reveal/plugin/{name}").mkdir(parents=True)
    Path(f"reveal/plugin/{name}/{name}.js").write_text("")


def pandoc(*arguments):
    command = [pypandoc.get_pandoc_path(), "-s", "talk.md", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


said = pandoc("-o", "talk.pptx")
said += pandoc("-t", "revealjs", "--embed-resources", "-V", "revealjs-url=./reveal", "-o", "talk.html")
page = Path("talk.html").read_text()
print("embedded", '<video' in page and 'src="data:video/mp4' in page)
print("behind", 'data-background-video="clip.mp4"' in page)
with zipfile.ZipFile("talk.pptx") as deck:
    slides = [deck.read(name).decode() for name in deck.namelist() if name.startswith("ppt/slides/") and "slide" in name]
    films = [deck.read(name) for name in deck.namelist() if name.startswith("ppt/media/")]
print("picture", any("relationships/image" in s and "media/image1" in s for s in slides), films == [Path("clip.mp4").read_bytes()])
print("film", any("videoFile" in s or "relationships/video" in s for s in slides))
print("told", [line for line in said.splitlines() if "clip" in line])
PY
seen=$(venv/bin/python talk.py | tr '\n' ' ')
echo "$seen"
test "$seen" = "embedded True behind True picture True True film False told [] "
