"""What captions claim is true when they are shown: against ``fields``, at the time of the film.

Every sentence of the film's chapters is in ``CLAIMS``: with what has to hold while it is shown, or
with ``None`` where it claims nothing that could be computed. A sentence that is not there fails.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from fields import (
    Deep,
    GradientFlow,
    LineLoss,
    PointLoss,
    Polar,
    field_distance,
    integrate,
    landing,
    learning_time,
    least_norm,
    point_solution,
    reference_weight,
)
from stage import FlowScene
from stage.engine.camera import StageCamera
from stage.knobs import KNOBS
from stage.text.writing import LiveNumber
from studio.primer.script import read_script
from tests.scenes.clips import clips, small

TARGET, START = np.array([3.0, 6.0]), (0.1, 0.1)
POINT, LINE = PointLoss((3.0, 6.0)), LineLoss(-1, -2, 15)


class Shown:
    """A sentence while it is shown: its scene, and when it begins and ends, in seconds of film."""

    def __init__(self, scene: FlowScene, begin: float) -> None:
        self.scene, self.begin, self.end = scene, begin, math.inf
        self.numbers = 0

    def times(self) -> np.ndarray:
        """Instants from when it can be read until the next one comes."""
        return np.linspace(self.begin + 1.0, self.end, 9)

    def depths(self) -> np.ndarray:
        """N at these instants, by the clip's own dial."""
        inverse = np.array([float(self.scene.depth(time)) for time in self.times()])
        return np.where(inverse > 0, 1 / np.where(inverse > 0, inverse, 1.0), np.inf)


Claim = Callable[[Shown], object]


def share(depth: float, part: float = 0.5) -> float:
    """What w₁ is of its target when w₂ is ``part`` of its own, from (0.1, 0.1)."""
    time = learning_time(6.0, 0.1, part, Deep(depth))
    return float(point_solution(POINT, Deep(depth), START, [time])[0, 0] / 3.0)


def end(depth: float, start: tuple[float, float] = START) -> np.ndarray:
    return landing(LINE, Deep(depth), start)


def excess(w: np.ndarray, order: float) -> float:
    """A norm of w, in parts of its least on the line."""
    best = np.linalg.norm(least_norm(LINE, order), ord=order)
    return float(np.linalg.norm(w, ord=order) / best)


def nearest(w: np.ndarray) -> float:
    """The order of the norm whose least on the line w is nearest to."""
    return min((1.0, 2.0, np.inf), key=lambda order: excess(w, order))


def bends(depth: float) -> float:
    """How far the path from (0.1, 0.1) leaves the straight one, in weights."""
    path = integrate(GradientFlow(POINT, Deep(depth)), START, np.linspace(0, 60, 2001))
    way = (TARGET - START) / np.linalg.norm(TARGET - START)
    across = (path - START) @ np.array([-way[1], way[0]])
    return float(np.max(np.abs(across)))


def race(time: float) -> np.ndarray:
    """The weights of DepthTwo's race at a second of its film."""
    kind = clip("DepthTwo")
    flow_time = (time - kind.begin) / kind.walk * 9
    rate = 1 / reference_weight(POINT)
    return point_solution(POINT, Deep(2), START, [max(flow_time, 0.0)], rate=rate)[0]


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


# --- what holds while a sentence is shown -------------------------------------------------------


def perfect(shown: Shown) -> bool:
    ends = [end(depth) for depth in shown.scene.powers]
    apart = np.linalg.norm(np.diff(ends, axis=0), axis=1)
    return np.allclose(LINE.value(np.array(ends)), 0) and apart.min() > 1


def asked_in_time(shown: Shown) -> bool:
    return perfect(shown) and max(shown.scene.begins) + 1.0 < shown.begin + 1.0 <= 10.0


def they_agree(shown: Shown) -> bool:
    seen = [float(end(depth) @ [1, 2]) for depth in shown.scene.powers]
    return np.allclose(seen, 15.0)


def they_differ(shown: Shown) -> bool:
    told = [f"{end(depth) @ [2, 1]:.2f}" for depth in shown.scene.powers]
    return told == ["12.06", "7.98", "14.51"]


def turns(axis: int) -> Claim:
    def one_weight_changes(shown: Shown) -> bool:
        weights_at = shown.scene.weights_at
        moved = np.abs(weights_at(shown.end - 0.01) - weights_at(shown.begin))
        return bool(moved[axis] > 0.5 and moved[1 - axis] < 1e-9)

    return one_weight_changes


def plain_is_straight(shown: Shown) -> bool:
    return bends(1) < 1e-6


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


