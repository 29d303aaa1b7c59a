"""Which plays are given out, and stolen: nothing twice, nothing lost, and no one idle for nothing.

``Schedules`` is a model of the ledger and its workers: they come, are slow, fail, leave and die in
any order.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from studio.render.schedule import PIECE, Ledger, PlayRange


def play_range(lengths: list[float], seek_cost: float = 0.0) -> PlayRange:
    return PlayRange("clip", lengths, seek_cost, 0, len(lengths))


class Schedules(RuleBasedStateMachine):
    """A worker goes through a range, and has up to two pieces that are not yet at home."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.left: dict[int, set[int]] = {}
        """Of each clip, the plays that have not come home."""
        self.workers: dict[int, PlayRange | None] = {}
        self.out: list[tuple[int, PlayRange, tuple[int, ...]]] = []
        """What is at work: the worker, its range, the plays."""
        self.count = 0

    @rule(
        lengths=st.lists(st.sampled_from([0.5, 2.0, 3.0, 9.0]), min_size=1, max_size=20),
        seek_cost=st.sampled_from([0.0, 0.5, 5.0, 20.0, 1e3]),
        cached=st.sets(st.integers(0, 19)),
    )
    def open(self, lengths: list[float], seek_cost: float, cached: set[int]) -> None:
        missing = set(range(len(lengths))) - cached
        first = self.ledger.open(len(self.left), lengths, seek_cost, missing)
        assert (first is None) == (not missing)
        self.left[len(self.left)] = missing

    @rule()
    def arrive(self) -> None:
        self.count += 1
        self.workers[self.count] = None

    @rule(chance=st.randoms(use_true_random=False), may_steal=st.booleans())
    def take(self, chance: object, may_steal: bool) -> None:
        able = [w for w in self.workers if sum(one == w for one, _, _ in self.out) < 2]
        if able:
            self._take(chance.choice(able), may_steal)

    def _take(self, worker: int, may_steal: bool = True) -> bool:
        at = self.workers[worker]
        if not at or at.begin == at.end:
            at = self.workers[worker] = self.ledger.choose(may_steal)
        if at:
            self.out.append((worker, at, at.take()))
        return at is not None

    @precondition(lambda self: self.out)
    @rule(chance=st.randoms(use_true_random=False))
    def finish(self, chance: object) -> None:
        _, at, plays = self.out.pop(chance.randrange(len(self.out)))
        self.left[at.clip] -= set(plays)

    @precondition(lambda self: self.out)
    @rule(chance=st.randoms(use_true_random=False))
    def fail(self, chance: object) -> None:
        _, at, plays = self.out.pop(chance.randrange(len(self.out)))
        self.ledger.give_back(at, plays)

    @precondition(lambda self: self.workers)
    @rule(chance=st.randoms(use_true_random=False))
    def turn_to_something_else(self, chance: object) -> None:
        worker = chance.choice(list(self.workers))
        if at := self.workers[worker]:
            self.ledger.release(at)
        self.workers[worker] = None

    @precondition(lambda self: self.workers)
    @rule(chance=st.randoms(use_true_random=False))
    def die(self, chance: object) -> None:
        worker = chance.choice(list(self.workers))
        if at := self.workers.pop(worker):
            self.ledger.release(at)
        for _, at, plays in [some for some in self.out if some[0] == worker]:
            self.ledger.give_back(at, plays)
        self.out = [some for some in self.out if some[0] != worker]

    @invariant()
    def every_play_is_in_one_place(self) -> None:
        waiting = [
            (some.clip, play)
            for some in self.ledger._ranges
            for play in range(some.begin, some.end)
        ]
        waiting += [(at.clip, play) for _, at, plays in self.out for play in plays]
        expected = [(clip, play) for clip, plays in self.left.items() for play in plays]
        assert sorted(waiting) == sorted(expected)

    def teardown(self) -> None:
        """Whatever has happened, one worker that stays gets all of it done."""
        while self.workers:
            self.die(FIRST)
        self.workers = {0: None}
        while self._take(0):
            _, at, plays = self.out.pop()
            self.left[at.clip] -= set(plays)
        assert not any(self.left.values())


class _First:
    """A chance that takes what comes first."""

    @staticmethod
    def choice(some: list) -> object:
        return some[0]


FIRST = _First()

TestSchedules = Schedules.TestCase
TestSchedules.settings = settings(max_examples=500, stateful_step_count=30)


@given(
    st.lists(st.lists(st.floats(0.1, 9), min_size=1, max_size=20), min_size=1, max_size=6),
    st.integers(1, 9),
    st.floats(0, 5),
    st.randoms(use_true_random=False),
)
def test_every_play_is_taken_once(
    clips: list[list[float]], workers: int, seek_cost: float, chance: object
) -> None:
    ledger = Ledger()
    for number, lengths in enumerate(clips):
        ledger.open(number, lengths, seek_cost)
    at: list[PlayRange | None] = [None] * workers
    taken: list[tuple[object, int]] = []
    while True:
        worker = chance.randrange(workers)
        mine = at[worker]
        at[worker] = mine if mine and mine.begin < mine.end else ledger.choose()
        if at[worker] is None:
            break  # nothing can be done sooner: the others go on alone
        taken += [(at[worker].clip, play) for play in at[worker].take()]
    for mine in filter(None, at):
        while mine.begin < mine.end:
            taken += [(mine.clip, play) for play in mine.take()]
    assert sorted(taken) == [
        (n, play) for n, plays in enumerate(clips) for play in range(len(plays))
    ]


def test_plays_are_asked_for_in_pieces() -> None:
    whole = play_range([1.0, 1.0, 1.0, 1.0, 2.5, 4.0, 1.0, 3.5])
    pieces = []
    while whole.begin < whole.end:
        pieces.append(whole.take())
    assert PIECE == 3.0
    assert pieces == [(0, 1, 2), (3, 4), (5,), (6, 7)], "as near to it as whole plays come"


@given(st.lists(st.floats(0.1, 9), min_size=2, max_size=20), st.floats(0, 9), st.floats(0, 5))
def test_help_begins_where_both_are_done_soonest(
    lengths: list[float], seek_cost: float, busy: float
) -> None:
    ledger = Ledger()
    ledger.open("clip", lengths, seek_cost)
    first = ledger.choose()
    assert first is not None
    first.take()
    if first.begin == first.end:
        assert ledger.choose() is None
        return
    begin, alone = first.begin, first.load
    ends = {
        cut: max(first.busy / 2 + sum(lengths[begin:cut]), seek_cost + sum(lengths[cut:]))
        for cut in range(begin, len(lengths))
    }
    second = ledger.choose()
    if second is None:
        assert min(ends.values()) >= alone - 1e-9
    else:
        assert (second.end, second.begin) == (len(lengths), first.end)
        assert ends[first.end] == pytest.approx(min(ends.values()))
        assert ends[first.end] < alone


def test_what_nobody_has_begun_comes_first_the_longest_of_all() -> None:
    ledger = Ledger()
    ledger.open("short", [3.0], 0.0)
    ledger.open("long", [3.0] * 9, 0.0)
    ledger.open("middle", [3.0] * 2, 0.0)
    chosen = []
    while some := ledger.choose(may_steal=False):
        some.take()
        chosen.append(some.clip)
    assert chosen == ["long", "middle", "short"]
    assert ledger.choose().clip == "long", "now the one that would be done last"
    ledger.close("long")
    ledger.close("middle")
    assert ledger.choose() is None
