#!/bin/sh
# lic.lic(x, y) takes x for the component along the first axis of the arrays, which is down the rows,
# and its manual draws the result by imshow, which has x along the second: a flow along x, computed on a
# meshgrid and drawn so, has upright streaks, and of any other one each direction is mirrored in the
# diagonal. rlic takes the same arrays as imshow and meshgrid do.
# Seen on 2026-11-30 with lic 0.4.5, rlic 0.5.6, numpy 1.26.4: along the streaks neighbours differ by a
# fifth to a third of what they do across them, and in lic these are along y.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check lic==0.4.5 rlic==0.5.6 numpy==1.26.4
cat >streaks.py <<'PY'
import lic
import numpy as np
import rlic

x, y = np.meshgrid(np.linspace(-1, 1, 96), np.linspace(-1, 1, 96))
u, v = np.ones_like(x), np.zeros_like(y)
noise = np.random.default_rng(0).random(x.shape)


def smooth_along(picture):
    down, right = (np.abs(np.diff(picture, axis=axis)).mean() for axis in (0, 1))
    assert max(down, right) > 2.5 * min(down, right)
    return "x" if right < down else "y"


print(smooth_along(lic.lic(u, v, seed=noise, length=20)), smooth_along(rlic.convolve(noise, u, v, kernel=np.ones(21))))
PY
seen=$(venv/bin/python streaks.py 2>/dev/null)
echo "streaks of a flow along x are along, by lic and by rlic: $seen"
test "$seen" = "y x"