def dial_is(*depths: float) -> Claim:
    return lambda shown: np.allclose(
        shown.depths()[[0, -1]], depths if len(depths) == 2 else depths * 2
    )


def one_start(shown: Shown) -> bool:
    return tuple(shown.scene.start) == START and dial_is(1.0)(shown) and plain_is_straight(shown)


def bends_at_two(shown: Shown) -> bool:
    first, last = shown.depths()[[0, -1]]
    return bool(first < last == 2 and bends(2) > 1)


def in_proportion(shown: Shown) -> bool:
    w = np.array([[0.1, 0.1], [0.2, 0.4]])
    v = GradientFlow(POINT, Deep(2)).velocity(w) / (TARGET - w)
    return np.allclose(v[1] / v[0], w[1] / w[0])


def both_wait(shown: Shown) -> bool:
    return all(np.all(race(time) / TARGET < 0.17) for time in (shown.begin, shown.end))


def second_takes_off(shown: Shown) -> bool:
    parts = race(shown.end) / TARGET
    return bool(race(shown.begin)[1] / 6 < 0.2 < 0.35 < parts[1] and parts[0] < 0.2)


def half_way(shown: Shown) -> bool:
    told = float(re.search(r"0\.\d+", shown.sentence)[0])
    passed = race(shown.begin)[1] < 3.2 and race(shown.end)[1] > 3
    return bool(passed and told == round(share(2), 2))


def first_is_last(shown: Shown) -> bool:
    begin, stop = race(shown.begin) / TARGET, race(shown.end) / TARGET
    return bool(begin[1] > 0.9 > 0.6 > begin[0] and stop[0] > 0.9 and stop[1] > stop[0])


def is_the_puzzle(shown: Shown) -> bool:
    """f(1, 2) = 15: that of Puzzle, whose table says so."""
    return bool(shown.scene.example() == (1.0, 2.0, -15.0))


def leans_to_the_larger(shown: Shown) -> bool:
    """Against plain training, which goes straight, the larger weight has more of the speed."""
    w = np.random.default_rng(0).uniform(0.01, 10.0, (1000, 2))
    plain, squared = (np.abs(GradientFlow(POINT, Deep(n)).velocity(w)) for n in (1, 2))
    more = squared[:, 1] * plain[:, 0] > squared[:, 0] * plain[:, 1]
    return bool(np.array_equal(more, w[:, 1] > w[:, 0]))


def larger_is_ahead(shown: Shown) -> bool:
    return dial_is(2.0)(shown) and share(2) < 0.5


def further_ahead(shown: Shown) -> bool:
    return shown.depths()[-1] == 4 and share(4) < share(2)


def hardly_begun(shown: Shown) -> bool:
    return dial_is(4.0)(shown) and round(share(4), 2) == 0.10


def nearly_one_by_one(shown: Shown) -> bool:
    return shown.depths()[-1] == 6 and share(6) < 0.1 and share(6, 0.9) < 0.12


def larger_shrinks_faster(shown: Shown) -> bool:
    w = np.array(shown.scene.above)
    v = np.abs(GradientFlow(POINT, Deep(6)).velocity(w))
    return bool(np.all(w > TARGET) and np.argmax(w) == np.argmax(v) and dial_is(6.0)(shown))


def even_out(shown: Shown) -> bool:
    """When the larger has gone half of its way, the two are nearer to each other than if plain."""
    ratios = []
    for depth in (1, 2, 4, 6):
        w = np.array(shown.scene.above)
        path = integrate(GradientFlow(POINT, Deep(depth)), w, np.r_[0, np.logspace(-5, 0.5, 1500)])
        large = int(np.argmax(w))
        half = path[np.argmax(path[:, large] < (w[large] + TARGET[large]) / 2)]
        ratios.append(abs(np.log(half[0] / half[1])))
    return bool(np.all(np.diff(ratios) < 0))


def bends_more(shown: Shown) -> bool:
    first, last = shown.depths()[[0, -1]]
    return bool(first < last and bends(first) < bends(last))


def less_for_the_first(shown: Shown) -> bool:
    parts = [share(depth) for depth in shown.depths()]
    return bool(np.all(np.diff(parts) < 0) and parts[0] < 0.5)


def a_limit_is_near(shown: Shown) -> bool:
    """Each doubling of N changes the field less than the one before, and the last is the limit."""
    first, last = shown.depths()[[0, -1]]
    doubled = [field_distance(1 / N, POINT) for N in (first, 2 * first, 4 * first, 8 * first)]
    reference = reference_weight(POINT)
    gone = field_distance([1 / first, 1 / last], POINT, reference=reference)
    return bool(np.all(np.diff(doubled) < 0) and np.all(np.diff(doubled, 2) > 0) and gone[1] == 0)


