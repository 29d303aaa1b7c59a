#!/bin/sh
# At the saddle in the origin, where a network of two layers begins, the Hessian's eigenvalues come in
# pairs, +s and -s. There PyHessian's largest eigenvalue is a number that only its random first vector
# decides, anywhere between -s and s: its power iteration stops as soon as two estimates agree, and of
# such a pair they agree at once, at any tolerance, without a word.
# Seen on 2026-11-30 with pyhessian 0.1, torch 2.13.0, for weights of 0.001: the eigenvalues are 7.62
# and -7.62, twice each; eight seeds give from -7.13 to 5.93, and none is right. For weights of 1 all
# give 39.05, which is.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyhessian==0.1 torch==2.13.0 numpy==2.4.6
cat >saddle.py <<'PY'
import torch
from pyhessian import hessian

torch.set_default_dtype(torch.float64)
x, y = torch.tensor([[1.0, 2.0], [0.0, 1.0]]), torch.tensor([[3.0], [1.0]])
loss = torch.nn.MSELoss()


def exact(size):
    def at(weights):
        return loss(x @ weights[:4].view(2, 2).T @ weights[4:, None], y)

    return torch.linalg.eigvalsh(torch.func.hessian(at)(torch.full((6,), size)))


def told(size, seed):
    net = torch.nn.Sequential(torch.nn.Linear(2, 2, bias=False), torch.nn.Linear(2, 1, bias=False))
    for weight in net.parameters():
        torch.nn.init.constant_(weight, size)
    torch.manual_seed(seed)
    found, _ = hessian(net, loss, data=(x, y), cuda=False).eigenvalues(maxIter=1000, tol=1e-9, top_n=1)
    return found[0]


for size in (1.0, 1e-3):
    true = exact(size)
    print(f"weights {size}: exact {true.min():.2f} to {true.max():.2f};", "told", end="")
    seen = [told(size, seed) for seed in range(8)]
    print("".join(f" {value:.2f}" for value in seen))
    if size == 1.0:
        assert all(abs(value - true.max()) < 0.01 for value in seen)
    else:
        assert abs(true.max() + true.min()) < 1e-3
        assert all(abs(abs(value) - true.max()) > 0.1 for value in seen)
        assert max(seen) - min(seen) > true.max()
PY
venv/bin/python -W ignore saddle.py
