"""Streamlines: along the field, evenly spaced, all over the picture, and the same each time."""

import math

import numpy as np
import pytest

from fields import (
    Deep,
    GradientFlow,
    LineLoss,
    MorphingFlow,
    Own,
    PointLoss,
    Polar,
    Slide,
    Streamlines,
    formula,
    point_invariant,
    streamlines,
)
from fields.particles.streamline import streamlines_anew

SEPARATION = 0.6


@pytest.fixture(scope="module")
def lines():
    return streamlines(GradientFlow(PointLoss(), Deep(2)), separation=SEPARATION)


def test_lines_are_along_the_field(lines):
    """ln(x₁/|1−x₁|)/w₁* − ln(x₂/|1−x₂|)/w₂* is constant on each."""
    for line in lines:
        inner = line[(np.min(line, axis=1) > 0.5) & (np.min(np.abs(line - [3, 6]), axis=1) > 0.3)]
        if len(inner) > 2:
            kept = point_invariant(PointLoss(), Deep(2), inner)
            np.testing.assert_allclose(kept, kept[0], atol=2e-4)


def test_lines_of_a_formula_are_those_of_its_power_and_ask_for_parameters_once(lines, monkeypatch):
    """Beyond its seed a line goes along u: u(w) is an iteration for each place."""
    asked = []
    find = Own.parameters
    monkeypatch.setattr(Own, "parameters", lambda own, w: asked.append(1) or find(own, w))
    own = GradientFlow(PointLoss(), formula("u^2"))
    found = streamlines_anew(own, SEPARATION, 10.0, 0.0, 2 * SEPARATION)
    assert len(asked) < 8 * len(found) < sum(map(len, found)) / 2
    assert abs(len(found) - len(lines)) <= 4
    test_lines_are_along_the_field(found)
    test_lines_keep_their_distance(list(found))


def test_lines_keep_their_distance(lines):
    for k, line in enumerate(lines):
        others = np.concatenate(lines[:k] + lines[k + 1 :])
        apart = np.hypot(*(line[:, None] - others[None]).transpose(2, 0, 1))
        assert apart.min() >= 0.5 * SEPARATION


def test_lines_leave_no_gap(lines):
    places = np.random.default_rng(2).uniform(0.3, 9.7, (500, 2))
    everything = np.concatenate(lines)
    apart = np.hypot(*(places[:, None] - everything[None]).transpose(2, 0, 1)).min(axis=1)
    assert np.max(apart) < 2.5 * SEPARATION
    assert np.mean(apart) < 0.5 * SEPARATION


def test_lines_are_the_same_each_time(lines):
    flow = GradientFlow(PointLoss(), Deep(2))
    assert same(streamlines_anew(flow, SEPARATION, 10.0, 0.0, 2 * SEPARATION), lines)


def same(some, others):
    return len(some) == len(others) and all(map(np.array_equal, some, others))


def test_remembered_lines_are_nobodys_to_change_and_of_one_field_alone():
    flow = MorphingFlow(PointLoss(), Slide(1.0, 0.0, 0.0, 1.0))
    first = streamlines(flow, separation=2.0)
    kept = [line.copy() for line in first]
    for line in first:
        line += 1.0
    assert same(streamlines(flow, separation=2.0), kept)
    for other in ({"instant": 1.0}, {"separation": 2.5}, {"shortest": 6.0}, {"extent": 9.0}):
        assert not same(streamlines(flow, **{"separation": 2.0, **other}), kept), other


def test_where_all_lines_are_too_short_there_are_none():
    assert streamlines(GradientFlow(PointLoss(), Deep(2)), separation=2.0, shortest=1e9) == ()


@pytest.mark.parametrize(
    "flow",
    [
        GradientFlow(PointLoss(), Polar()),
        GradientFlow(LineLoss(-1, -2, 15), Deep(0.25)),
        GradientFlow(PointLoss(), Deep(math.inf)),
        MorphingFlow(PointLoss(), Slide(1.0, 0.0, 0.0, 1.0)),
    ],
    ids=lambda flow: type(flow).__name__,
)
def test_every_field_has_lines(flow):
    lines = streamlines(flow, separation=1.2, instant=0.5)
    assert len(lines) > 8
    assert all(np.isfinite(line).all() for line in lines)


def test_marks_run_along_their_lines(lines):
    motion = Streamlines(lines, gap=1.0, speed=0.5)
    now, later = motion.at(3.0), motion.at(3.25)
    assert now.shape == later.shape == (len(motion.age(0.0)), 2)
    young = motion.age(3.25) >= 0.25  # the others began anew
    moved = np.hypot(*(later - now).T)[young]
    assert np.all(moved <= 0.125 * (1 + 1e-12))
    assert np.mean(moved) > 0.12
    np.testing.assert_array_equal(motion.at(3.0), now)


def test_a_separation_is_a_distance():
    with pytest.raises(ValueError, match="separation is 0"):
        streamlines(GradientFlow(PointLoss(), Deep(2)), separation=0)