def infinite(shown: Shown) -> bool:
    return bool(np.all(np.isinf(shown.depths())))


def one_then_the_other(shown: Shown) -> bool:
    return infinite(shown) and share(np.inf, 0.9) < 0.1


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


def whole_line_fits(shown: Shown) -> bool:
    ends = LINE.minimizers(10.0)
    between = ends[0] + np.linspace(0, 1, 11)[:, None] * (ends[1] - ends[0])
    return np.allclose(LINE.value(between), 0) and np.allclose(between @ [-1, -2], -15)


def half_squared_distance(shown: Shown) -> bool:
    w = np.array([1.0, 2.0])
    foot = w + LINE.normal * (LINE.distance - w @ LINE.normal)
    return np.isclose(LINE.value(w), 0.5 * np.sum((w - foot) ** 2))


def arrives(number: int) -> Claim:
    def stops(shown: Shown) -> bool:
        depth = shown.scene.depths[number]
        other = shown.scene.depths[1 - number]
        begins = shown.begin <= shown.scene.begins[number] <= shown.begin + 1
        return bool(begins and np.linalg.norm(end(depth) - end(other)) > 2)

    return stops


def all_along(shown: Shown) -> bool:
    starts = [(x, y) for x in (0.5, 4.0, 9.0) for y in (0.5, 4.0, 9.0)]
    ends = np.array([end(1.0, start) for start in starts])
    fits = np.allclose(LINE.value(ends), 0, atol=1e-9)
    return bool(fits and np.ptp(ends[:, 0]) > 5)


def others_land_elsewhere(shown: Shown) -> bool:
    begin, stop = shown.scene.turns
    moved = np.linalg.norm(end(4.0, (4.0, 0.5)) - end(1.0, (4.0, 0.5)))
    return bool(begin <= shown.begin < stop <= shown.end and moved > 1)


def ball_touches(number: int, order: float, place: tuple[float, float]) -> Claim:
    def touches(shown: Shown) -> bool:
        begin, stop = shown.scene.touches[number]
        best = least_norm(LINE, order)
        in_time = shown.begin <= begin < stop <= shown.end + 3
        return bool(in_time and np.allclose(best, place))

    return touches


def somewhere_else(shown: Shown) -> bool:
    places = [least_norm(LINE, order) for order in (1.0, 2.0, np.inf)]
    return min(np.linalg.norm(a - b) for a, b in pairwise(places)) > 1


def lands_near(order: float, depth: float) -> Claim:
    def near(shown: Shown) -> bool:
        at = [shown.scene.place_at(time) for time in shown.times()]
        small_excess = all(excess(w, order) < 1.03 for w in at)
        return bool(small_excess and nearest(at[-1]) == order and dial_is(depth)(shown))

    return near


def start_stays(shown: Shown) -> bool:
    sizes = [shown.scene.size_at(time) for time in shown.times()]
    depths = shown.depths()
    return bool(np.ptp(sizes) < 1e-12 and depths[0] < depths[-1])


def second_does_more(shown: Shown) -> bool:
    at = np.array([shown.scene.place_at(time) for time in shown.times()])
    part = 2 * at[:, 1] / (at[:, 0] + 2 * at[:, 1])
    return bool(np.all(np.diff(part) > -1e-12) and part[-1] > part[0] + 0.05)


def first_is_hardly_needed(shown: Shown) -> bool:
    at = shown.scene.place_at(shown.end)
    return bool(shown.depths()[-1] > 100 and at[0] / 15 < 0.02)


def ever_smaller_starts(shown: Shown) -> bool:
    at = [excess(shown.scene.place_at(time), 1.0) for time in shown.times()]
    sizes = [shown.scene.size_at(time) for time in shown.times()]
    return bool(infinite(shown) and at[-1] < at[0] and at[-1] < 1.001 and sizes[-1] < sizes[0])


def back_to_the_other_end(shown: Shown) -> bool:
    first, last = shown.depths()[[0, -1]]
    return bool(first > last and np.isclose(last, 0.2))


def limit_of_small_depths(shown: Shown) -> bool:
    over = [excess(end(depth), np.inf) for depth in (0.5, 0.25, 0.2, 0.05)]
    return bool(dial_is(0.2)(shown) and np.all(np.diff(over) < 0) and over[-1] < 1.007)


def four_perfect_fits(shown: Shown) -> bool:
    ends = [landing(LINE, how, START) for how in shown.scene.four().values()]
    return np.allclose(LINE.value(np.array(ends)), 0, atol=1e-9)


