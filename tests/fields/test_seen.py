"""Stiff formulas at even pace: the curves are those of the flow, and when they are seen is told."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from fields import EvenPace, GradientFlow, PointLoss, follow, formula, integrate
from fields.particles.starts import starts
from fields.solve.integrate import integrate_anew
from fields.solve.march import march
from fields.solve.seen import Seen

SPEED, SOFTNESS, LIFETIME = 1.15, 0.3, 3.0
BESIDE = formula("u1^2 + 1, u1 u2")
"""Where w₁ is near 1, u₂ is large, and w₂ settles u₂² times as fast as w₁ moves."""
STIFF = np.array([(1.258, 7.151), (1.0119, 4.9375), (1.00018, 3.176), (4.97, 3.01), (1.05, 5.87)])


def at_even_pace(parameterization, target=(3.0, 6.0)):
    loss = PointLoss(target)
    return EvenPace(GradientFlow(loss, parameterization), SPEED, SOFTNESS, loss)


def independent(parameterization, start, times, target=(3.0, 6.0)):
    """By SciPy, in the flow's own time: u and, beside it, when it is seen."""

    def drift(_, state):
        u, g = state[:2], np.array(target) - parameterization.weights(state[:2])
        J = parameterization.jacobian_at(u)
        velocity, pull = J @ (J.T @ g), np.linalg.norm(g)
        seen = np.linalg.norm(velocity) * np.hypot(pull, SOFTNESS) / pull / SPEED
        return np.append(J.T @ g, seen)

    def is_over(_, state):
        return state[2] - times[-1]

    is_over.terminal = True
    state = np.append(parameterization.parameters(np.array(start)), 0.0)
    settings = {"rtol": 1e-9, "atol": 1e-12, "events": is_over, "dense_output": True}
    with np.errstate(over="ignore"):  # SciPy tries how far it can go where nothing changes
        path = solve_ivp(drift, (0, 1e9), state, "Radau", **settings)
    places = [start]
    for time in times[1:-1]:
        k = int(np.searchsorted(path.y[2], time))
        own = brentq(lambda x, time=time: path.sol(x)[2] - time, path.t[k - 1], path.t[k])
        places.append(parameterization.weights(path.sol(own)[:2]))
    return np.array([*places, parameterization.weights(path.y[:2, -1])])


@pytest.mark.parametrize("start", STIFF[[0, 3]].tolist())
def test_a_stiff_formula_is_followed_as_an_implicit_method_follows_it(start):
    times = np.linspace(0, LIFETIME, 7)
    expected = independent(BESIDE, start, times)
    found = integrate(at_even_pace(BESIDE), start, times, rtol=1e-8)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    drawn = integrate(at_even_pace(BESIDE), start, times, rtol=1e-6)
    np.testing.assert_allclose(drawn, expected, atol=1e-4)


def test_it_takes_few_steps():
    # at even pace alone a tenth of these takes thousands, or an error
    flow, begin = at_even_pace(BESIDE), starts(np.arange(500), 7, 10.0, 10_000)
    begin = begin[np.isfinite(BESIDE.parameters(begin)).all(axis=1)]
    hard: list[int] = []
    origin, span = np.zeros(len(begin)), np.full(len(begin), LIFETIME)
    rounds = 0
    z = flow.chart.enter(begin)
    for _ in march(flow, z, origin, span, rtol=1e-6, hard=hard):
        rounds += 1
    assert 0 < len(hard) < len(begin) / 5
    left = np.array(hard)
    seen = Seen(flow, span[left], 1e-6)
    for _ in march(flow.flow, z[left], origin[left], span[left] * np.inf, rtol=1e-6, seen=seen):
        rounds += 1
    assert rounds < 800


def test_what_is_looked_up_is_what_is_integrated_in_any_company():
    flow, times = at_even_pace(BESIDE), np.linspace(0, LIFETIME, 9)
    together = integrate_anew(flow, STIFF, times, 1e-6)
    path = follow(flow, STIFF, LIFETIME, rtol=1e-6)
    for k, time in enumerate(times):
        np.testing.assert_array_equal(path.at(time), together[:, k])
    for start, places in zip(STIFF, together, strict=True):
        np.testing.assert_array_equal(integrate_anew(flow, start, times, 1e-6), places)


@pytest.mark.parametrize("text", ["tanh(u)", "u/sqrt(1 + u^2)", "1 - 1/(1 + u^2)"])
def test_what_goes_to_a_place_out_of_reach_rests_where_reach_ends(text):
    own, times = formula(text), np.array([0.0, 0.2, 5.0, 50.0])
    found = integrate(at_even_pace(own), (0.2, 0.4), times, rtol=1e-8)
    np.testing.assert_allclose(found[2:], 1.0, rtol=1e-6)
    assert np.all(found <= 1.0)
    np.testing.assert_allclose(found[1], independent(own, (0.2, 0.4), times[:2])[1], atol=1e-6)


def test_what_waits_long_before_it_moves_moves():
    # w = u³ from 1e-15: in its own time it waits 1e4 times as long as it then takes
    found = integrate(at_even_pace(formula("u^3")), (1e-15, 1.0), [0.0, 8.0, 12.0], rtol=1e-6)
    np.testing.assert_allclose(found[-1], (3.0, 6.0), atol=1e-3)
