"""What has to hold while a clip of one way to parameterize says so, by clip and sentence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fields import (
    Deep,
    GradientFlow,
    Polar,
    integrate,
    point_solution,
)
from stage import FlowScene
from tests.scenes.told import (
    POINT,
    START,
    TARGET,
    Claim,
    Shown,
    clip,
    dial_is,
    plain_is_straight,
    share,
)


def polar_parts(r: float) -> np.ndarray:
    """ẇ out and around where Polar's one point is, at a radius."""
    angle = np.radians(clip("Polar").degrees)
    out = np.array([np.cos(angle), np.sin(angle)])
    v = GradientFlow(POINT, Polar()).velocity(r * out)
    return np.array([v @ out, v @ [-out[1], out[0]]])


def turned(start: tuple[float, float], part: float) -> np.ndarray:
    """Where a polar path is when it has done a part of its turn."""
    path = integrate(GradientFlow(POINT, Polar()), start, np.linspace(0, 3, 20001))
    angle = np.arctan2(path[:, 1], path[:, 0])
    done = (angle - angle[0]) / (np.arctan2(6, 3) - angle[0])
    return np.hypot(*path[np.argmax(done >= part)])


def turns(axis: int) -> Claim:
    def one_weight_changes(shown: Shown) -> bool:
        weights_at = shown.scene.weights_at
        moved = np.abs(weights_at(shown.end - 0.01) - weights_at(shown.begin))
        return bool(moved[axis] > 0.5 and moved[1 - axis] < 1e-9)

    return one_weight_changes


def loss_falls_at_once(shown: Shown) -> bool:
    kind = clip("Identity")
    path = integrate(GradientFlow(POINT, Deep(1)), kind.start, np.linspace(0, 5, 601))
    loss = POINT.value(path)
    return bool(np.all(np.diff(loss) < 0) and np.argmin(np.diff(loss)) == 0)


def together(shown: Shown) -> bool:
    starts = np.random.default_rng(0).uniform(0, 10, (50, 2))
    left = (point_solution(POINT, Deep(1), starts, [2.0])[:, 0] - TARGET) / (starts - TARGET)
    return np.allclose(left[:, 0], left[:, 1])


def pulls(shown: Shown) -> bool:
    return np.allclose(-POINT.gradient(clip("ChainRule").start), [-5, 5])


def slopes(shown: Shown) -> bool:
    return np.allclose(shown.scene.slope_at(shown.begin + 1), [12, 3], rtol=1e-9)


def large_run(shown: Shown) -> bool:
    """At depth 3 the larger weight moves faster for as long as it is larger, the smaller waits."""
    scene = shown.scene
    flow = GradientFlow(POINT, Deep(3))
    w = np.array(scene.start)
    v = np.abs(flow.velocity(w))
    plain = np.abs(GradientFlow(POINT, Deep(1)).velocity(w))
    begins = shown.begin <= scene.begin <= shown.begin + 1
    return bool(begins and v[0] > 5 * v[1] and np.isclose(plain[0], plain[1]))


def exponent(shown: Shown) -> bool:
    w = np.array([2.0, 5.0])
    plain = GradientFlow(POINT, Deep(1)).velocity(w)
    each = [(N, GradientFlow(POINT, Deep(N)).velocity(w) / plain) for N in (1, 2, 3, 4, 6)]
    return all(np.allclose(v, w ** (2 - 2 / N)) for N, v in each)


def goes_past_one(shown: Shown) -> bool:
    depths = shown.depths()
    return bool(depths[0] < 1 and depths[-1] == 0.5 and np.all(np.diff(depths) <= 0))


def small_run(shown: Shown) -> bool:
    flow = GradientFlow(POINT, Deep(0.5))
    slow, fast = flow.velocity([2.0, 4.0]), flow.velocity([0.5, 1.0])
    return bool(dial_is(0.5)(shown) and np.all(fast > slow))


