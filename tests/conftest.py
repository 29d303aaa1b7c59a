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
    "fields/test_spans.py",
    "studio/test_farm.py",
    "fields/test_degenerate.py",
    "studio/test_runs.py",
]
"""Files that take the longest, in that order; the others take less than half a minute each."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Have what shares something done in one process, and begin with what takes the longest.

    A file of tests has one process, for the film, cluster or browser that it shares is made once.
    So has a clip, with its tests in several files: its flows are followed once. Clips come first.
    """
    groups = {item: _clip(item) or "/".join(item.path.parts[-2:]) for item in items}
    place = {name: number for number, name in enumerate(LONGEST)}
    first = {group: number for number, group in reversed(list(enumerate(groups.values())))}

    def rank(item: pytest.Item) -> tuple[int, int]:
        group = groups[item]
        return (-1 if _clip(item) else place.get(group, len(place)), first[group])

    items.sort(key=rank)
    if config.pluginmanager.hasplugin("xdist"):
        for item, group in groups.items():
            item.add_marker(pytest.mark.xdist_group(group))


def _clip(item: pytest.Item) -> str | None:
    """The clip that a test looks at, if it is told one."""
    call = getattr(item, "callspec", None)  # of tests with parameters
    kind = call and call.params.get("kind")
    return kind.__name__ if item.path.parent.name == "scenes" and isinstance(kind, type) else None
