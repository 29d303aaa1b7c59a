"""Segments from machines that share no disk."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from studio.film.encode import facts
from studio.job import manifest
from studio.job.clips import find_clips
from studio.job.events import Event, Finished, Idle, Planned, Started, ignore
from studio.job.request import RenderRequest, Size
from studio.job.tasks import FailedError, Format, RefusedError
from studio.render.dispatcher import run_task
from studio.render.pipeline import render
from studio.render.pool import Pool, Worker
from studio.render.remote import RemoteExecutor, store_segments
from studio.render.studio import Studio, task_for
from tests.studio.conftest import ROOT, frames, packets, requested
from tests.studio.workers import SharedPool


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Two workers of Dask; one that is killed is replaced."""
    import distributed  # which takes a second, and every process of the tests would load it

    made = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
    )
    with made:
        yield made.scheduler_address


def test_a_farm_gives_the_same_frames_though_a_worker_dies(
    cluster: str, plain: list[str], scenes: Path, tmp_path: Path
) -> None:
    request = RenderRequest(find_clips(scenes)["Drifting"], Size(96, 64, 5))
    with Pool(1, tmp_path / "logs") as pool, RemoteExecutor(cluster) as farm:
        assert len(farm.workers()) == 2
        pids = farm.client.run(os.getpid)
        begun: list[str] = []

        def kill(event: Event) -> None:
            if isinstance(event, Started) and event.task and event.task.kind == "plays":
                begun.append(event.worker)
                if len(begun) == 2:  # one renders, and this one is about to
                    os.kill(pids[begun[0]], signal.SIGKILL)

        away = Studio(tmp_path / "farm", pool, away=farm, on_event=kill)
        (together,) = render(away, [request])
        assert len(begun) > 3, "three tasks, and what the killed one was at"
        away = replace(away, on_event=ignore)
        assert (together.state, together.why) == ("rendered", "")
        assert frames(together.path) == plain

        shutil.rmtree(together.path.parent)
        (lost,) = (tmp_path / "farm" / ".work").rglob("1.mp4.sha256")
        lost.write_text(lost.read_text().replace("a", "b").replace("1", "2"))
        (again,) = render(away, [request])
        assert frames(again.path) == plain
        new = manifest.read(again.path.parent)["report"]["frames"]
        assert 0 < new < len(plain) / 2, "what had come home, whole, is there"
    text = "".join(path.read_text() for path in (tmp_path / "logs").iterdir())
    assert text.count("== plays") == 0, "nobody at home rendered a segment"


def test_each_film_of_a_farm_is_of_its_own_segments(
    cluster: str, turning: Path, scenes: Path, tmp_path: Path
) -> None:
    """They lie in one folder, and a play has the same number in each."""
    request = requested(scenes, "Turning")
    formats: tuple[Format, ...] = ("mp4", "mov", "webm")
    with SharedPool(1, tmp_path / "logs") as pool, RemoteExecutor(cluster) as farm:
        away = Studio(tmp_path / "farm", pool, away=farm)
        films = [render(away, [request], format=format)[0].path for format in formats]
    assert [facts(film).codec for film in films] == ["h264", "prores", "vp9"]
    for film in films:
        assert packets(film) == packets(turning / film.name)


@dataclass(frozen=True)
class Spread:
    """Three clips on two workers: what came of each, and all that was told on the way."""

    done: list[Finished]
    events: list[Event]


@pytest.fixture(scope="module")
def spread(cluster: str, scenes: Path, tmp_path_factory: pytest.TempPathFactory) -> Spread:
    folder, clips = tmp_path_factory.mktemp("spread"), find_clips(scenes)
    requests = [
        RenderRequest(clips[name], Size(96, 64, 5)) for name in ("Drifting", "Turning", "Failing")
    ]
    events: list[Event] = []
    with SharedPool(1, folder / "logs") as pool, RemoteExecutor(cluster) as farm:
        done = render(Studio(folder, pool, away=farm, on_event=events.append), requests)
    return Spread(done, events)


def test_a_farm_may_have_fewer_workers_than_clips(spread: Spread) -> None:
    done, events = spread.done, spread.events
    assert [outcome.state for outcome in done] == ["rendered", "rendered", "failed"]
    assert [len(frames(outcome.path)) for outcome in done[:2]] == [95, 10]
    assert [event.frames for event in events if isinstance(event, Planned)] == [95 + 10 + 15]
    finished = [event for event in events if isinstance(event, Finished)]
    assert sorted(map(str, finished)) == sorted(map(str, done))