def to_a_fifth(shown: Shown) -> bool:
    depths = shown.depths()
    return bool(0.2 < depths[0] < 0.5 and np.isclose(depths[-1], 0.2))


def opposite_of_sparse(shown: Shown) -> bool:
    return dial_is(0.2)(shown) and share(0.2) > 0.8 > 0.6 > share(1)


SMALL = ((0.1, 1.6), (0.3, 0.9), (1.5, 0.2), (0.1, 0.1))


def time_to(start: tuple[float, float], done: Callable[[np.ndarray], np.ndarray]) -> float:
    times = np.concatenate([[0.0], np.logspace(-14, 0, 801)]) * 6.0**8 * 20
    path = point_solution(POINT, Deep(0.2), start, times)
    return float(times[np.argmax(done(path))])


def to_the_diagonal(shown: Shown) -> bool:
    def even(path: np.ndarray) -> np.ndarray:
        return np.abs(np.log(path[:, 0] / path[:, 1])) < 0.1

    def there(path: np.ndarray) -> np.ndarray:
        return np.all(np.abs(path / TARGET - 1) < 0.1, axis=1)

    return dial_is(0.2)(shown) and all(
        time_to(start, even) < 0.05 * time_to(start, there) for start in SMALL
    )


def without_bound(shown: Shown) -> bool:
    v = [GradientFlow(POINT, Deep(0.2)).velocity([w, w])[0] for w in (1e-1, 1e-2, 1e-3)]
    return bool(v[0] < v[1] < v[2] and np.isinf(GradientFlow(POINT, Deep(0.2)).velocity([0, 1])[0]))


def behind_first(shown: Shown) -> bool:
    start = shown.scene.aside
    path = point_solution(POINT, Deep(0.2), start, np.logspace(-12, 8, 801))
    caught = path[np.argmax(path[:, 0] > 0.95 * path[:, 1])]
    return bool(start[0] < 0.1 * start[1] and caught[1] < start[1] * 1.1)


def largest_stays_small(shown: Shown) -> bool:
    """Of paths with one and the same sum of weights, this one's largest is the smallest."""

    def largest(depth: float, total: float) -> float:
        path = integrate(GradientFlow(POINT, Deep(depth)), START, np.linspace(0, 10, 2001))
        if depth < 1:
            last = 6.0**8 * 3
            path = point_solution(POINT, Deep(depth), START, np.linspace(0, 1, 801) ** 6 * last)
        return float(np.interp(total, path.sum(axis=1), path.max(axis=1)))

    return all(
        largest(0.2, total) < largest(1, total) < largest(2, total) for total in (2.0, 4.0, 5.0)
    )


def radius(shown: Shown) -> np.ndarray:
    scene = shown.scene
    return np.interp(shown.times() - 1e-6, *scene_radii(scene))


def scene_radii(scene: FlowScene) -> tuple[np.ndarray, np.ndarray]:
    from stage.keyframes import eased_keyframes

    return eased_keyframes(scene.stops, scene.radii)


def around_counts_square(shown: Shown) -> bool:
    r, plain = 0.3, GradientFlow(POINT, Deep(1))
    angle = np.radians(clip("Polar").degrees)
    out = np.array([np.cos(angle), np.sin(angle)])
    g = plain.velocity(r * out)
    parts = np.array([g @ out, g @ [-out[1], out[0]]])
    return np.allclose(polar_parts(r), parts * [1, r * r])


def hardly_turns(shown: Shown) -> bool:
    r = radius(shown)
    return all(polar_parts(one)[1] < 0.1 * polar_parts(one)[0] for one in r) and np.isclose(
        r[0], 0.3
    )


def is_plain_at_one(shown: Shown) -> bool:
    r = radius(shown)
    angle = np.radians(clip("Polar").degrees)
    w = np.array([np.cos(angle), np.sin(angle)])
    same = GradientFlow(POINT, Polar()).velocity(w), GradientFlow(POINT, Deep(1)).velocity(w)
    return np.allclose(*same) and np.allclose(r[4:], 1.0)


