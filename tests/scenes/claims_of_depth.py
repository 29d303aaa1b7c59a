"""What has to hold while a clip of depth says so, by clip and sentence."""

from __future__ import annotations

import re

import numpy as np

from fields import (
    Deep,
    GradientFlow,
    field_distance,
    integrate,
    point_solution,
    reference_weight,
)
from tests.scenes.told import (
    POINT,
    START,
    TARGET,
    Claim,
    Shown,
    bends,
    clip,
    dial_is,
    infinite,
    plain_is_straight,
    share,
)


def race(time: float) -> np.ndarray:
    """The weights of DepthTwo's race at a second of its film."""
    kind = clip("DepthTwo")
    flow_time = (time - kind.begin) / kind.walk * 9
    rate = 1 / reference_weight(POINT)
    return point_solution(POINT, Deep(2), START, [max(flow_time, 0.0)], rate=rate)[0]


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


def one_then_the_other(shown: Shown) -> bool:
    return infinite(shown) and share(np.inf, 0.9) < 0.1


DEPTH: dict[str, dict[str, Claim | None]] = {
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
}
DEPTH["DepthLimit"] = {
    "Depth 6. What if it goes on growing?": dial_is(6.0),
    "Same loss, same start. The path bends ever more.": bends_more,
} | {told: DEPTH["DepthMorph"][told] for told in list(DEPTH["DepthMorph"])[3:]}
