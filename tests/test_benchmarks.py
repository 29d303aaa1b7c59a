"""That the benchmarks still measure what they name; what they measure is no test."""

from __future__ import annotations

from benchmarks.meter import PARTS, render
from benchmarks.render import depth_morph


def test_where_the_time_of_a_clip_goes_is_told_by_its_parts() -> None:
    seen = render(depth_morph(20, 0.2, 1), 48, split=True)
    assert seen.frames > 0
    assert seen.size > 0
    untold = PARTS.keys() - seen.parts.keys()
    assert untold <= {"integrate", "paint anew"}, "those are over when the first frame is there"
