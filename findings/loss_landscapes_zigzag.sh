#!/bin/sh
# random_plane of loss-landscapes evaluates the loss on a grid that it walks to and fro, and steps
# before it evaluates on the way there and on the way back alike: every other row lies a cell aside, so
# the surface has teeth. The model's own weights, which are to be in the middle, are at no point of it.
# Seen on 2026-11-30 with loss-landscapes 3.0.6, torch 2.13.0: rows of 5 points from one side begin at
# -1.5, -2.5, -1.5, -2.5, -1.5 cells, and so on for 41; the nearest point is half a cell off in both
# directions. linear_interpolation leaves its start out.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check loss-landscapes==3.0.6 torch==2.13.0 numpy==2.4.6
cat >plane.py <<'PY'
import loss_landscapes
import numpy as np
import torch
from loss_landscapes.metrics import Metric

torch.set_default_dtype(torch.float64)


class Where(Metric):  # the weights themselves, in place of their loss
    def __call__(self, model):
        return torch.cat([part.detach().flatten().clone() for part in model.get_module_parameters()]).numpy()


def net(weights):
    made = torch.nn.Linear(2, 1, bias=False)
    made.weight.data[:] = torch.tensor([weights])
    return made


for steps in (5, 41):
    torch.manual_seed(0)
    grid = loss_landscapes.random_plane(net([3.0, 1.0]), Where(), distance=1, steps=steps, deepcopy_model=True)
    along = grid[0, 1] - grid[0, 0]
    across = (grid[2, 0] - grid[0, 0]) / 2  # from row to row, if it were a grid
    cells = np.linalg.solve(np.stack([across, along], 1), (grid - [3.0, 1.0]).reshape(-1, 2).T).T.reshape(grid.shape)
    print("rows of", steps, "begin at", *(round(float(cell), 3) for cell in cells[:5, 0, 1]), end="; ")
    print("nearest point", np.abs(cells).max(-1).min().round(3))
path = loss_landscapes.linear_interpolation(net([0.0, 0.0]), net([1.0, 2.0]), Where(), steps=5, deepcopy_model=True)
print("from 0 to 1:", *path[:, 0].round(3).tolist())
PY
seen=$(venv/bin/python -W ignore plane.py)
echo "$seen"
test "$seen" = "rows of 5 begin at -1.5 -2.5 -1.5 -2.5 -1.5; nearest point 0.5
rows of 41 begin at -19.5 -20.5 -19.5 -20.5 -19.5; nearest point 0.5
from 0 to 1: 0.2 0.4 0.6 0.8 1.0"
