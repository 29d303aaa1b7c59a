#!/bin/sh
# latex_to_text leaves the braces of exponents, of subscripts and of fractions out and puts no brackets in
# their place: what it returns is another formula, which a reader or a voice cannot tell from the right one.
# Roots do get brackets, and lose their degree.
# Seen on 2026-11-30 with pylatexenc 2.10: the text of w^{N-1} at w = 3, N = 4 is worth 80 in place of 27,
# that of \frac{a+b}{c} at 1, 2, 4 is 1.5 in place of 0.75, and \sqrt[3]{x} is the square root of x.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pylatexenc==2.10
cat >formula.py <<'PY'
from pylatexenc.latex2text import LatexNodes2Text

told = LatexNodes2Text().latex_to_text
for latex in (r"$w^{N-1}$", r"$\frac{a+b}{c}$", r"$w_{i+1}$", r"$\sqrt{x+1}$", r"$\sqrt[3]{x}$"):
    print(told(latex), end=", ")
worth = eval(told(r"$w^{N-1}$").replace("^", "**"), {"w": 3, "N": 4}), eval(told(r"$\frac{a+b}{c}$"), {"a": 1, "b": 2, "c": 4})
print(*worth, "for", 3 ** (4 - 1), (1 + 2) / 4)
PY
seen=$(venv/bin/python formula.py)
echo "formulas as text, and their worth: $seen"
test "$seen" = "w^N-1, a+b/c, w_i+1, √(x+1), √(x), 80 1.5 for 27 0.75"
