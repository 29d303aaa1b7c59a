"""Files that knobs and options name: another content is another film, here and elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from studio.job import data, manifest
from studio.job.clips import find_clips
from studio.job.own import check_run
from studio.job.request import RenderRequest, Size, knobs
from studio.job.tasks import RefusedError
from studio.render.pool import Pool, Worker
from studio.render.studio import Studio, task_for
from tests.studio.conftest import SMALL, Run

SMALLEST = Size(48, 32, 2)
POINTS = "x1,x2,label\n2,1,1\n1,2,1\n3,1.5,1\n-1,-2,-1\n-2,-1,-1\n"
OTHER = POINTS.replace("2,1,1", "2,1.5,1")

CLIP = '''
"""A clip that reads a file."""

from pathlib import Path

from manim import Dot

from stage import FlowScene


class Reading(FlowScene):
    """A dot as large as a file says."""

    examples = "sizes.csv"

    def construct(self):
        name = Path(self.examples)
        path = name if name.is_file() else Path(__file__).parent / name
        self.add(Dot(radius=float(path.read_text())))
        self.let_flow(1)
'''


@pytest.fixture
def points(tmp_path: Path) -> Path:
    path = tmp_path / "points.csv"
    path.write_text(POINTS, encoding="utf-8")
    return path


@pytest.fixture
def reading(tmp_path: Path) -> Path:
    folder = tmp_path / "reading"
    folder.mkdir()
    (folder / "reading.py").write_text(CLIP.lstrip(), encoding="utf-8")
    (folder / "sizes.csv").write_text("0.5", encoding="utf-8")
    (folder / "more.csv").write_text("0.7", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.dismiss()


def margin(points: Path, size: Size = SMALLEST) -> RenderRequest:
    told = knobs([f"examples={points}"], "", "", {})
    return RenderRequest(find_clips()["MaxMargin"], size, told)


def test_another_content_is_another_film(points: Path) -> None:
    first, again = margin(points).fingerprint, margin(points).fingerprint
    points.write_text(OTHER, encoding="utf-8")
    assert first == again != margin(points).fingerprint


def test_files_are_found_from_where_the_command_is_given(
    points: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(points.parent)
    whole = ("FLOWREEL_EXAMPLES", str(points))
    assert knobs(["examples=points.csv"], "", "", {}) == (whole,)
    assert knobs([], "", "", {"FLOWREEL_EXAMPLES": "points.csv"}) == (whole,)
    several = {"FLOWREEL_SET": "count=50; examples=points.csv"}
    assert whole in knobs([], "", "", several)
    Path("manim.cfg").write_text("[flowreel]\nexamples = points.csv\n", encoding="utf-8")
    assert knobs([], "", "", {}) == (whole,)
    nearer = dict(knobs(["examples=mixed"], "", "", {}))
    assert nearer == {"FLOWREEL_EXAMPLES": "mixed"}
    with pytest.raises(ValueError, match=r"examples: there is no file 'none\.csv'; give the way"):
        knobs(["examples=none.csv"], "", "", {})


def test_a_file_beside_a_clip_is_one_of_its_sources(reading: Path) -> None:
    request = RenderRequest(find_clips(reading)["Reading"], SMALLEST)
    assert set(request.inputs["sources"]) >= {"reading.py", "sizes.csv"}
    assert "more.csv" not in request.inputs["sources"]


def test_words_that_end_like_a_file_are_no_file(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text("1,2\n2,3\n3,5\n", encoding="utf-8")
    _, told = check_run(tmp_path / "run.csv", "")
    named = data.data_files(dict(told) | {"REEL_TITLE": "all of run.csv"})
    assert list(named) == ["REEL_PATH"]


def test_check_tells_of_a_file_that_changed(reading: Path, tmp_path: Path, flowreel: Run) -> None:
    more = reading / "more.csv"
    made = ("render", "Reading", "--scenes", reading, *SMALL, "--set", f"examples={more}", "--json")
    where = ("--to", tmp_path / "reel")
    flowreel(*made, *where)
    assert json.loads(flowreel(*made, *where).stdout)["films"][0]["state"] == "up to date"
    more.write_text("0.9", encoding="utf-8")
    (reading / "sizes.csv").write_text("0.6", encoding="utf-8")
    done = flowreel("check", *where, check=1)
    assert f"since sizes.csv, {more} changed" in done.stdout
    assert json.loads(flowreel(*made, *where).stdout)["films"][0]["state"] == "rendered"
    assert flowreel("check", *where).returncode == 0
    more.unlink()
    assert list(manifest.stale(tmp_path / "reel").values()) == [[str(more)]]


def test_a_file_travels_to_where_it_is_not(points: Path, tmp_path: Path, worker: Worker) -> None:
    """And names of segments, Manim's own keys, tell its content and not its place."""
    studio = Studio(tmp_path, Pool(1, tmp_path / "logs"))

    def names(content: str, *, gone: bool) -> list[str]:
        points.write_text(content, encoding="utf-8")
        asked = task_for(studio, margin(points), "plays", tmp_path / "none.mp4", plays=(0, 3))
        if gone:
            (told,) = asked.data
            asked = replace(asked, data=(replace(told, content=points.read_bytes()),))
            points.unlink()
        return [name for _, name in worker.run(asked, lambda frames: None).segments]

    here, there, other = (
        names(POINTS, gone=False),
        names(POINTS, gone=True),
        names(OTHER, gone=False),
    )
    assert here == there
    assert not set(here) & set(other)


@pytest.mark.parametrize(
    ("content", "message"), [(None, "is not on"), (b"1", "is not what it was")]
)
def test_what_cannot_travel_is_refused(
    points: Path, tmp_path: Path, worker: Worker, content: bytes | None, message: str
) -> None:
    studio = Studio(tmp_path, Pool(1, tmp_path / "logs"))
    asked = task_for(studio, margin(points), "probe", tmp_path / "none.mp4")
    (told,) = asked.data
    points.unlink()
    with pytest.raises(RefusedError, match=message):
        worker.run(replace(asked, data=(replace(told, content=content),)), lambda frames: None)


def test_a_file_that_changes_meanwhile_is_refused(
    points: Path, tmp_path: Path, worker: Worker
) -> None:
    studio = Studio(tmp_path, Pool(1, tmp_path / "logs"))
    asked = task_for(studio, margin(points), "probe", tmp_path / "none.mp4")
    points.write_text(OTHER, encoding="utf-8")
    with pytest.raises(RefusedError, match="is not what it was when the command was given"):
        worker.run(asked, lambda frames: None)


def test_small_files_travel_to_a_farm_and_to_nobody_else(
    points: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = margin(points).inputs["data"]
    (away,) = data.packed(named, travel=True)
    assert away.content == POINTS.encode()
    assert hashlib.sha256(away.content).hexdigest() == away.sha256
    assert data.packed(named, travel=False)[0].content is None
    monkeypatch.setattr(data, "TRAVELS", len(POINTS) - 1)
    assert data.packed(named, travel=True)[0].content is None
