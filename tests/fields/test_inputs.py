"""What is wrong is said: which thing, where, and how to put it right."""

import math
import subprocess
import sys

import numpy as np
import pytest

from fields import (
    Deep,
    EvenPace,
    GradientFlow,
    InversePower,
    LineLoss,
    MorphingFlow,
    ParameterFlow,
    PointLoss,
    Slide,
    even_rate,
    field_distance,
    follow,
    gradient_descent,
    integrate,
    paths_by_depth,
    point_invariant,
    point_solution,
)

FLOW = GradientFlow(PointLoss(), Deep(2))


@pytest.mark.parametrize("depth", [0, -1, -0.0, math.nan, "2", None])
def test_a_depth_is_above_nought(depth):
    with pytest.raises(ValueError, match=r"Deep: the depth N is .*give a number above 0"):
        Deep(depth)


@pytest.mark.parametrize("degree", [0, -1, math.nan])
def test_a_degree_is_above_nought(degree):
    with pytest.raises(ValueError, match="InversePower: M is"):
        InversePower(degree)


@pytest.mark.parametrize("target", [(-1, 3), (3, math.nan), (math.inf, 1), (1, 2, 3), (1,), 3])
def test_a_target_is_two_weights(target):
    with pytest.raises(ValueError, match=r"PointLoss: the target w\* is .*give two finite numbers"):
        PointLoss(target)


@pytest.mark.parametrize("line", [(0, 0, 1), (math.nan, 1, 1), (1, math.inf, 1)])
def test_a_line_has_a_direction(line):
    with pytest.raises(ValueError, match="is no line; give three finite numbers"):
        LineLoss(*line)


@pytest.mark.parametrize("start", [(-1, 2), (math.nan, 1), (1, math.inf)])
def test_a_start_off_the_domain_is_named(start):
    with pytest.raises(ValueError, match=r"particle 1 starts at \(.*start inside"):
        integrate(FLOW, [(1, 1), start], [0, 1])


def test_starts_are_pairs():
    with pytest.raises(ValueError, match=r"shape \(3,\); the last axis must be"):
        integrate(FLOW, [1, 2, 3], [0, 1])


@pytest.mark.parametrize("times", [[0, 2, 1], [0, math.nan], [0, math.inf]])
def test_times_do_not_decrease(times):
    with pytest.raises(ValueError, match="must be finite and must not decrease"):
        integrate(FLOW, [1, 2], times)


@pytest.mark.parametrize("times", [[], 1.0])
def test_there_are_times(times):
    with pytest.raises(ValueError, match="there are no times"):
        integrate(FLOW, [1, 2], times)


def test_slides_and_paces():
    with pytest.raises(ValueError, match="end later"):
        Slide(0, 1, 2, 2)
    with pytest.raises(ValueError, match="must be above 0"):
        EvenPace(FLOW, 0)
    with pytest.raises(ValueError, match="w_ref is -1"):
        MorphingFlow(PointLoss(), Slide(1, 0, 0, 1), -1)
    with pytest.raises(ValueError, match="give numbers from 0 on"):
        field_distance(-0.1, PointLoss())


@pytest.mark.parametrize("rtol", [0.0, -1.0, math.nan, math.inf])
def test_an_accuracy_is_above_nought(rtol):
    with pytest.raises(ValueError, match=r"integrate: rtol is .*; give a finite number above 0"):
        integrate(FLOW, [1, 2], [0, 1], rtol=rtol)
    with pytest.raises(ValueError, match=r"follow: rtol is .*; give a finite number above 0"):
        follow(FLOW, [1, 2], 1.0, rtol=rtol)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GradientFlow(PointLoss(), Deep(2), math.nan), "GradientFlow: the rate is nan"),
        (lambda: ParameterFlow(PointLoss(), Deep(2), math.inf), "ParameterFlow: the rate is inf"),
        (lambda: Slide(1, math.nan, 0, 1), "Slide: stop is nan; give a finite number"),
        (lambda: paths_by_depth(PointLoss(), [-1.0], [1, 1]), "paths_by_depth: 1/N is"),
        (lambda: paths_by_depth(PointLoss(), [math.nan], [1, 1]), "paths_by_depth: 1/N is"),
        (lambda: paths_by_depth(PointLoss(), [1, 0], [1, 1], length=200), "length is 200"),
        (lambda: even_rate(Deep(2), 0.0), "even_rate: w_ref is 0.0; give a finite number above 0"),
        (lambda: gradient_descent(PointLoss(), Deep(2), [1, 1], step=math.nan, steps=1), "step is"),
        (lambda: gradient_descent(PointLoss(), Deep(2), [1, 1], step=0.1, steps=-1), "steps is -1"),
        (lambda: gradient_descent(PointLoss(), Deep(2), [1, 1], step=0.1, steps=2.5), "steps is"),
        (lambda: point_solution(PointLoss(), Deep(2), [1, 1], 1.0), "the times are 1.0; give"),
        (lambda: point_solution(PointLoss(), Deep(2), [1, math.nan], [1.0]), "a start is below 0"),
    ],
)
def test_what_makes_no_sense_is_said(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_the_invariant_of_a_point_is_undefined_at_the_point_alone():
    found = point_invariant(PointLoss((3, 6)), Deep(2), [[3.0, 6.0], [1.0, 1.0]])
    assert np.isnan(found).tolist() == [True, False]


class Endless:
    """A flow that is not a number from time 1 on."""

    chart = FLOW.chart

    def velocity(self, w, time=0.0):
        return self.drift(np.log(w), time) * w

    def drift(self, z, time):
        late = np.asarray(time)[..., None] > 1
        return np.where(late, math.nan, -np.ones_like(z))


@pytest.mark.parametrize("begin", [0.5, 1.0, 2.0])
def test_a_flow_that_is_no_number_stops_the_particle_and_not_the_program(begin):
    with pytest.raises(ArithmeticError, match=r"particle 0 cannot be followed .* at w = \(.*Stop"):
        integrate(Endless(), [1.0, 1.0], [begin, 3.0])


def test_mathematics_knows_neither_manim_nor_what_it_does_not_need():
    code = (
        "import fields, sys; "
        "print([m for m in sys.modules if m.split('.')[0] in ('manim', 'stage', 'scenes', "
        "'sympy', 'numba') or m.startswith('scipy.integrate')])"
    )
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[]"
