"""Segments from machines that share no disk."""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import distributed
import pytest

from studio.clips import find_clips
from studio.crew import Crew
from studio.farm import Farm, take_in
from studio.order import Order, Size
from studio.render import Studio, render
from tests.studio.conftest import frames


@pytest.fixture
def cluster() -> Iterator[str]:
    made = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    )
    with made:
        yield made.scheduler_address


def test_a_farm_gives_the_same_frames_though_a_worker_dies(
    cluster: str, scenes: Path, tmp_path: Path
) -> None:
    order = Order(find_clips(scenes)["Drifting"], Size(96, 64, 5))
    with Crew(1, tmp_path / "logs") as crew, Farm(cluster) as farm:
        assert farm.size == 2
        at_home = Studio(tmp_path / "home", crew, say=lambda text: None)
        (alone,) = render(at_home, [order])

        def kill() -> None:
            time.sleep(1.0)
            victim = next(iter(farm.client.run(os.getpid).values()))
            os.kill(victim, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        away = Studio(tmp_path / "farm", crew, away=farm, workers=2, say=lambda text: None)
        (together,) = render(away, [order])
        killer.join()
    assert (together.state, together.why) == ("rendered", "")
    assert frames(together.path) == frames(alone.path)
    text = "".join(path.read_text() for path in (tmp_path / "logs").iterdir())
    assert text.count("== plays") == 0, "nobody at home rendered a segment"


def test_a_segment_that_arrives_damaged_is_not_taken(tmp_path: Path) -> None:
    good = b"segment"
    digest = hashlib.sha256(good).hexdigest()
    sent = {
        "a.mp4": (good, digest),
        "b.mp4": (b"segmen", digest),
        "../c.mp4": (good, digest),
        ".d.mp4": (good, digest),
    }
    assert take_in(sent, tmp_path / "cache") == ["b.mp4", "../c.mp4", ".d.mp4"]
    assert [path.name for path in tmp_path.rglob("*.mp4")] == ["a.mp4"]


def test_a_farm_that_is_not_there_says_how_to_start_one() -> None:
    with pytest.raises(OSError, match="dask scheduler"):
        Farm("no address")