def test_what_fails_elsewhere_comes_home_with_its_log(spread: Spread) -> None:
    why = spread.done[-1].why
    assert "times" not in why, "it would fail again"
    assert "ends with" in why
    assert "Traceback" in why
    assert "ZeroDivisionError: division by zero" in why.splitlines()[-1]


@dataclass
class Machine:
    """A Dask worker with a checkout, a home and temporary files of its own, in a folder."""

    place: Path
    worker: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        """What its tasks were, and what they printed."""
        logs = (self.place / "temporary").glob("flowreel-*/log")
        return "".join(log.read_text() for log in logs)


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file that a scheduler writes; workers in a job queue find it by that."""
    folder = tmp_path_factory.mktemp("scheduler")
    told = folder / "scheduler.json"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0"]
    command += ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(told)]
    with running(command, folder, os.environ):
        while not told.exists() or not told.read_text().endswith("}"):
            time.sleep(0.05)
        yield told


def worker_of(scheduler: Path) -> list[str]:
    command = [sys.executable, "-m", "distributed.cli.dask_worker", "--no-nanny", "--nthreads", "1"]
    return [*command, "--no-dashboard", "--scheduler-file", str(scheduler)]


@pytest.fixture
def machines(scheduler: Path, tmp_path: Path) -> Iterator[list[Machine]]:
    command = worker_of(scheduler)
    with ExitStack() as stack:
        made = []
        for name in ("one", "another"):
            place = tmp_path / name
            for room in ("fields", "stage", "scenes", "studio"):
                shutil.copytree(ROOT / room, place / "our house" / room)
            for folder in ("home", "temporary", "here"):
                (place / folder).mkdir()
            own = {
                "PYTHONPATH": str(place / "our house"),
                "HOME": str(place / "home"),
                "TMPDIR": str(place / "temporary"),
            }
            worker = stack.enter_context(running(command, place / "here", os.environ | own))
            made.append(Machine(place, worker))
        yield made


@contextmanager
def running(
    command: list[str], place: Path, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=place, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_machines_share_nothing_but_a_network(
    scheduler: Path, machines: list[Machine], tmp_path: Path
) -> None:
    request = RenderRequest(
        find_clips()["PointIdentity"], Size(96, 64, 5), (("FLOWREEL_COUNT", "50"),)
    )
    logs = tmp_path / "logs"
    killed: list[Machine] = []
    with Pool(1, logs) as pool, RemoteExecutor(str(scheduler)) as farm:

        def kill(event: Event) -> None:
            if isinstance(event, Started) and event.task and event.task.kind == "plays":
                busy = [machine for machine in machines if "== plays" in machine.log]
                if busy and not killed:
                    busy[0].worker.kill()
                    killed.append(busy[0])

        away = Studio(tmp_path / "farm", pool, away=farm, on_event=kill)
        (together,) = render(away, [request])
        assert (together.state, together.why) == ("rendered", "")
        at_home = [line for log in logs.iterdir() for line in log.read_text().splitlines()]
        assert [line.split()[1] for line in at_home if line.startswith("== ")] == ["join"]
        report = manifest.read(together.path.parent)["report"]
        assert (report["frames"], report["loops"]) == (60, True)
        (alone,) = render(Studio(tmp_path / "home", pool), [request])
    assert frames(together.path) == frames(alone.path)
    assert len(frames(alone.path)) == 60
    (gone,) = killed
    (other,) = (machine for machine in machines if machine is not gone)
    assert "== plays" in other.log, "it took over"
    assert not list((gone.place / "temporary").glob("flowreel-*")), "nothing stays behind"


def test_a_scene_that_only_we_have_is_refused_with_the_cure(tmp_path: Path, scenes: Path) -> None:
    request = RenderRequest(find_clips(scenes)["Turning"], Size(96, 64, 5))
    with SharedPool(1, tmp_path / "logs") as pool:
        studio = Studio(tmp_path, pool)
        task = task_for(studio, request, "probe", tmp_path / "probe.mp4")
        with pytest.raises(RefusedError, match="put the scene files at the same place"):
            run_task(pool, replace(task, file=str(tmp_path / "elsewhere" / "dots.py")))
        older = dict(task.makers) | {"scipy": "0.1"}
        with pytest.raises(RefusedError, match=r"has scipy [\d.]+, not 0\.1: .* constraints\.txt"):
            run_task(pool, replace(task, makers=tuple(older.items())))


def test_a_scheduler_without_workers_says_how_to_start_one(scheduler: Path) -> None:
    address = json.loads(scheduler.read_text())["address"]
    with pytest.raises(OSError, match=f"no workers; start them with `dask worker .* {address}`"):
        RemoteExecutor(str(scheduler), patience=0.5)


def test_a_worker_without_the_package_is_named(scheduler: Path, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "studio.py").touch()
    bare = os.environ | {"PYTHONPATH": str(tmp_path / "bare")}
    with (
        running(worker_of(scheduler), tmp_path / "bare", bare),
        pytest.raises(OSError, match=r"worker at tcp://127.* cannot load this .* 'studio\.render'"),
    ):
        RemoteExecutor(str(scheduler))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_what_a_worker_was_at_that_ends_is_done_by_the_next_one(
    how: signal.Signals, plain: list[str], scheduler: Path, scenes: Path, tmp_path: Path
) -> None:
    """As a job queue ends a worker, and starts another one some time later."""
    request = RenderRequest(find_clips(scenes)["Drifting"], Size(96, 64, 5))
    events: list[Event] = []
    for place in ("first", "next"):
        (tmp_path / place).mkdir()
    with ExitStack() as stack:
        first = stack.enter_context(running(worker_of(scheduler), tmp_path / "first", os.environ))

        def on_event(event: Event) -> None:
            events.append(event)
            begun = [some.task.plays for some in events if isinstance(some, Started) and some.task]
            if len(begun) == 3 and event is events[-1] and isinstance(event, Started):
                first.send_signal(how)  # the clip is probed, one piece is at home
            if isinstance(event, Idle):
                command = worker_of(scheduler)
                stack.enter_context(running(command, tmp_path / "next", os.environ))

        pool = stack.enter_context(SharedPool(1, tmp_path / "logs"))
        farm = stack.enter_context(RemoteExecutor(str(scheduler), patience=120))
        away = Studio(tmp_path / "farm", pool, away=farm, on_event=on_event)
        (together,) = render(away, [request])
    assert (together.state, together.why) == ("rendered", "")
    assert frames(together.path) == plain
    idle = [event.why for event in events if isinstance(event, Idle)]
    assert idle == ["The farm has no workers left; waiting for new ones."]
    given = [event for event in events if isinstance(event, Started) and event.task]
    assert len({event.worker for event in given if event.task.kind == "plays"}) == 2


def test_a_job_that_is_cancelled_leaves_nothing_behind(tmp_path: Path, scenes: Path) -> None:
    request = RenderRequest(find_clips(scenes)["Turning"], Size(96, 64, 5))
    worker = Worker(tmp_path / "log")
    with Pool(0, tmp_path) as nobody:
        task = task_for(Studio(tmp_path, nobody), request, "probe", tmp_path / "probe.mp4")
    worker.run(task, lambda frames: None)
    worker.process.terminate()  # as a job queue does with all processes of a job
    worker.process.stdin.close()  # as the end of a Dask worker does
    assert worker.process.wait(120) == 0
    assert not Path(worker.folder).exists()
    worker.dismiss()


def test_where_the_scheduler_has_gone_for_good_that_is_told() -> None:
    def gone(**_: object) -> dict[str, object]:
        raise OSError("connection lost")

    farm = object.__new__(RemoteExecutor)
    farm._there, farm._looked = ("tcp://one",), -1.0
    farm.client = SimpleNamespace(scheduler_info=gone, status="connecting")
    assert farm.workers() == ("tcp://one",), "for a while it may come back"
    farm._looked, farm.client.status = -1.0, "closed"
    with pytest.raises(FailedError, match="the farm is gone"):
        farm.workers()


def test_a_segment_that_arrives_damaged_is_not_taken(tmp_path: Path) -> None:
    good = b"segment"
    digest = hashlib.sha256(good).hexdigest()
    sent = {
        "a.mp4": (good, digest),
        "b.mp4": (b"segmen", digest),
        "../c.mp4": (good, digest),
        ".d.mp4": (good, digest),
    }
    assert store_segments(sent, tmp_path / "cache") == ["b.mp4", "../c.mp4", ".d.mp4"]
    assert [path.name for path in tmp_path.rglob("*.mp4")] == ["a.mp4"]


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("nothing.json", "neither a scheduler's address.* No such file"),
        ("{here}/empty.json", "empty.json tells no scheduler's address; give the file"),
        ("{here}/other.json", "other.json tells no scheduler's address; give the file"),
        ("fast://farm:1", "fast://farm:1': unknown address scheme.* Start one with `dask sch"),
        ("tcp://farm", "missing port"),
        ("tcp://farm.invalid:1", "farm.invalid:1': .* Start one with `dask scheduler`"),
    ],
)
def test_a_farm_that_is_not_there_says_how_to_start_one(
    place: str, why: str, tmp_path: Path
) -> None:
    (tmp_path / "empty.json").touch()
    (tmp_path / "other.json").write_text('["address"]')
    with pytest.raises(OSError, match=why):
        RemoteExecutor(place.format(here=tmp_path))
