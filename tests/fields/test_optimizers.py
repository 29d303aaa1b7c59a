"""Real steps: PyTorch's own, and where they land."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from fields import (
    AdaGrad,
    Adam,
    AdamW,
    Clipped,
    Deep,
    GradientDescent,
    GradientFlow,
    LineLoss,
    Monomial,
    PointLoss,
    Polar,
    RMSProp,
    SignDescent,
    gradient_descent,
    integrate,
    landing,
    least_norm,
    train,
)
from fields.optimizers.base import Memory
from fields.optimizers.sweep import descents
from fields.solve import cache

LINE = LineLoss(-1, -2, 15)
TORCH = json.loads(Path(__file__).with_name("optimizer_steps.json").read_text("utf-8"))
STARTS = np.array([[0.1, 0.3], [2.0, 1.0], [7.0, 4.0]])
RULES = {
    "descent": GradientDescent(1e-3),
    "momentum": GradientDescent(1e-3, momentum=0.9),
    "dampening": GradientDescent(1e-3, momentum=0.8, dampening=0.5),
    "nesterov": GradientDescent(1e-3, momentum=0.9, nesterov=True),
    "weight decay": GradientDescent(1e-3, momentum=0.9, weight_decay=0.05),
    "adagrad": AdaGrad(0.01),
    "adagrad decay": AdaGrad(0.01, step_decay=0.01, weight_decay=0.1),
    "rmsprop": RMSProp(1e-3),
    "rmsprop centered": RMSProp(1e-3, momentum=0.5, centered=True, weight_decay=0.1),
    "adam": Adam(1e-3),
    "adam penalty": Adam(1e-3, weight_decay=0.1),
    "amsgrad": Adam(1e-2, amsgrad=True),
    "adamw": AdamW(1e-3),
    "adamw strong": AdamW(1e-2, betas=(0.8, 0.99), weight_decay=0.3),
}


def given_gradients(steps):
    """As in benchmarks/optimizers.py, which wrote what PyTorch made of them."""
    k, j = np.ogrid[:steps, :6]
    waves = np.sin(0.7 * k + j) + 0.3 * np.cos(0.11 * k * (j + 1))
    return (waves * 10.0 ** (j - 3.0)).reshape(steps, 3, 2)


def test_every_rule_is_compared():
    assert RULES.keys() | {"made by"} == TORCH.keys()


@pytest.mark.parametrize("name", RULES)
def test_steps_are_those_of_pytorch(name):
    u, memory, out = STARTS.copy(), Memory(), []
    for g in given_gradients(500):
        RULES[name].update(u, g.copy(), memory)
        memory.steps += 1
        out.append(u.copy())
    np.testing.assert_allclose(np.array(out)[[0, 1, 9, -1]], TORCH[name], rtol=1e-12)


def end(rule, degree, start=(0.1, 0.1), *, steps, **more):
    return train(LINE, Monomial(degree), rule, start, steps=steps, every=steps, **more).end[0]


@pytest.mark.parametrize(
    ("step", "shift"), [(0.01, 0.0392), (0.02, 0.0775), (0.04, 0.1519)], ids=str
)
def test_larger_steps_land_further_along_the_line(step, shift):
    flow = landing(LINE, Deep(2), (0.1, 0.1))
    assert flow[0] == pytest.approx(0.8414, abs=5e-5)
    w = end(GradientDescent(step), 2, steps=round(40 / step))
    assert abs(LINE.residual(w)) < 1e-12
    assert w[0] - flow[0] == pytest.approx(shift, abs=1e-4)


def test_small_steps_follow_the_flow():
    start, errors = (0.1, 0.3), []
    for step in (2e-4, 1e-4):
        run = train(LINE, Monomial(4), GradientDescent(step), start, steps=round(0.3 / step))
        times = [0.0, 0.1, 0.2, 0.3]
        flow = integrate(GradientFlow(LINE, Deep(4), rate=16.0), start, times)
        errors.append(max(np.abs(run.at(t)[0] - w).max() for t, w in zip(times, flow, strict=True)))
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=0.05), "the error is O(η)"
    assert errors[1] < 2e-2


@pytest.mark.parametrize("degree", [1, 2, 4])
def test_sign_descent_does_not_see_depth(degree):
    """In u both parameters move at one speed, so u₁ − u₂ stays until the line is reached."""
    model, step = Monomial(degree), 1e-4
    w = end(SignDescent(step), degree, (0.1, 0.3), steps=60_000 // degree)
    kept = np.diff(model.parameters(w)) - np.diff(model.parameters(np.array([0.1, 0.3])))
    assert abs(kept[0]) < 2 * step
    expected = {1: (4.8667, 5.0667), 2: (4.3224, 5.3388), 4: (3.5222, 5.7389)}[degree]
    np.testing.assert_allclose(w, expected, atol=3e-3 * degree)


def test_adam_ends_where_the_largest_weight_is_least_from_equal_starts():
    for degree in (1, 2, 4):
        w = end(Adam(1e-3), degree, steps=16_000)
        np.testing.assert_allclose(w, least_norm(LINE, np.inf), atol=1e-3)


@pytest.mark.parametrize(
    ("momentum", "first"), [(0.0, 0.8453), (0.9, 0.9074), (0.99, 1.2451)], ids=str
)
def test_momentum_is_not_only_a_faster_clock(momentum, first):
    w = end(GradientDescent(1e-3 * (1 - momentum), momentum=momentum), 2, steps=20_000)
    # a heavy particle comes to rest late, so it is looked at once its residual has gone
    assert w[0] == pytest.approx(first, abs=6e-4)


def test_clipping_by_value_is_sign_descent_and_by_norm_the_flow():
    by_value = end(Clipped(GradientDescent(1e-3), value=0.1), 2, steps=25_000)
    np.testing.assert_allclose(by_value, (4.99, 5.01), atol=5e-3)
    by_norm = end(Clipped(GradientDescent(1e-3), norm=0.1), 2, steps=30_000)
    np.testing.assert_allclose(by_norm, landing(LINE, Deep(2), (0.1, 0.1)), atol=1e-3)


def test_weight_decay_slides_towards_the_least_norm():
    """On the line, λ‖u‖²/2 is λ‖w‖₁/2 for depth two: the sparse end is lower."""
    decayed = end(GradientDescent(0.02, weight_decay=0.02), 2, steps=60_000)
    assert decayed[0] < 0.02 < landing(LINE, Deep(2), (0.1, 0.1))[0]
    assert decayed[1] == pytest.approx(7.5, abs=0.03)


@pytest.mark.parametrize(
    ("rule", "start", "where"),
    [
        (Adam(1e-3), 1e-16, (4.916, 5.042)),
        (Adam(1e-3, convention="optax"), 1e-16, (4.916, 5.042)),
        (Adam(1e-3, convention="keras"), 1e-16, (1.03, 6.99)),
        (RMSProp(1e-3), 1e-12, (5.0, 5.0)),
        (RMSProp(1e-3, convention="optax"), 1e-12, (0.0, 7.5)),
        (RMSProp(1e-3, convention="keras"), 1e-12, (0.0, 7.5)),
    ],
    ids=lambda value: getattr(value, "convention", None),
)
def test_where_epsilon_sits_decides_where_small_starts_land(rule, start, where):
    np.testing.assert_allclose(end(rule, 4, (start, start), steps=12_000), where, atol=0.012)


def test_label_noise_moves_along_the_line_to_where_the_trace_is_least():
    """For depth two tr JᵀHJ = 4(w₁ + 4 w₂)/5 falls towards w₁; for depth one it is constant."""
    rest = landing(LINE, Deep(2), (0.1, 0.1))
    noisy = {"label_noise": 1.0, "seed": 3, "steps": 50_000}
    moved = end(GradientDescent(0.02), 2, rest, **noisy)
    assert moved[0] > 5 * rest[0]
    plain = end(GradientDescent(0.02), 1, (3.0, 6.0), **noisy | {"steps": 20_000})
    assert np.linalg.norm(plain - (3.0, 6.0)) < 0.5


def test_a_remembered_run_is_a_fresh_one_and_of_its_settings_alone(monkeypatch):
    asked = {"steps": 30, "label_noise": 0.1, "seed": 3}
    asked |= {"optimizer": GradientDescent(0.005), "starts": ((0.1, 0.3), (40.0, 40.0))}

    def run(**other):
        said = asked | other
        return train(LINE, Monomial(4), said.pop("optimizer"), said.pop("starts"), **said)

    first = run()
    assert np.all((first.diverged >= 0) == [False, True])
    kept = first.weights.copy()
    first.weights[:] += 1.0
    first.diverged[:] += 1
    for _ in ("remembered", "anew"):
        again = run()
        np.testing.assert_array_equal(again.weights, kept)
        np.testing.assert_array_equal(again.diverged, first.diverged - 1)
        monkeypatch.setattr(sys.modules["fields.optimizers.training"], "_runs", cache.Memory(0))
    monkeypatch.undo()
    assert len(run(every=10).weights) == 4
    for other in (
        {"optimizer": GradientDescent(0.01)},
        {"starts": ((0.2, 0.3), (40.0, 40.0))},
        {"label_noise": 0.2},
        {"seed": 4},
    ):
        assert not np.array_equal(run(**other).weights, kept), other


def test_a_run_is_looked_up_at_steps_times_the_step_size():
    run = train(PointLoss(), Monomial(2), GradientDescent(0.01), STARTS, steps=50, every=10)
    np.testing.assert_array_equal(run.steps, [0, 10, 20, 30, 40, 50])
    np.testing.assert_allclose(run.times, [0, 0.1, 0.2, 0.3, 0.4, 0.5])
    for k, time in enumerate(run.times):
        np.testing.assert_allclose(run.at(time), run.weights[k], rtol=1e-12)
    np.testing.assert_allclose(run.at(0.25), (run.weights[2] + run.weights[3]) / 2)
    np.testing.assert_array_equal(run.at(-1.0), STARTS)
    np.testing.assert_array_equal(run.at(99.0), run.end)
    np.testing.assert_array_equal(run.age(0.25), np.full(3, 0.25))


@pytest.mark.parametrize("model", [Deep(1), Deep(3), Deep(np.inf), Polar()], ids=str)
def test_plain_descent_is_that_of_the_definition(model):
    run = train(PointLoss(), model, GradientDescent(0.003), STARTS, steps=40)
    expected = gradient_descent(PointLoss(), model, STARTS, step=0.003, steps=40)
    np.testing.assert_allclose(np.moveaxis(run.weights, 0, 1), expected, rtol=1e-10)


def test_particles_do_not_know_of_each_other():
    together = train(LINE, Monomial(4), Adam(1e-2), STARTS, steps=300).end
    for k, start in enumerate(STARTS):
        alone = train(LINE, Monomial(4), Adam(1e-2), start, steps=300).end
        np.testing.assert_array_equal(alone[0], together[k])


def test_what_diverges_is_named_and_stays_where_it_was():
    starts = [(0.1, 0.1), (40.0, 40.0)]
    run = train(LINE, Monomial(4), GradientDescent(0.005), starts, steps=400)
    assert run.diverged[0] == -1
    step = run.diverged[1]
    assert 1 <= step <= 10
    assert np.isfinite(run.weights).all()
    np.testing.assert_array_equal(
        run.weights[step:, 1], np.tile(run.weights[step, 1], (401 - step, 1))
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GradientDescent(0.0), "step_size is 0.0; give a number above 0"),
        (lambda: GradientDescent(momentum=1.0), "momentum is 1.0; give a number from 0"),
        (lambda: GradientDescent(nesterov=True), "nesterov needs momentum"),
        (lambda: GradientDescent(weight_decay=-1.0), "weight_decay is -1.0"),
        (lambda: Adam(betas=(0.9, 1.0)), "beta_2 is 1.0"),
        (lambda: Adam(convention="jax"), "give one of torch, optax, keras"),
        (lambda: RMSProp(step_size=float("nan")), "step_size is nan"),
        (lambda: AdaGrad(step_decay=-0.1), "step_decay is -0.1"),
        (lambda: Clipped(Adam()), "give either value or norm"),
        (lambda: Clipped(Adam(), value=1.0, norm=1.0), "give either value or norm"),
        (lambda: Monomial(2.5), "give a whole number from 1 on"),
        (lambda: train(LINE, Monomial(2), Adam(), (-1, 2), steps=1), "particle 0 starts at"),
        (lambda: train(LINE, Monomial(2), Adam(), (1, 2), steps=0), "steps is 0"),
        (
            lambda: train(LINE, Monomial(2), Adam(), (1, 2), steps=1, label_noise=1.0),
            "needs a size above 0 and a seed",
        ),
        (
            lambda: train(PointLoss(), Monomial(2), Adam(), (1, 2), steps=1, label_noise=1, seed=1),
            "PointLoss has no labels",
        ),
    ],
)
def test_what_makes_no_sense_is_said(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_sweep_of_step_sizes_is_each_run_alone():
    sizes = [0.01, 0.04, 0.1, 0.5]
    runs = descents(LINE, Monomial(2), (0.1, 0.1), sizes, steps=60)
    for size, run in zip(sizes[:3], runs, strict=False):
        alone = train(LINE, Monomial(2), GradientDescent(size), (0.1, 0.1), steps=60)
        np.testing.assert_allclose(run, alone.weights[:, 0], rtol=1e-12)
    assert not np.isfinite(runs[3, -1]).all()
