#!/bin/sh
# L-BFGS at its defaults overshoots from a small start, and then creeps: it keeps a step scale that
# pairs of negative curvature, which it skips, no longer renew. It neither warns nor stops.
# Seen on 2026-11-27 with torch 2.13.0: residual -13.9 after 100 calls of step with gradient above 10,
# each moving u by less than 1e-5; with line_search_fn="strong_wolfe" the residual is 0.
# Flowreel trains with first-order optimizers alone and offers no L-BFGS: without its line search the name says too little.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet torch==2.13.0 numpy
cat >fit.py <<'PY'
import torch

def residual(u):  # of the line w1 + 2 w2 = 15, with w = u^4
    return u[0] ** 4 + 2 * u[1] ** 4 - 15

def fit(search):
    u = torch.full((2,), 0.1, dtype=torch.float64, requires_grad=True)
    rule = torch.optim.LBFGS([u], line_search_fn=search)
    def closure():
        rule.zero_grad()
        loss = residual(u) ** 2 / 10
        loss.backward()
        return loss
    for _ in range(100):
        before = u.detach().clone()
        rule.step(closure)
    moved = float((u.detach() - before).abs().max())
    closure()
    return f"{abs(float(residual(u.detach()))):.1f}", float(u.grad.abs().max()) > 10, 0 < moved < 1e-5

print(*fit(None), "search", fit("strong_wolfe")[0])
PY
seen=$(venv/bin/python fit.py | tail -n 1)
echo "residual, steep, creeping: $seen"
test "$seen" = "13.9 True True search 0.0"
