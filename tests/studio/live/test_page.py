"""The file of a live page, and where there is one."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from fields import Deep, LineLoss, PointLoss
from studio.cli.main import main
from studio.job import manifest
from studio.kit import gallery
from studio.live.page import page, spec
from studio.live.show import CLIPS, Show, of_formula
from tests.studio.live.pages import POINT


def test_a_page_is_small_and_asks_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mine.html"
    done = CliRunner().invoke(
        main, ["live", "u^3 + u", "--loss", "(w1 w2 - 4)^2", "--to", str(path), "--json"]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.output) == {"page": str(path), "bytes": path.stat().st_size}
    assert path.stat().st_size < 300_000
    text = path.read_text("utf-8")
    assert "default-src 'none'" in text
    assert "eval(" not in text and "innerHTML" not in text


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (["u^^2"], "formula: in 'u^^2', at character 3"),
        (["Nothing"], "There is no clip 'Nothing'"),
        (["OneByOne"], "live: OneByOne shows no flow of two weights"),
        (["u^2", "--loss", "w3 + 1"], "loss: 'w3 + 1' has 3 weights"),
        (["DepthMorph", "--loss", "w1^2"], "DepthMorph brings a loss of its own"),
    ],
)
def test_what_cannot_be_shown_is_said_and_nothing_written(
    tmp_path: Path, asked: list[str], why: str
) -> None:
    path = tmp_path / "none.html"
    done = CliRunner().invoke(main, ["live", *asked, "--to", str(path)])
    assert done.exit_code == 2
    assert why in done.output
    assert not path.exists()


@pytest.mark.parametrize("name", ["DepthMorph", "PointPolar", "KernelToRich"])
def test_a_clip_s_page_has_its_still_in_both_themes_and_stays_small(name: str) -> None:
    from studio.cli.live import show_of as named
    from studio.job.clips import SCENES

    text = page(named(name, "", SCENES))
    assert text.count("data:image/webp;base64,") == 2
    assert len(text.encode()) < 300_000
    assert "data:image" not in page(of_formula("u^3 + u")), "it may take minutes"


OWN = '''
"""Clips of a lecturer's own, some of them called as ours."""

from fields import Deep, EvenPace, GradientFlow, LineLoss, formula
from fields.data.custom import loss_formula
from scenes.deep import DepthMorph
from stage.figure import Figure, LineFigure, PointFigure
from stage.scene import FlowScene


class Valley(Figure):
    parameterization = formula("u^3 + u")
    title, model, law, pull = "A bent valley", "w = u^3 + u", "dot(w) = J J^T g", "g = -nabla L"

    def loss(self):
        return loss_formula("(3 - w1)^2 + (w2 - w1^2/2)^2")

    def minimizers(self, plane):
        raise AssertionError


class Bent(PointFigure):
    parameterization = Deep(2)
    title, model, law = "Bent", "w = u^2", "dot(w) = w g"

    def loss(self):
        return LineLoss(1, 1, -self.target[0])


class Wound(Bent):
    def flow(self, loss):
        return EvenPace(GradientFlow(loss, Deep(2), rate=-1.0), 1.0, 0.3)


class Built(Bent):
    def loss(self):
        return LineLoss(1, 1, -self.height)


class Mine(DepthMorph):
    target = (8.0, 2.0)
    depths = (1.0, 4.0)


class Other(DepthMorph):
    def construct(self):
        self.say("Something else.", seconds=2)


class Steps(FlowScene):
    def construct(self):
        self.say("Steps of a dance.", seconds=2)
