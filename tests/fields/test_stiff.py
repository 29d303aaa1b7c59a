"""Stiff flows: few steps where an explicit method needs hundreds, and as right as any."""

from dataclasses import dataclass

import numpy as np
import pytest

from fields import Deep, EvenPace, GradientFlow, PointLoss, Polar, follow, integrate
from fields.chart import PlaneChart
from fields.particles.starts import starts
from fields.solve.dense import evaluate
from fields.solve.explicit import attempt as explicit_attempt
from fields.solve.implicit import attempt, bend, jacobian
from fields.solve.march import march

POINT = PointLoss((3.0, 6.0))
ROOTS = EvenPace(GradientFlow(POINT, Deep(0.2)), 1.15, 0.3, POINT)


@dataclass(frozen=True)
class Relaxing:
    """ẇ₁ = −Λ(w₁ − cos kt) − k sin kt and ẇ₂ = w₂(1 − w₂): a slow curve, and a take-off."""

    rate: float
    turning: float = 1.0
    """The k."""

    @property
    def chart(self):
        return PlaneChart()

    def velocity(self, w, time=0.0):
        return self.drift(np.asarray(w, dtype=float), time)

    def drift(self, z, time=0.0):
        x, y = z[..., 0], z[..., 1]
        k, angle = self.turning, self.turning * np.asarray(time)
        settling = -self.rate * (x - np.cos(angle)) - k * np.sin(angle)
        return np.stack([settling, y * (1 - y)], axis=-1)

    def exact(self, start, times):
        (x, y), times = start, np.asarray(times)
        settled = np.cos(self.turning * times) + (x - 1) * np.exp(-self.rate * times)
        return np.stack([settled, 1 / (1 + (1 / y - 1) * np.exp(-times))], axis=-1)


def tries(flow, begin, seconds, rtol):
    """How many steps each particle tries, and how many of them are implicit."""
    n = len(begin)
    made, implicit = np.zeros(n, int), np.zeros(n, int)
    for leap in march(flow, begin, np.zeros(n), np.full(n, seconds), rtol=rtol):
        made[leap.who] += 1
        implicit[leap.who] += leap.implicit
    return made, implicit


@pytest.mark.parametrize(
    ("rate", "rtol", "most"),
    [(1e4, 1e-5, 60), (1e4, 1e-6, 80), (1e6, 1e-6, 80), (1e6, 1e-8, 200)],
)
def test_what_has_settled_is_not_followed_at_its_own_rate(rate, rtol, most):
    """An explicit method, which λ h ≤ 4 holds, needs 25,000 steps for the lower rate."""
    flow, times = Relaxing(rate), np.linspace(0, 10, 173)
    w = integrate(flow, [1.5, 0.1], times, rtol=rtol)
    assert np.max(np.abs(w - flow.exact((1.5, 0.1), times))) < 5 * rtol, "also between steps"
    made, _ = tries(flow, np.array([[1.5, 0.1]]), 10.0, rtol)
    assert made[0] < most


def test_a_trajectory_keeps_implicit_steps_too():
    flow, times = Relaxing(1e4), np.linspace(0, 10, 57)
    path = follow(flow, [[1.5, 0.1], [0.2, 0.7]], 10.0, rtol=1e-6)
    w = integrate(flow, [[1.5, 0.1], [0.2, 0.7]], times, rtol=1e-6)
    np.testing.assert_array_equal(np.stack([path.at(t) for t in times], axis=1), w)


def test_what_takes_off_is_not_held_back():
    """Beside a weight that settled at once, another one waits: it is too small for any error."""
    flow, times = Relaxing(1e5, turning=0.0), np.linspace(0, 40, 81)
    w = integrate(flow, [1.0, 1e-9], times, rtol=1e-6)
    late = np.abs(w[:, 1] - flow.exact((1.0, 1e-9), times)[:, 1])
    assert np.max(late) < 1e-2


@dataclass(frozen=True)
class Winding:
    """ẇ = i w + nonlinear terms that vanish on w = (cos t, sin t), and depend on time."""

    @property
    def chart(self):
        return PlaneChart()

    def velocity(self, w, time=0.0):
        return self.drift(np.asarray(w, dtype=float), time)

    def drift(self, z, time=0.0):
        x, y = z[..., 0], z[..., 1]
        off = x * np.cos(time) + y * np.sin(time) - 1.0
        return np.stack([-y - off * (1 + x * x), x - off * y], axis=-1)


def errors(method, step):
    """After one step and within it, from (1, 0)."""
    flow, z, time, h = Winding(), np.array([[1.0, 0.0]]), np.zeros(1), np.array([step])
    slope = flow.drift(z, time)
    extra = (jacobian(flow, z, time, slope),) if method is attempt else ()
    trial = method(flow, z, time, h, slope, 1e-6, *extra)
    end = np.abs(trial.new[0] - [np.cos(step), np.sin(step)]).max()
    if not trial.implicit:
        return end, 0.0
    polynomial = bend(trial.stages, trial.new - z)
    parts = np.array([0.2, 0.5, 0.8])
    change = np.stack([evaluate(polynomial, np.full((1, 1), x))[0] for x in parts])
    exact = np.stack([np.cos(parts * step), np.sin(parts * step)], axis=-1)
    return end, np.abs(z + change - exact).max()


def test_the_implicit_method_is_of_order_five_and_its_polynomial_of_order_four():
    """So one step of it is wrong by h⁶, and within by h⁵."""
    ends, within = np.array([errors(attempt, h) for h in (0.2, 0.1, 0.05)]).T
    assert np.all(np.log2(ends[:-1] / ends[1:]) > 5.5)
    assert np.all(np.log2(within[:-1] / within[1:]) > 4.5)
    assert errors(explicit_attempt, 0.2)[0] < 0.01 * ends[0]


def test_a_step_is_the_same_bits_in_any_company():
    """Among particles of which some step implicitly when others do not."""
    begin = starts(np.arange(300), 7, 10.0, 300)
    made, implicit = tries(ROOTS, begin, 3.0, 1e-6)
    assert np.count_nonzero(implicit == 0) > 30
    assert np.count_nonzero(implicit > 5) > 30
    times = np.linspace(0, 3, 49)
    together = integrate(ROOTS, begin, times, rtol=1e-6)
    order = np.random.default_rng(3).permutation(300)[:120]
    np.testing.assert_array_equal(integrate(ROOTS, begin[order], times, rtol=1e-6), together[order])
    for k in order[:20]:
        np.testing.assert_array_equal(integrate(ROOTS, begin[k], times, rtol=1e-6), together[k])
    assert np.max(made) < 80, "where the explicit method alone took 1,600"


@pytest.mark.parametrize(
    "flow",
    [ROOTS, EvenPace(GradientFlow(POINT, Polar()), 1.15, 0.3, POINT)],
    ids=["roots", "polar"],
)
def test_stiff_trajectories_agree_with_fine_ones(flow):
    begin, times = starts(np.arange(200), 7, 10.0, 200), np.linspace(0, 3, 49)
    fine = integrate(flow, begin, times, rtol=1e-11)
    for rtol, most in ((1e-6, 2e-3), (1e-8, 1e-5)):  # in a film, a seventh of a pixel
        off = np.max(np.abs(integrate(flow, begin, times, rtol=rtol) - fine), axis=(1, 2))
        assert np.max(off) < most
        assert np.median(off) < 10 * rtol
