"""What the simulated farm must do, whatever is measured."""

from __future__ import annotations

import pytest

from benchmarks.farm import Costs, Film, simulate

FREE = Costs(start=0, frames=2, between=0, join=0, size=0, take_in=0)


def test_work_without_other_costs_is_shared_out() -> None:
    films = [Film((6.0,) * 64)]
    assert simulate(films, 1, FREE, 100) == pytest.approx(768)
    assert simulate(films, 64, FREE, 100) == pytest.approx(12)
    assert simulate(films, 256, FREE, 100) == pytest.approx(12), "a play is not cut"


def test_the_link_is_one() -> None:
    costs = Costs(start=0, frames=1e-9, between=0, join=0, size=1e6, take_in=0)
    assert simulate([Film((6.0,) * 10)], 10, costs, mbit=8) == pytest.approx(60)


def test_clips_are_read_before_they_are_rendered() -> None:
    costs = Costs(start=3, frames=1, between=0, join=0, size=0, take_in=0)
    films = [Film((6.0,), read=1, first=2, last=2)] * 2
    assert simulate(films, 2, costs, 100) == pytest.approx(3 + 1 + 2 + 6)
    assert simulate(films, 1, costs, 100) == pytest.approx(3 + 2 * (1 + 2 + 6))
    assert simulate(films, 2, costs, 100, is_known=True) == pytest.approx(2 + 6)


def test_nobody_waits_for_all_to_be_read() -> None:
    costs = Costs(start=0, frames=1, between=0, join=0, size=0, take_in=0)
    films = [Film((20.0,), read=1), Film((6.0,), read=10)]
    assert simulate(films, 2, costs, 100) == pytest.approx(max(1 + 20, 10 + 6))


def test_one_that_has_nothing_left_to_do_takes_the_end_of_another() -> None:
    costs = Costs(start=0, frames=1, between=0, join=0, size=0, take_in=0)
    films = [Film((3.0,) * 12), Film((3.0,) * 2)]
    assert simulate(films, 2, costs, 100) == pytest.approx(21), "36 + 6, in halves"
    far = [Film((3.0,) * 12, last=30, read=30), Film((3.0,) * 2)]
    assert simulate(far, 2, costs, 100, is_known=True) == pytest.approx(36), "too far away"


def test_between_two_pieces_a_worker_loses_time() -> None:
    costs = Costs(start=0, frames=1, between=0.5, join=0, size=0, take_in=0)
    films = [Film((3.0,) * 4), Film((3.0,) * 4)]
    assert simulate(films, 2, costs, 100) == pytest.approx(12 + 3 * 0.5)


def test_one_worker_alone_has_read_what_it_renders() -> None:
    costs = Costs(start=3, frames=1, between=9, join=0.25, size=1e9, take_in=0)
    film = Film((2.0, 2.0), read=1.0, first=1.0, last=3.0, met=(0.5, 1.0))
    assert simulate([film] * 2, 1, costs, 100) == pytest.approx(3 + 2 * (1 + 0.5 + 4 + 0.25))
    assert simulate([film] * 2, 1, costs, 100, is_known=True) == pytest.approx(2 * (1 + 4 + 0.25))


def test_the_way_is_longer_to_later_plays() -> None:
    film = Film((2.0, 2.0, 2.0), first=1.0, last=3.0)
    assert [film.way(play) for play in range(3)] == pytest.approx([1, 2, 3])
    costs = Costs(start=0, frames=1, between=0, join=0, size=0, take_in=0)
    assert simulate([film], 3, costs, 100) == pytest.approx(3 + 2)


def test_films_are_joined_by_those_at_home() -> None:
    costs = Costs(start=3, frames=1e-9, between=0, join=5, size=0, take_in=0)
    films = [Film((6.0,), read=1, first=1, last=1)] * 2
    there = 3 + 1 + 1
    assert simulate(films, 2, costs, 100, home=1) == pytest.approx(there + 5 + 5)
    assert simulate(films, 2, costs, 100, home=2) == pytest.approx(there + 5)
