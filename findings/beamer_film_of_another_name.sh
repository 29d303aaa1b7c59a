#!/bin/sh
# A film with an accent in its name is found while LaTeX runs, and named otherwise in the PDF: its
# name is written as UTF-8, and a PDF reads bytes as Latin letters. So no reader finds the film.
# Seen on 2026-11-29 with multimedia.sty of TeX Live 2022 (Debian 12) and pypdf 6.18.0.
set -eu
command -v pdflatex >/dev/null || { echo "needs pdflatex and Beamer" >&2; exit 2; }
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet pypdf==6.18.0
: >café.mp4
cat >talk.tex <<'TEX'
\documentclass{article}
\usepackage{multimedia}
\begin{document}
\movie{film}{café.mp4}
\movie{film}{missing.mp4}
\end{document}
TEX
pdflatex -interaction=batchmode talk.tex >/dev/null
cat >named.py <<'PY'
from pypdf import PdfReader

notes = [note.get_object() for note in PdfReader("talk.pdf").pages[0]["/Annots"]]
print(*(note["/Movie"]["/F"] for note in notes if note["/Subtype"] == "/Movie"))
PY
seen="$(venv/bin/python named.py), not found: $(grep -c 'could not be found' talk.log)"
echo "$seen"
test "$seen" = "cafÃ©.mp4 missing.mp4, not found: 1"
