#!/bin/sh
# With invert_axes, Matplotlib's backend of HoloViews swaps where the arrows of a VectorField stand, and
# turns each to the mirror image of where it should point; Bokeh's backend swaps both.
# Seen on 2026-11-30 with holoviews 1.23.2, matplotlib 3.11.1, bokeh 3.9.2: arrows at 16.7 degrees, which
# swapped are at 73.3, point to 286.7 in Matplotlib. A saddle is so drawn as a sink.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check holoviews==1.23.2 matplotlib==3.11.1 bokeh==3.9.2 numpy==2.4.6
cat >arrows.py <<'PY'
import holoviews as hv
import numpy as np

hv.extension("bokeh", "matplotlib", logo=False)
x, y = np.meshgrid(np.linspace(-1, 1, 5), np.linspace(-1, 1, 5))
even = hv.VectorField.from_uv((x, y, np.ones_like(x), np.full_like(x, 0.3)))
saddle = hv.VectorField.from_uv((x, y, x, -y))


def handles(field, backend, inverted):
    drawn = field.opts(hv.opts.VectorField(invert_axes=inverted, backend=backend), clone=True)
    return hv.renderer(backend).get_plot(drawn).handles


def angle(backend, inverted):
    seen = handles(even, backend, inverted)
    if backend == "matplotlib":
        return seen["artist"].angles[0]
    ends = seen["source"].data  # from the arrow's head to its tail
    return np.degrees(np.arctan2(ends["y0"][0] - ends["y1"][0], ends["x0"][0] - ends["x1"][0])) % 360


def flows_in(inverted):
    arrows = handles(saddle, "matplotlib", inverted)["artist"]
    turned, away = np.radians(arrows.angles), np.hypot(arrows.X, arrows.Y) > 0
    return bool((arrows.X * np.cos(turned) + arrows.Y * np.sin(turned))[away].max() < 0)


print(*(f"{angle(backend, inverted):.1f}" for inverted in (False, True) for backend in ("bokeh", "matplotlib")), end="; ")
print(flows_in(False), flows_in(True))
PY
seen=$(venv/bin/python arrows.py 2>/dev/null)
echo "bokeh and matplotlib, as they are and inverted; is a saddle a sink: $seen"
test "$seen" = "16.7 16.7 73.3 286.7; False True"
