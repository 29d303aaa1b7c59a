"""Products of matrices: depth fills in what was never seen."""

import numpy as np
import pytest

from fields.systems.factorization import Completion, singular_values
from fields.systems.modes import mode

TWO = np.array([[1.0, 2.0], [0.5, np.nan]])
SEEN = np.array([[True, True], [True, False]])


@pytest.mark.parametrize(("depth", "unseen"), [(1, 1e-3), (2, 1.0001), (3, 1.0011)])
def test_depth_fills_in_the_entry_that_makes_the_rank_one(depth, unseen):
    problem = Completion(TWO, SEEN, depth, 1e-3)
    end = problem.path([0.0, problem.arrival()])[-1]
    np.testing.assert_allclose(end[SEEN], TWO[SEEN], rtol=1e-8)
    assert end[1, 1] == pytest.approx(unseen, abs=6e-5)
    assert singular_values(end)[1] < (2e-3 if depth > 1 else 2)


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 2)])
@pytest.mark.parametrize("depth", [1, 2, 4])
def test_gradient_is_how_the_loss_changes(shape, depth):
    rng = np.random.default_rng(5)
    problem = Completion(rng.normal(size=shape), rng.random(shape) < 0.7, depth)
    z = rng.normal(size=problem.start().shape)

    def loss(layers):
        miss = (problem.product(layers) - problem.target)[problem.seen]
        return 0.5 * np.sum(miss * miss)

    h = 1e-6
    numeric = [(loss(z + h * e) - loss(z - h * e)) / (2 * h) for e in np.eye(len(z))]
    np.testing.assert_allclose(problem.gradient(z), numeric, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("depth", [2, 3])
def test_where_all_is_seen_each_singular_value_is_a_mode(depth):
    """A target that shares its singular vectors with the start is learned mode by mode."""
    target = np.diag([3.0, 1.0])
    times = np.linspace(0.0, 8.0, 9)
    path = Completion(target, np.ones((2, 2), bool), depth, 0.01).path(times)
    for k, strength in enumerate((3.0, 1.0)):
        np.testing.assert_allclose(
            path[:, k, k], mode(strength, 0.01, times, depth=depth), rtol=1e-7
        )


def test_balanced_layers_stay_balanced():
    """W_{j+1}ᵀ W_{j+1} = W_j W_jᵀ is conserved, so the product alone tells how it moves."""
    rng = np.random.default_rng(2)
    problem = Completion(rng.normal(size=(3, 3)), rng.random((3, 3)) < 0.8, 2, 0.1)
    W = problem.path([0.0, 1.0, 1.0 + 1e-4])
    left, size, right = np.linalg.svd(W[1])
    step = (W[2] - W[1]) / 1e-4
    miss = np.where(problem.seen, W[1] - problem.target, 0.0)
    root = left * size @ left.T, right.T * size @ right  # √(W Wᵀ), √(Wᵀ W)
    np.testing.assert_allclose(step, -(root[0] @ miss + miss @ root[1]), rtol=2e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Completion(TWO, np.zeros((2, 2), bool)), "see at least one entry"),
        (lambda: Completion(TWO, np.ones((2, 2), bool)), "that is seen is no finite number"),
        (lambda: Completion(TWO, np.ones((2, 3), bool)), "give two arrays"),
        (lambda: Completion(TWO, SEEN, depth=0), "must be a whole number"),
        (lambda: Completion(TWO, SEEN, scale=np.inf), "a finite number above 0"),
        (lambda: Completion(TWO, SEEN).path([0.0, np.inf]), "give finite numbers from 0 on"),
        (lambda: Completion(TWO, SEEN).path([2.0, 1.0]), "none falling"),
        (lambda: Completion(TWO, SEEN).path([-1.0, 1.0]), "Completion: the times are"),
        (lambda: Completion(TWO, SEEN).path(1.0), "Completion: the times are 1.0"),
    ],
)
def test_what_makes_no_sense_is_said(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_any_times_from_0_on_can_be_asked_for():
    problem = Completion(TWO, SEEN, 2, 0.1)
    start = 0.1 * np.eye(2)
    np.testing.assert_allclose(problem.path([0.0]), start[None], rtol=1e-14)
    assert problem.path([]).shape == (0, 2, 2)
    twice = problem.path([0.0, 0.0, 1.5, 1.5, 3.0])
    np.testing.assert_allclose(twice, problem.path([0.0, 1.5, 3.0])[[0, 0, 1, 1, 2]], rtol=1e-7)


def test_what_is_fitted_at_the_start_has_arrived():
    assert Completion(0.1 * np.eye(2), SEEN, 2, 0.1).arrival() == 0.0


def test_a_flow_that_does_not_arrive_is_said():
    with pytest.raises(ArithmeticError, match="not yet fitted"):
        Completion(TWO, SEEN, 3, 1e-3).arrival(most=0.5)


def test_a_remembered_path_is_a_fresh_one_and_of_one_problem_alone():
    problem, times = Completion(TWO, SEEN, 2, 0.1), np.linspace(0.0, 2.0, 5)
    first = problem.path(times)
    fresh = first.copy()
    first += 1.0
    np.testing.assert_array_equal(Completion(TWO, SEEN, 2, 0.1).path(times), fresh)
    for other in (Completion(TWO, SEEN, 3, 0.1), Completion(2 * TWO, SEEN, 2, 0.1)):
        assert not np.array_equal(other.path(times), fresh)
    assert not np.array_equal(problem.path(times, rtol=1e-5), fresh)
    assert problem.arrival() == Completion(TWO, SEEN, 2, 0.1).arrival()
    assert problem.arrival() != Completion(TWO, SEEN, 2, 0.2).arrival()
    with pytest.raises(ArithmeticError, match=r"at time 0\.1 what is seen is not yet fitted"):
        problem.arrival(most=0.1)
