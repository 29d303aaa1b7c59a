"""What all tests share."""

import signal

import pytest
from hypothesis import settings

# A busy machine is no fault of what is tested: speed belongs to benchmarks.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# A shell that runs the tests in the background has them ignore interrupts, and their processes too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

LONGEST = [
    "scenes/test_clips.py",
    "scenes/test_layout.py",
    "scenes/test_knobs.py",
    "fields/test_spans.py",
    "studio/test_farm.py",
    "fields/test_degenerate.py",
    "studio/test_runs.py",
    "studio/test_sound.py",
]
"""Files that take the longest, in that order; the others take less than half a minute each."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes the longest, so that no process waits for it at the end."""
    place = {name: number for number, name in enumerate(LONGEST)}
    names = {item.path: "/".join(item.path.parts[-2:]) for item in items}
    items.sort(key=lambda item: place.get(names[item.path], len(place)))
