"""What has to hold while a clip of a line of optima says so, by clip and sentence."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from fields import (
    Deep,
    landing,
    least_norm,
)
from tests.scenes.told import (
    LINE,
    START,
    Claim,
    Shown,
    dial_is,
    infinite,
)


def end(depth: float, start: tuple[float, float] = START) -> np.ndarray:
    return landing(LINE, Deep(depth), start)


def excess(w: np.ndarray, order: float) -> float:
    """A norm of w, in parts of its least on the line."""
    best = np.linalg.norm(least_norm(LINE, order), ord=order)
    return float(np.linalg.norm(w, ord=order) / best)


def nearest(w: np.ndarray) -> float:
    """The order of the norm whose least on the line w is nearest to."""
    return min((1.0, 2.0, np.inf), key=lambda order: excess(w, order))


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


def is_the_puzzle(shown: Shown) -> bool:
    """f(1, 2) = 15: that of Puzzle, whose table says so."""
    return bool(shown.scene.example() == (1.0, 2.0, -15.0))


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


LINES: dict[str, dict[str, Claim | None]] = {
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
        "Directions are exact, speeds evened.": None,
        "Who was right? Say, the truth was sparse.": truth_is_sparse,
        "On the new input, depth came closest:": depth_is_closest,
        "it generalized, because the truth was sparse.": because_sparse,
    },
}
