#!/bin/sh
# Ranger of pytorch_optimizer climbs in its first five steps, at its defaults: as long as it has too few
# steps to rectify, its step size is -1 times the rate. RAdam of the same package takes that for no step,
# Ranger takes it as it is. With degenerated_to_sgd=True it goes down from the first step on.
# Seen on 2026-11-30 with pytorch_optimizer 4.1.0, torch 2.13.0, at a rate of 0.01 from u = 0.5: the loss
# rises from 20.31 to 21.75, and is below its start after 125 steps; by RAdam after 6, and with
# degenerated_to_sgd after 1.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pytorch_optimizer==4.1.0 torch==2.13.0 numpy==2.4.6
cat >descend.py <<'PY'
import pytorch_optimizer
import torch

torch.set_default_dtype(torch.float64)


def losses(rule, **settings):  # of the line w1 + 2 w2 = 15, with w = u^2
    u = torch.nn.Parameter(torch.tensor([0.5, 0.5]))
    steps = getattr(pytorch_optimizer, rule)([u], lr=0.01, **settings)
    for _ in range(200):
        steps.zero_grad()
        loss = (u[0] ** 2 + 2 * u[1] ** 2 - 15) ** 2 / 10
        loss.backward()
        yield loss.item()
        steps.step()


for rule, settings in (("Ranger", {}), ("RAdam", {}), ("Ranger", {"degenerated_to_sgd": True})):
    seen = list(losses(rule, **settings))
    print(f"{seen[0]:.2f} {max(seen):.2f} {next(step for step, loss in enumerate(seen) if loss < seen[0])}", end="; ")
PY
seen=$(venv/bin/python descend.py)
echo "loss at the start, at most, and the step from which it is lower; Ranger, RAdam, Ranger to SGD: $seen"
test "$seen" = "20.31 21.75 125; 20.31 20.31 6; 20.31 20.31 1; "
