"""Processes that render: one task after the other, from where they stand, of what is true now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from studio.film.encode import facts
from studio.job.clips import find_clips
from studio.job.files import write_atomically
from studio.job.request import RenderRequest, Size
from studio.job.tasks import Report
from studio.render.dispatcher import run_task
from studio.render.pipeline import probe
from studio.render.pool import Pool
from studio.render.studio import Studio, task_for
from tests.studio.conftest import requested
from tests.studio.workers import SharedPool

COUNTED = """
from manim import Dot
from stage import FlowScene


class Counted(FlowScene):
    def construct(self) -> None:
        print("from the beginning")
        self.add(Dot())
        for _ in range(4):
            self.let_flow(1)
"""


def test_a_worker_goes_on_from_where_it_stands(tmp_path: Path) -> None:
    write_atomically(tmp_path / "scenes" / "counted.py", COUNTED)
    request = RenderRequest(find_clips(tmp_path / "scenes")["Counted"], Size(96, 64, 5))
    with Pool(1, tmp_path / "logs") as pool:
        plain = task_for(Studio(tmp_path, pool), request, "plays", tmp_path / "none.mp4")

        def do(*plays: int, folder: str = "one") -> Report:
            return run_task(pool, replace(plain, plays=plays, cache=str(tmp_path / folder)))

        reports = [do(0), do(1), do(3)]
        begun = [log.read_text().count("from the beginning") for log in pool.logs.iterdir()]
        assert begun == [1]
        assert [report.frames for report in reports] == [5, 5, 5]
        assert [play for report in reports for play, _ in report.segments] == [0, 1, 3]
        whole = dict(do(0, 1, 2, 3, folder="another").segments)
        for report in reports:
            assert dict(report.segments).items() <= whole.items(), "each by its own name"
        again = do(2)
        assert (again.frames, again.segments) == (5, ((2, whole[2]),))


def test_a_worker_of_a_pool_does_one_task_after_the_other(tmp_path: Path) -> None:
    """Also where an earlier dispatcher has left it at something."""
    write_atomically(tmp_path / "scenes" / "counted.py", COUNTED)
    request = RenderRequest(find_clips(tmp_path / "scenes")["Counted"], Size(96, 64, 5))
    with Pool(2, tmp_path / "logs") as pool:
        plain = task_for(Studio(tmp_path, pool), request, "plays", tmp_path / "none.mp4")
        asked = [pool.submit(replace(plain, plays=(play,)), "0") for play in (2, 0)]
        found = [future.result(120).segments[0][0] for future in asked]
        assert (found, list(pool.processes())) == ([2, 0], ["0"])
    with pytest.raises(RuntimeError, match="after shutdown"):
        pool.submit(plain, "0")


@pytest.mark.parametrize("changed", ["own.py", "beside.py"])
def test_a_worker_that_has_loaded_what_has_changed_since_is_replaced(
    changed: str, tmp_path: Path
) -> None:
    scene = """
from beside import SECONDS
from stage import FlowScene


class Own(FlowScene):
    more = 0.0

    def construct(self) -> None:
        self.let_flow(SECONDS + self.more)
"""
    write_atomically(tmp_path / "own.py", scene)
    write_atomically(tmp_path / "beside.py", "SECONDS = 1.0")
    with SharedPool(1, tmp_path / "logs") as pool:
        studio = Studio(tmp_path / "out", pool)

        def seconds() -> float:
            request = RenderRequest(find_clips(tmp_path)["Own"], Size(96, 64, 5))
            (report,) = probe(studio, [request])
            return report.seconds

        assert seconds() == 1.0
        (first,) = pool.processes().values()
        text = (tmp_path / changed).read_text()
        write_atomically(tmp_path / changed, text.replace("0.0", "1.0").replace("1.0", "2.0"))
        assert seconds() == {"own.py": 3.0, "beside.py": 2.0}[changed]
        (second,) = pool.processes().values()
        assert second != first
        assert seconds() == {"own.py": 3.0, "beside.py": 2.0}[changed]
        assert pool.processes() == {"0": second}


def test_settings_of_manim_are_those_of_who_asks_now(scenes: Path, tmp_path: Path) -> None:
    """Also where Manim was loaded with others: an encoder that is to spare bytes does."""
    sizes = []
    with Pool(1, tmp_path / "logs") as pool:
        studio = Studio(tmp_path, pool)
        for crf in (5, 50):
            film = tmp_path / str(crf) / "film.mp4"
            task = task_for(studio, requested(scenes, "Turning"), "film", film)
            cfg = f"[video_encoder]\ncodec = libx264\n[video_encoder.options]\ncrf = {crf}\n"
            task = replace(task, cfg=cfg, cache=str(film.with_name("segments")))
            run_task(pool, task)
            sizes.append(film.stat().st_size)
        asked = pool.processes()
        run_task(pool, replace(task, cache=str(tmp_path / "again")))
        assert pool.processes() == asked, "one that has the settings stays"
        for format, codec in (("mov", "prores"), ("webm", "vp9")):
            clear = replace(task, format=format, target=str(tmp_path / f"clear.{format}"))
            run_task(pool, clear)
            assert facts(Path(clear.target)).codec == codec, "those are of H.264"
    assert sizes[1] < 0.8 * sizes[0]
