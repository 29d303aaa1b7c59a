#!/bin/sh
# Ranger and RangerVA of torch_optimizer take a closure in step, as all optimizers of PyTorch do and as their
# docstring says, and never call it: what is trained by step(closure) stays where it began, without a word,
# and step returns None for the loss. RangerQH and the others of the package call it.
# Seen on 2026-11-30 with torch_optimizer 0.3.0, pytorch_ranger 0.1.1, torch 2.13.0, on w^2/2 from 1.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --no-compile --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6 torch_optimizer==0.3.0 pytorch_ranger==0.1.1
cat >closure.py <<'PY'
import torch
import torch_optimizer


def trained(name, by_closure):
    w = torch.nn.Parameter(torch.ones(1))
    optimizer = getattr(torch_optimizer, name)([w], lr=0.1)

    def loss():
        optimizer.zero_grad()
        value = (w**2).sum() / 2
        value.backward()
        return value

    for _ in range(60):
        if by_closure:
            told = optimizer.step(loss)
        else:
            loss()
            told = optimizer.step()
    return w.item(), told


for name in ("Ranger", "RangerVA", "RangerQH", "SGDP", "Yogi"):
    (by_closure, told), (plain, _) = trained(name, True), trained(name, False)
    print(name, "stays" if by_closure == 1 else "moves", "no loss" if told is None else "loss", "same" if by_closure == plain else f"{plain:.2f} without a closure")
PY
venv/bin/python -W ignore closure.py 2>/dev/null | tee seen
cat >expected <<'TXT'
Ranger stays no loss 0.49 without a closure
RangerVA stays no loss -0.13 without a closure
RangerQH moves loss same
SGDP moves loss same
Yogi moves loss same
TXT
cmp seen expected