def twelve_in_step(shown: Shown) -> bool:
    return len(shown.scene.flows) == 12 and tuple(shown.scene.start) == START


def truth_is_sparse(shown: Shown) -> bool:
    return np.allclose(least_norm(LINE, 1.0), [0, 7.5])


def depth_is_closest(shown: Shown) -> bool:
    truth = least_norm(LINE, 1.0) @ [2, 1]
    off = [abs(end(depth) @ [2, 1] - truth) for depth in shown.scene.powers]
    return truth == 7.5 and shown.scene.powers[int(np.argmin(off))] == 4 and min(off) < 0.5


def because_sparse(shown: Shown) -> bool:
    """Were the truth even instead, the deep model would be the one that is furthest off."""
    even = least_norm(LINE, np.inf) @ [2, 1]
    off = [abs(end(depth) @ [2, 1] - even) for depth in shown.scene.powers]
    return depth_is_closest(shown) and shown.scene.powers[int(np.argmax(off))] == 4


CLAIMS: dict[str, dict[str, Claim | None]] = {
    "Puzzle": {
        "Height is error. On the green floor there is none.": whole_line_fits,
        "Training rolls down, from one start.": lambda s: tuple(s.scene.start) == START,
        "Written otherwise, it lands elsewhere.": perfect,
        "Three perfect answers. Who chose?": asked_in_time,
        "Same model, same data, same start.": lambda s: tuple(s.scene.start) == START,
        "On the data they agree,": they_agree,
        "and elsewhere they differ.": they_differ,
        "Which of them is right? Let us look.": None,
    },
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
    "DepthTwo": {
        "One start, near nothing. Depth 1: straight.": one_start,
        "Depth 2: each weight is a square, and the path bends.": bends_at_two,
        "The speed of a weight is in proportion to itself.": in_proportion,
        "Both start small, and both wait.": both_wait,
        "#w2 takes off first.": second_takes_off,
        "When #w2 is half way, #w1 is at 0.21 of its target.": half_way,
        "#w1 arrives last.": first_is_last,
        "Everywhere, the flow leans towards the larger weight.": leans_to_the_larger,
    },
    "RichGetRicher": {
        "Dots and curves race at true pace.": None,
        "Depth 2: the larger weight is ahead.": larger_is_ahead,
        "Depth 4: further ahead.": further_ahead,
        "#w2 is half way when #w1 has hardly begun.": hardly_begun,
        "Depth 6: nearly one by one. The rich get richer.": nearly_one_by_one,
        "Another start, from above: the larger shrinks faster,": larger_shrinks_faster,
        "so on their way down the weights even out.": even_out,
    },
    "DepthMorph": {
        "Plain training: from anywhere, straight to the target.": plain_is_straight,
        "Now each weight is a power of what is trained.": None,
        "Same loss, same start. The path begins to bend.": bends_more,
        "What is small falls behind; the picture splits.": less_for_the_first,
        "When #w2 is half way, #w1 has ever less.": less_for_the_first,
        "Ever deeper changes ever less. A limit is near.": a_limit_is_near,
        "Infinitely deep: the weight is an exponential.": infinite,
        "One weight is learned, and then the other.": one_then_the_other,
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
    "LineOfOptima": {
        "So far, one point was perfect.": None,
        "Now one example to fit: $(a, b)$, with label $-c$.": is_the_puzzle,
        "One equation, two weights: a whole line fits.": whole_line_fits,
        "The loss: half the squared distance to it.": half_squared_distance,
        "Training stops where it arrives.": arrives(0),
        "On another path, it arrives elsewhere.": arrives(1),
        "From above: two points of one line.": lambda s: s.scene.lifts[2] <= s.end,
        "From everywhere, it lands all along the line.": all_along,
        "Other paths, other landings: the path decides.": others_land_elsewhere,
    },
    "LandingDial": {
        "Every point of this line fits perfectly.": whole_line_fits,
        "All $w$ of one $norm(w)_1$ are a diamond.": ball_touches(0, 1.0, (0, 7.5)),
        "Those of one $norm(w)_2$ are a circle,": ball_touches(1, 2.0, (3, 6)),
        "of one $norm(w)_infinity$ a square.": ball_touches(2, np.inf, (5, 5)),
        "Each touches the line somewhere else.": somewhere_else,
        "One start. Anti-deep: near the least $norm(w)_infinity$.": lands_near(np.inf, 0.2),
        "The start stays. Only the dial turns.": start_stays,
        "Plain: near the least $norm(w)_2$.": lands_near(2.0, 1.0),
        "Deeper: #w2 does ever more of the work,": second_does_more,
        "until #w1 is hardly needed: a sparse solution.": first_is_hardly_needed,
        "Infinitely deep: near the least $norm(w)_1$.": lands_near(1.0, np.inf),
        "Near, for it is a limit: of ever smaller starts.": ever_smaller_starts,
        "Back along the line, to the other end:": back_to_the_other_end,
        "the least $norm(w)_infinity$, a limit of $N -> 0$.": limit_of_small_depths,
        "Same loss, same start: four perfect fits.": four_perfect_fits,
        "The parameterization picked the solution.": four_perfect_fits,
    },
    "Mosaic": {
        "One start, one swarm, twelve flows in step.": twelve_in_step,
        "Who was right? Say, the truth was sparse.": truth_is_sparse,
        "On the new input, depth came closest:": depth_is_closest,
        "it generalized, because the truth was sparse.": because_sparse,
    },
}
MORPH = CLAIMS["DepthMorph"]
CLAIMS["DepthLimit"] = {
    "Depth 6. What if it goes on growing?": dial_is(6.0),
    "Same loss, same start. The path bends ever more.": bends_more,
} | {told: MORPH[told] for told in list(MORPH)[3:]}


@cache
def clip(name: str) -> type[FlowScene]:
    return next(kind for kind in clips() if kind.__name__ == name)


@cache
def gone_through(name: str) -> list[Shown]:
    """What a clip says and when, with its dial, found without a picture."""
    kind, said = clip(name), []

    def say(scene: FlowScene, sentence: str, *animations: object, seconds: float) -> None:
        shown = Shown(scene, scene.clock.get_value())
        shown.sentence = sentence
        if said:
            said[-1].end = shown.begin
        said.append(shown)
        FlowScene.say(scene, sentence, *animations, seconds=seconds)
        shown.numbers = sum(isinstance(thing, LiveNumber) for thing in scene.mobjects)

    seen = type(name, (kind,), {"count": 20, "say": say})
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(StageCamera, "capture_mobjects", lambda *_, **__: None)
        with small(Path(folder), fps=1, format="png"):
            scene = seen(skip_animations=True)
            scene.render()
    said[-1].end = scene.clock.get_value()
    if hasattr(scene, "inverse_depth"):
        scene.depth = scene.inverse_depth
    return said


@pytest.mark.parametrize("name", CLAIMS)
def test_what_is_said_is_true_when_it_is_said(name: str) -> None:
    said = gone_through(name)
    assert [shown.sentence for shown in said] == list(CLAIMS[name]), "each sentence is looked at"
    false = [
        f"{shown.sentence!r} at {shown.begin:g} to {shown.end:g} s"
        for shown in said
        if (claim := CLAIMS[name][shown.sentence]) is not None and not claim(shown)
    ]
    assert false == []


def test_every_chapter_of_the_film_is_looked_at() -> None:
    assert set(read_script().clips) <= set(CLAIMS)


def test_a_false_sentence_is_found() -> None:
    """What the first cut said: N → 0 while the dial is at ∞, and w₁ last when it is at 0.57."""
    dial = {shown.sentence: shown for shown in gone_through("LandingDial")}
    at_infinity = dial["Near, for it is a limit: of ever smaller starts."]
    assert not limit_of_small_depths(at_infinity)
    assert not lands_near(np.inf, 0.2)(at_infinity)
    early = Shown(gone_through("DepthTwo")[0].scene, clip("DepthTwo").begin + 1)
    early.end = early.begin + 1
    assert not first_is_last(early)


def test_from_depth_two_on_there_is_one_start() -> None:
    names = list(read_script().clips)
    later = ["Puzzle", *names[names.index("DepthTwo") :]]
    assert {name: clip(name).start for name in later} == dict.fromkeys(later, START)
    assert KNOBS["start"].read("0.1,0.1") == START


@pytest.mark.parametrize("name", ["DepthMorph", "DepthLimit"])
def test_the_distance_to_the_limit_is_one_for_plain_training(name: str, tmp_path: Path) -> None:
    with small(tmp_path, fps=1):
        scene = clip(name)()
        scene.integrate()
    reference = reference_weight(POINT)
    plain, first = field_distance([1.0, 1 / scene.depths[0]], POINT, reference=reference)
    assert scene.distances[0] == pytest.approx(first / plain)
    assert scene.distances[-1] == 0.0


def test_what_is_read_of_the_path_from_below_leaves_with_it() -> None:
    *_, below, above, _ = gone_through("RichGetRicher")
    assert above.sentence.startswith("Another start")
    assert above.numbers == below.numbers - 1 == 1, "N stays"
