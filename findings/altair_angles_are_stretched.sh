#!/bin/sh
# An angle that is encoded in Altair is no angle: its scale stretches the smallest and the largest value of
# the data to 0 and 360 degrees, as it does with sizes and colours. So arrows of a field point elsewhere,
# the extremes both up, and a field that turns by ten degrees seems to turn around. The manual of scales has
# no line for it; scale=None or a domain of 0 to 360 draws what the data say, clockwise from up.
# Seen on 2026-11-30 with altair 6.3.0, vl-convert-python 1.9.0.post1.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check altair==6.3.0 vl-convert-python==1.9.0.post1
cat >arrows.py <<'PY'
import re

import altair
import vl_convert

field = altair.Data(values=[{"x": n, "y": n, "degrees": degrees} for n, degrees in enumerate((40, 42, 45, 50))])


def drawn(angle, mark):  # by how many degrees each arrow is turned
    chart = altair.Chart(field)
    chart = chart.mark_text(text="↑") if mark == "text" else chart.mark_point(shape="arrow")
    chart = chart.encode(x="x:Q", y="y:Q", angle=angle)
    picture = vl_convert.vegalite_to_svg(chart.to_json())
    marks = picture[picture.index(f"mark-{'text' if mark == 'text' else 'symbol'} role-mark") :]
    group = marks[: marks.index("</g>")]
    return [round(float(re.search(r"rotate\(([-\d.]+)\)", one)[1])) if "rotate" in one else 0 for one in re.findall(r"<(?:path|text) [^>]*>", group)]


for mark in ("point", "text"):
    print(mark, *drawn("degrees:Q", mark), "for", *drawn(altair.Angle("degrees:Q", scale=None), mark))
    whole = altair.Angle("degrees:Q", scale=altair.Scale(domain=[0, 360]))
    assert drawn(whole, mark) == drawn(altair.Angle("degrees:Q", scale=None), mark)
PY
venv/bin/python arrows.py | tee seen
cat >expected <<'TXT'
point 0 72 180 360 for 40 42 45 50
text 0 72 180 360 for 40 42 45 50
TXT
cmp seen expected
