#!/bin/sh
# As text by unicodeit, a command of LaTeX that it does not know is taken for a shorter one that begins it:
# \log is a Polish l and "og", \inf is "element of" and f, \left( is "less or equal" and "ft(", \hat w is
# Planck's letter and "at w". In exponents it leaves out what has no small sign, one by one: w^{1/2} is a w
# with 1, a caret and a slash on the line, and 2. Nothing is said.
# Seen on 2026-11-30 with unicodeit 0.7.5. \exp, \min and \max, which begin like none, are left as they are.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check unicodeit==0.7.5
cat >text.py <<'PY'
import unicodeit

for formula in (r"\log w", r"\inf L", r"\left(1", r"\hat w", r"\ddot w", "w^{1/2}", "w^{12}", r"\lambda", r"\exp w"):
    print(formula, "is", unicodeit.replace(formula))
PY
PYTHONIOENCODING=utf-8 venv/bin/python text.py | tee seen
cat >expected <<'TXT'
\log w is łog w
\inf L is ∈f L
\left(1 is ≤ft(1
\hat w is ℎat w
\ddot w is ⅆot w
w^{1/2} is w¹^/²
w^{12} is w¹²
\lambda is λ
\exp w is \exp w
TXT
cmp seen expected
