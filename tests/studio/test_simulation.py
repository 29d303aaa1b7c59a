"""What the simulated farm must do, whatever is measured."""

from __future__ import annotations

import pytest

from benchmarks.farm import Costs, simulate

FREE = Costs(start=0, ready=0, frames=2, passing=0, join=0, size=0, take_in=0)


def test_work_without_other_costs_is_shared_out() -> None:
    clips = [[6.0] * 64]
    assert simulate(clips, 1, FREE, 100) == pytest.approx(768)
    assert simulate(clips, 64, FREE, 100) == pytest.approx(12)
    assert simulate(clips, 256, FREE, 100) == pytest.approx(12), "a play is not cut"


def test_the_link_is_one() -> None:
    costs = Costs(start=0, ready=0, frames=0, passing=0, join=0, size=1e6, take_in=0)
    clips = [[6.0] * 10]
    assert simulate(clips, 10, costs, mbit=8) == pytest.approx(60)


def test_clips_are_read_before_they_are_rendered() -> None:
    costs = Costs(start=3, ready=1, frames=1, passing=0, join=0, size=0, take_in=0)
    assert simulate([[6.0], [6.0]], 2, costs, 100) == pytest.approx(3 + 1 + 1 + 6)
    assert simulate([[6.0], [6.0]], 1, costs, 100) == pytest.approx(3 + 2 + 2 + 12)
    assert simulate([[6.0], [6.0]], 2, costs, 100, is_warm=True) == pytest.approx(1 + 6)


def test_films_are_joined_by_those_at_home() -> None:
    costs = Costs(start=3, ready=1, frames=0, passing=5, join=2, size=0, take_in=0)
    there = 3 + 1 + 1
    assert simulate([[6.0], [6.0]], 2, costs, 100, home=1) == pytest.approx(there + 7 + 7)
    assert simulate([[6.0], [6.0]], 2, costs, 100, home=2) == pytest.approx(there + 7)