'''


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "own.py").write_text(OWN, "utf-8")
    return folder


def test_a_clip_of_one_s_own_is_shown_with_its_own_loss(own: Path) -> None:
    from studio.cli.live import show_of as named

    valley = named("Valley", "", own)
    assert valley.loss.gradient([3.0, 4.0]) == pytest.approx([3.0, -1.0])
    assert valley.parameterization.weights([2.0, 1.0]) == pytest.approx([10.0, 2.0])
    assert named("Bent", "", own).loss == LineLoss(1, 1, -3.0)


def test_a_clip_with_other_knobs_than_one_of_ours_is_shown_as_that(own: Path) -> None:
    from studio.cli.live import show_of as named

    mine = named("Mine", "", own)
    assert (mine.loss, mine.parameterization) == (PointLoss((8.0, 2.0)), Deep(4.0))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Steps", "Steps shows no flow of two weights"),
        ("Other", "Other shows no flow of two weights"),
        ("Wound", "Wound has a flow of its own, which a page cannot read; give its formula"),
        ("Built", r"Built\.loss\(\) needs more than the attributes of its class \(.*height"),
    ],
)
def test_a_clip_whose_flow_is_not_told_is_not_taken_for_another(
    own: Path, name: str, why: str
) -> None:
    from studio.cli.live import show_of as named

    with pytest.raises(ValueError, match=why):
        named(name, "", own)


def test_a_page_is_told_the_best_weights_of_a_loss_of_one_s_own() -> None:
    curve = spec(of_formula("u^2", "(w1 w2 - 4)^2"))
    assert curve["minimizers"] == []
    (places,) = curve["curves"]
    assert all(abs(x * y - 4) < 0.02 for x, y in places), "to a thousandth of a weight"
    place = spec(of_formula("u^2", "(w1 - 3)^2 + (w2 - 2)^2"))
    assert (place["minimizers"], place["curves"]) == ([[3.0, 2.0]], [])


def test_a_formula_cannot_end_the_script_that_it_is_in() -> None:
    text = page(of_formula("u^2", "(w1 w2 - 4)^2"))
    assert text.count("</script") == 1
    hostile = Show("</script><b>&", POINT, Deep(2))
    assert "<b>&" not in page(hostile)


@pytest.mark.parametrize("name", CLIPS)
def test_every_clip_of_a_plane_has_a_page(name: str) -> None:
    from studio.cli.live import show_of as named
    from studio.job.clips import SCENES

    show = named(name, "", SCENES)
    assert show.loss.minimizers(10.0).size


def kit_of(folder: Path, clip: str, scene: str, knobs: dict[str, str]) -> None:
    """As much of a kit as a gallery reads."""
    folder.mkdir(parents=True)
    Image.new("RGB", (16, 9)).save(folder / "poster.png")
    (folder / "clip.mp4").write_bytes(b"film")
    about = {
        "title": clip,
        "chapter": "A",
        "place": 1,
        "shows": "",
        "alt": "",
        "background": "#000",
    }
    numbers = {
        "seconds": 1,
        "fps": 15,
        "width": 16,
        "height": 9,
        "loops": True,
        "said": [],
        "steps": [],
    }
    (folder / "meta.json").write_text(json.dumps(about | numbers))
    made_from = {"scene": scene, "clip": clip, "knobs": knobs}
    manifest.record(folder, "clip.mp4", "film", made_from=made_from)


def test_a_card_of_the_gallery_opens_its_live_page(tmp_path: Path) -> None:
    kit_of(tmp_path / "Ours", "DepthMorph", "scenes/deep.py", {"FLOWREEL_TARGET": "5,2"})
    kit_of(tmp_path / "Modes", "OneByOne", "scenes/modes.py", {})
    kit_of(tmp_path / "Theirs", "Mine", str(tmp_path / "mine.py"), {})
    path, count = gallery.build(tmp_path)
    assert count == 3
    assert re.findall(r'href="(gallery/[^"]*)"', path.read_text("utf-8")) == ["gallery/Ours.html"]
    assert '"target": [5.0, 2.0]' in (tmp_path / "gallery" / "Ours.html").read_text("utf-8")
    assert manifest.flaws(tmp_path) == []
    shutil.rmtree(tmp_path / "Ours")
    gallery.build(tmp_path)
    assert not (tmp_path / "gallery" / "Ours.html").exists()
