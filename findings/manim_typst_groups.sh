#!/bin/sh
# A group of MathTypst under an accent, or a group with an index that is raised to a power, ends in a
# ValueError that blames a show rule; there is none. Typst itself sets these formulas, and a group
# around the whole accent, or without an index, works: its probe hides a group, and hidden letters
# carry accents and powers elsewhere.
# Seen on 2026-11-29 with manim 0.22.0, typst 0.15.2:
# hat({{x: a}}) ValueError, {{w_1: a}}^2 ValueError, {{hat(x): a}} works, {{x: a}}^2 works.
# Flowreel puts accents and powers into the group (scenes/landing.py).
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet 'manim[typst]==0.22.0' typst==0.15.2 'audioop-lts; python_version >= "3.13"'
cat >groups.py <<'PY'
import typst
from manim import MathTypst, tempconfig

def tried(formula):
    with tempconfig({"verbosity": "ERROR"}):
        try:
            MathTypst(formula)
        except ValueError as error:
            assert "show rule" in str(error), error
            return "ValueError"
    return "works"

for plain in ("hat(x)", "w_1^2"):
    typst.compile(f"$ {plain} $".encode(), format="svg")
formulas = ("hat({{x: a}})", "{{w_1: a}}^2", "{{hat(x): a}}", "{{x: a}}^2")
print(", ".join(f"{formula} {tried(formula)}" for formula in formulas))
PY
seen=$(venv/bin/python groups.py | tail -n 1)
echo "$seen"
test "$seen" = 'hat({{x: a}}) ValueError, {{w_1: a}}^2 ValueError, {{hat(x): a}} works, {{x: a}}^2 works'
