"""A trajectory is a value: any time can be looked up, as exactly as if it had been asked for."""

import math

import numpy as np
import pytest

from fields import (
    Deep,
    EvenPace,
    GradientFlow,
    LineLoss,
    MorphingFlow,
    PointLoss,
    Polar,
    Slide,
    follow,
    integrate,
    point_solution,
)

LINE = LineLoss(-1, -2, 15)
STARTS = np.array([[(0.5, 0.7), (8.0, 0.3)], [(9.5, 9.0), (1.0, 1.0)]])


@pytest.mark.parametrize(
    "flow",
    [
        GradientFlow(PointLoss(), Deep(4)),
        GradientFlow(LINE, Polar()),
        EvenPace(MorphingFlow(PointLoss(), Slide(1.0, 0.0, 0.5, 1.5))),
        MorphingFlow(LINE, Slide(1.0, 0.8, 0.0, 1.0)),
    ],
    ids=lambda flow: type(flow).__name__,
)
def test_what_is_looked_up_is_what_is_integrated_to_the_last_bit(flow):
    path = follow(flow, STARTS, 2.0)
    times = np.linspace(0, 2, 23)
    places = np.moveaxis(integrate(flow, STARTS, times), -2, 0)
    for time, place in zip(times, places, strict=True):
        np.testing.assert_array_equal(path.at(time), place)
    np.testing.assert_array_equal(path.at(-1.0), STARTS * 0 + path.at(0.0))
    np.testing.assert_array_equal(path.at(9.0), path.at(2.0))
    np.testing.assert_array_equal(path.age(1.5), np.full((2, 2), 1.5))


@pytest.mark.parametrize("depth", [1, 2, 3, 6, math.inf, 0.5])
def test_any_time_is_as_accurate_as_the_steps(depth):
    path = follow(GradientFlow(PointLoss(), Deep(depth)), STARTS, 1.0, rtol=1e-12)
    times = np.random.default_rng(1).uniform(0, 1, 60)
    closed = point_solution(PointLoss(), Deep(depth), STARTS, times)
    for k, time in enumerate(times):
        np.testing.assert_allclose(path.at(time), closed[..., k, :], rtol=1e-10)


def test_a_late_beginning_and_one_particle_will_do():
    flow = GradientFlow(PointLoss(), Deep(2))
    late = follow(flow, [1.0, 2.0], 0.5, begin=7.0)
    np.testing.assert_allclose(late.at(7.25), integrate(flow, [1.0, 2.0], [0, 0.25])[1], rtol=1e-14)
    with pytest.raises(ValueError, match="duration is 0"):
        follow(flow, [1.0, 2.0], 0)


def test_of_no_particles_there_is_a_trajectory_too():
    path = follow(GradientFlow(PointLoss(), Deep(2)), np.empty((3, 0, 2)), 1.0)
    for time in (0.0, 0.5, 1.0):
        assert path.at(time).shape == (3, 0, 2)