def turns_more(shown: Shown) -> bool:
    r = radius(shown)
    parts = polar_parts(float(r[-1]))
    return bool(np.all(r[1:] > 1.0) and r[-1] == 1.6 and parts[1] > 2 * parts[0])


def circle_is_small(shown: Shown) -> bool:
    return bool(1.0 / 10.0 < 0.2 and shown.scene.zooms[1] <= shown.end)


def turns_about_one(shown: Shown) -> bool:
    early, late = turned(START, 0.1), turned(START, 0.9)
    return bool(tuple(shown.scene.start) == START and 0.3 < early < 1 < late < 2.1)


def round_then_in(shown: Shown) -> bool:
    far = np.hypot(*shown.scene.far)
    gone = (far - turned(shown.scene.far, 0.9)) / (far - np.hypot(3, 6))
    return bool(gone < 0.06)


def small_grows_first(shown: Shown) -> bool:
    return round_then_in(shown) and turned(START, 0.1) > 2.5 * np.hypot(*START)


WAYS: dict[str, dict[str, Claim | None]] = {
    "ToyModel": {
        "The smallest model: a plane with two slopes.": None,
        "Its slope one way is #w1,": turns(0),
        "the other way #w2.": turns(1),
        "Green is best. The loss: how far off $w$ is.": None,
        "Drawn as height, it is a bowl;": None,
        "from above, it is contours.": None,
        "Training rolls down, and the plane turns.": None,
    },
    "Identity": {
        "Here the weights themselves are trained.": None,
        "Downhill is straight towards the target.": plain_is_straight,
        "So the loss falls at once,": loss_falls_at_once,
        "and training takes the shortest way.": plain_is_straight,
        "Its velocity: an orange leg for #w1, a blue one for #w2.": None,
        "Their ratio gives the colour; both at once has none.": None,
        "From anywhere, both weights arrive together.": together,
    },
    "ChainRule": {
        "Train $u$; the model still is $w = u^3$.": None,
        "Every $w$ has its $u$: the functions are the same.": None,
        "The loss pulls #w1 by −5, #w2 by 5.": pulls,
        "$J^top$ carries it to $u$: each leg times its slope.": slopes,
        "$J$ carries the step to $w$: times the slope again.": slopes,
        "True pace: large weights run, small ones wait.": large_run,
        "For any power $N$: the exponent is $2 - 2 slash N$.": exponent,
    },
    "AntiDeep": {
        "Depth 1: straight to the target.": plain_is_straight,
        "Now the dial goes past 1: weights are roots.": goes_past_one,
        "Small weights run, large weights creep.": small_run,
        "And further, to one fifth.": to_a_fifth,
        "Both weights grow together: the opposite of sparse.": opposite_of_sparse,
        "Small weights rush to the diagonal,": to_the_diagonal,
        "and only then to the target.": to_the_diagonal,
        "At the axes the speed has no bound.": without_bound,
        "Another start: who is behind catches up first.": behind_first,
        "So the largest stays small: a low $norm(w)_infinity$.": largest_stays_small,
    },
    "Polar": {
        "Trained: a radius and an angle.": None,
        "The pull has a part out, and a part around.": None,
        "The part around counts $r^2$ times.": around_counts_square,
        "Small radius: it grows, and hardly turns.": hardly_turns,
        "At $r = 1$ it is plain training.": is_plain_at_one,
        "Large radius: it turns more than it grows.": turns_more,
        "From afar, that circle is small.": circle_is_small,
        "From near nothing: it turns about $r = 1$, then goes out.": turns_about_one,
        "From far out: first round, then in.": round_then_in,
        "Here colour tells out from around.": None,
        "A large $r$ turns first, a small $r$ grows first.": small_grows_first,
    },
}
