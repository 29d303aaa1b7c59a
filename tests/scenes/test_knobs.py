"""Every knob of every clip, at its ends and at odd values: it films, or says what does not fit."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from manim import config, tempconfig

from fields import Deep
from scenes.antideep import AntiDeep
from scenes.deep import DepthMorph, DepthTwo, RichGetRicher
from scenes.figures import LineDeepFour, PointDeepFour, PointIdentity
from scenes.identity import Identity
from scenes.landing import LandingDial
from scenes.line import LineOfOptima
from scenes.mosaic import Mosaic
from scenes.puzzle import Puzzle
from scenes.reparameterize import ChainRule
from stage import FlowScene
from stage.engine.camera import StageCamera
from stage.figure import PointFigure
from stage.knobs import KNOBS, settings
from tests.scenes.clips import ROOT, clips, small

LOW = {
    "target": "1e-6,6",
    "line": "-1,-1.5,1",
    "depth": "0.5",
    "depths": "1,4",
    "start": "9.5,1e-3",
    "seed": "0",
    "count": "1",
    "speed": "0.1",
    "pace": "true",
    "seconds": "0.5",
    "examples": "mixed",
}
HIGH = {
    "target": "10,10",
    "line": "-3,-1,12",
    "depth": "inf",
    "depths": "2,inf",
    "start": "1.5,9.9",
    "seed": "99999999999",
    "count": "3",
    "speed": "20",
    "pace": "even",
    "seconds": "31",
    "examples": "apart",
}
FAMILIES = [kind for kind in clips() if kind.__module__ != "scenes.figures"]
FAMILIES += [PointDeepFour, LineDeepFour]


def film(
    kind: type[FlowScene], setting: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> FlowScene:
    """A clip with knobs set as for the command, gone through without painting."""
    monkeypatch.setenv("FLOWREEL_SET", setting)
    monkeypatch.setattr(StageCamera, "capture_mobjects", lambda *_, **__: None)
    with small(folder, fps=1, format="png", pixel_width=480, pixel_height=270):
        scene = kind(skip_animations=True)
        scene.render()
    return scene


@pytest.mark.parametrize("ends", [LOW, HIGH], ids=["low", "high"])
@pytest.mark.parametrize("kind", FAMILIES, ids=lambda kind: kind.__name__)
def test_a_clip_films_with_all_of_its_knobs_turned(
    kind: type[FlowScene], ends: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ends.keys() | {"theme", "aspect", "language", "draft"} == KNOBS.keys()
    setting = ";".join(f"{name}={value}" for name, value in ends.items())
    scene = film(kind, setting, tmp_path, monkeypatch)
    assert scene.clock.get_value() > 0
    turned = [name for name in ends if hasattr(kind, name)]
    assert {"seed", "count", "speed"} <= set(turned)


@pytest.mark.parametrize(
    ("kind", "setting"),
    [
        (PointDeepFour, "target=0,6"),
        (DepthMorph, "target=0,6"),
        (DepthMorph, "depths=1,4"),
        (DepthMorph, "depths=4,1000"),
        (DepthTwo, "target=1e-6,6"),
        (DepthTwo, "start=0,0.1"),
        (Puzzle, "depths=1,4"),
        (ChainRule, "depth=inf"),
        (ChainRule, "depth=1"),
        (ChainRule, "depth=2.5"),
        (LineOfOptima, "depths=inf,1"),
        (LineOfOptima, "line=1,-2,3"),
        (LineOfOptima, "start=0,0.5"),
        (LandingDial, "line=-3,-1,12"),
        (LandingDial, "start=9.9,9.9"),
        (Identity, "start=0,0"),
        (Mosaic, "target=0,6"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_an_odd_value_films(
    kind: type[FlowScene], setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert film(kind, setting, tmp_path, monkeypatch).clock.get_value() > 0


@pytest.mark.parametrize(
    ("kind", "setting", "message"),
    [
        (PointDeepFour, "target=50,3", "PointDeepFour: target = 50,3 is off the plane"),
        (PointDeepFour, "target=nan,3", "target cannot be 'nan,3'"),
        (PointDeepFour, "target=3", "target cannot be '3'.*write it as 5,2"),
        (PointDeepFour, "target=−3,2", "target cannot be '−3,2'"),
        (PointDeepFour, "target=", "target cannot be ''"),
        (PointDeepFour, "count=0", "count cannot be '0'"),
        (PointDeepFour, "count=1.5", "count cannot be '1.5'"),
        (PointDeepFour, "seed=-1", "seed cannot be '-1'"),
        (PointDeepFour, "seconds=inf", "seconds cannot be 'inf'"),
        (PointDeepFour, "speed=0", "speed cannot be '0'"),
        (PointDeepFour, "aspect=3:2", "aspect cannot be '3:2'"),
        (PointDeepFour, "theme=blue", "theme cannot be 'blue'"),
        (PointDeepFour, "pace=fast", "pace cannot be 'fast'"),
        (LineDeepFour, "line=0,0,1", "is no line"),
        (LineDeepFour, "line=1,1,3", "LineDeepFour: line = 1,1,3 does not cross the plane"),
        (LineOfOptima, "line=-1,-2,150", "does not cross the plane"),
        (Puzzle, "line=-1,-1,10", "Puzzle: line = -1,-1,10 lets different ways land at one place"),
        (Puzzle, "line=1,0,-4", "Puzzle: line = 1,0,-4 lets different ways land at one place"),
        (LineOfOptima, "line=1,1,-10", "LineOfOptima: line = 1,1,-10 lets different ways land at"),
        (Mosaic, "line=-2,-2,20", "Mosaic: line = -2,-2,20 lets different ways land at one place"),
        (LineOfOptima, "depths=0,1", "depths = 0,1 must be above 0"),
        (LandingDial, "line=-1,1,0", "LandingDial: line = -1,1,0 must cut both axes above 0"),
        (LandingDial, "line=1,-2,3", "must cut both axes above 0"),
        (LandingDial, "line=-1,-1,10", "line = -1,-1,10 must cut both axes above 0, not alike"),
        (LandingDial, "start=0,0.1", "start = 0,0.1 has a weight at 0"),
        (LandingDial, "start=20,20", "start = 20,20 is off the plane"),
        (DepthMorph, "depths=0.2,inf", "DepthMorph: depths = 0.2,inf is not this dial's way"),
        (DepthMorph, "depths=inf,1", "the smaller first"),
        (DepthMorph, "start=3,6", "start = 3,6 is the target itself"),
        (RichGetRicher, "target=0,6", "target = 0,6 has a weight at 0"),
        (AntiDeep, "target=3,0", "target = 3,0 has a weight at 0"),
        (ChainRule, "depth=0", "ChainRule: depth = 0.0 must be above 0"),
        (ChainRule, "depth=1e9", "leaves no grid to be seen"),
        (ChainRule, "start=0,1", "needs both weights above 0"),
        (PointDeepFour, "dpeth=2", "did you mean depth"),
    ],
)
def test_what_does_not_fit_is_said_before_the_first_frame(
    kind: type[FlowScene],
    setting: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ValueError, match=message):
        film(kind, setting, tmp_path, monkeypatch)
    assert [path for path in tmp_path.rglob("*") if path.suffix in (".png", ".mp4")] == []


def test_what_a_clip_sets_is_gone_when_it_has_rendered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StageCamera, "capture_mobjects", lambda *_, **__: None)

    class Sq(PointIdentity):
        aspect = "1:1"

    class Wrong(Sq):
        def construct(self) -> None:
            raise RuntimeError("on the way")

    with small(tmp_path, fps=1, format="png"):
        before = dict(config)
        Sq(skip_animations=True).render()
        assert dict(config) == before
        with pytest.raises(RuntimeError, match="on the way"):
            Wrong(skip_animations=True).render()
        assert dict(config) == before
        wide, square = PointIdentity(skip_animations=True), Sq(skip_animations=True)
        assert (wide.camera.pixel_width, wide.camera.pixel_height) == (240, 136)
        assert (square.camera.pixel_width, square.camera.pixel_height) == (136, 136)
        assert dict(config) == before


def test_the_other_renderer_is_declined_in_a_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "manim", "-ql", "--renderer", "opengl"]
    command += ["--media_dir", str(tmp_path), "scenes/figures.py", "PointIdentity"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    told = " ".join((run.stdout + run.stderr).split())
    assert run.returncode != 0
    assert "PointIdentity is drawn with Cairo: leave out --renderer opengl." in told


def test_the_list_of_knobs_is_printed_without_a_warning() -> None:
    command = [sys.executable, "-m", "stage.knobs"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stderr == ""
    assert [line.split()[0] for line in run.stdout.splitlines()] == list(KNOBS)


def test_the_settings_file_names_every_knob_with_its_default() -> None:
    lines = (ROOT / "manim.cfg").read_text("utf-8").partition("\n[flowreel]\n")[2].splitlines()
    told = dict(line.removeprefix("# ").split(" = ") for line in lines if " = " in line)
    assert list(told) == list(KNOBS)
    for name, text in told.items():
        value = KNOBS[name].read(text)
        if name == "aspect":  # where there is none, the picture is as Manim is told, 16:9
            assert FlowScene.aspect == "" and text == "16:9"
        else:
            kinds = [kind for kind in clips() if hasattr(kind, name)]
            defaults = [getattr(kind, name) for kind in kinds]
            assert value in defaults, name
            assert defaults.count(value) == max(map(defaults.count, defaults)), name


def test_a_background_of_ones_own_is_used_and_its_contrast_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(logging.getLogger("manim"), "propagate", True)
    with small(tmp_path, fps=1, format="png", background_color="#102030"):
        scene = type("Blue", (PointIdentity,), {"seconds": 1.0})(skip_animations=True)
        scene.render()
        assert scene.theme.background == "#102030"
        assert "hard to read" not in caplog.text
        corner = scene.renderer.get_frame()[0, 0]
        np.testing.assert_array_equal(corner, [0x10, 0x20, 0x30, 255])
    logging.getLogger("manim").setLevel(logging.WARNING)
    with tempconfig({"background_color": "#777777"}):
        PointIdentity(skip_animations=True)
    assert "#777777 this is hard to read" in caplog.text
    assert PointIdentity(skip_animations=True).theme.background == FlowScene.theme.background


@pytest.mark.parametrize(
    "content",
    [
        b"target = 5,2\n",
        b"[flowreel]\nseed = 1\nseed = 2\n",
        "[flowreel]\ntheme = lï\n".encode("latin-1"),
    ],
)
def test_a_file_that_holds_no_settings_is_named(tmp_path, content):
    (tmp_path / "manim.cfg").write_bytes(content)
    with pytest.raises(ValueError, match=r"manim\.cfg: these are no settings .*save it in UTF-8"):
        settings({}, tmp_path)


def test_a_figure_of_ones_own_says_what_it_lacks() -> None:
    class Mine(PointFigure):
        parameterization = Deep(3)
        model = "w_i = u_i^3"
        count = 50

    with tempconfig({"dry_run": True}), pytest.raises(ValueError, match="Mine: a figure has a tit"):
        Mine().construct()
    Mine.title = "Depth 3"
    with tempconfig({"dry_run": True, "frame_rate": 1}):
        Mine().render()  # and has a law, which holds for all of them
