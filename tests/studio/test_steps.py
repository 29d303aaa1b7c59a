"""Steps and holds as films: rendered once, joined exactly, packed, cut and presented."""

from __future__ import annotations

import json
import re
import shutil
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pptx
import pypdfium2
import pytest
from PIL import Image

from studio.deck.powerpoint import powerpoint
from studio.film import encode
from studio.film.cut import Cut, cut, fragmented, keys
from studio.job import manifest
from studio.job.clips import find_clips
from studio.job.events import Frames
from studio.job.request import RenderRequest, Size
from studio.job.steps import slug, step_files
from studio.job.tasks import RefusedError, Report, Step
from studio.kit.clip import opened
from studio.kit.lecture import found, lecture_clip, names_in_files
from studio.kit.pack import pack
from studio.kit.present import served
from studio.kit.talk import build
from studio.render.pipeline import probe, render
from studio.render.studio import Studio
from tests.studio.conftest import SMALL, Run, frames
from tests.studio.workers import SharedPool

WAITING = '''
"""Waiting: a swarm that flows on while nothing else does."""

from manim import Dot, FadeIn, LEFT

from fields import Deep, EvenPace, GradientFlow, Own, PointLoss
from stage import FlowScene


class Waiting(FlowScene):
    """A swarm waits."""

    count, lifetime, model = 60, 1.0, Deep(2)

    def construct(self) -> None:
        flow = EvenPace(GradientFlow(PointLoss((3.0, 6.0)), self.model), self.speed)
        plane = self.weight_plane()
        swarm = self.swarm(flow, plane)
        self.add(plane, swarm)
        self.next_section("All of them", stop="live")
        self.say("Here they go.", seconds=2)
        self.next_section("Who? One more!")
        self.say("And one more.", FadeIn(Dot().shift(LEFT)), seconds=2)
        self.next_section("Small print", stop="still")
        self.let_flow(1, swarm.animate.set_opacity(0))


class Foreign(Waiting):
    """Asks for what no page knows."""

    model = Own(function=lambda u: u**3, guess=1.0)


class Twice(Waiting):
    """Has two sections of one name."""

    def construct(self) -> None:
        super().construct()
        self.next_section("All of them")
'''
NAMES = ["01-all-of-them", "02-who-one-more", "03-small-print"]


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> RenderRequest:
    folder = tmp_path_factory.mktemp("scenes")
    (folder / "waiting.py").write_text(WAITING.lstrip(), encoding="utf-8")
    return RenderRequest(find_clips(folder)["Waiting"], Size(96, 64, 5))


@pytest.fixture(scope="module")
def out(waiting: RenderRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kit of it."""
    made = tmp_path_factory.mktemp("reel")
    with SharedPool(2, made / "logs") as pool:
        (packed,) = pack(Studio(made, pool, workers=2, cores=2), [waiting], alpha=False)
    assert packed.failed == {}
    return made


def test_steps_are_the_film_and_end_with_the_first_frame_of_their_holds(
    waiting: RenderRequest, out: Path
) -> None:
    folder = out / waiting.folder
    film = frames(folder / "clip.mp4")
    assert len(film) == 25
    joined: list[str] = []
    for name in NAMES[:2]:
        step, hold = (frames(folder / f"steps/{name}{kind}.mp4") for kind in ("", ".hold"))
        assert len(hold) == 10, "two seconds"
        assert step[-1] == hold[0]
        joined += step[:-1]
    assert not (folder / f"steps/{NAMES[2]}.hold.mp4").exists(), "nothing flows there"
    assert joined + frames(folder / f"steps/{NAMES[2]}.mp4") == film


def test_steps_are_rendered_once_whoever_does_it(
    waiting: RenderRequest, out: Path, tmp_path: Path
) -> None:
    told: list[Frames] = []

    def on_event(event: object) -> None:
        if isinstance(event, Frames):
            told.append(event)

    with SharedPool(2, tmp_path / "logs") as pool:
        studio = Studio(tmp_path, pool, workers=2, cores=64, on_event=on_event)
        (found,) = probe(studio, [waiting])
        assert isinstance(found, Report)
        assert sum(found.plays) == pytest.approx(found.seconds + 4.0)
        (done,) = render(studio, [waiting])
        assert (done.state, done.why) == ("rendered", "")
        assert {event.total for event in told} == {25 + 20}
        folder = tmp_path / waiting.folder
        for name in NAMES[:2]:
            for kind in ("", ".hold"):
                path = f"steps/{name}{kind}.mp4"
                assert frames(folder / path) == frames(out / waiting.folder / path)
        (folder / "steps" / f"{NAMES[0]}.hold.mp4").unlink()
        told.clear()
        (done,) = render(studio, [waiting])
        assert done.state == "rendered"
        assert manifest.read(folder)["report"]["frames"] == 0, "its plays were all there"
        (done,) = render(studio, [waiting])
        assert done.state == "up to date"


def test_two_sections_of_one_name_are_an_error(waiting: RenderRequest, tmp_path: Path) -> None:
    twice = replace(waiting, clip=find_clips(waiting.clip.path.parent)["Twice"])
    with SharedPool(1, tmp_path / "logs") as pool:
        (found,) = probe(Studio(tmp_path, pool), [twice])
    assert isinstance(found, RefusedError)
    assert "Twice, section 'All of them': an earlier section has that name" in str(found)


def test_small_steps_join_as_large_ones_do(waiting: RenderRequest, out: Path) -> None:
    folder = out / waiting.folder
    assert {0, 10, 20} <= keys(folder / "clip.720p.mp4")
    small = frames(folder / "clip.720p.mp4")
    for number, name in enumerate(NAMES[:2]):
        step, hold = (frames(folder / f"steps/{name}{kind}.720p.mp4") for kind in ("", ".hold"))
        assert step == [*small[10 * number : 10 * number + 10], hold[0]]


def test_pictures_are_where_a_step_begins_and_ends(waiting: RenderRequest, out: Path) -> None:
    folder = out / waiting.folder
    pictures = [encode.first_picture(folder / "clip.mp4")]
    pictures += [encode.last_picture(folder / f"steps/{name}.mp4") for name in NAMES]
    for name, wanted in zip(["00-opening", *NAMES], pictures, strict=True):
        with Image.open(folder / f"steps/{name}.jpg") as made:
            far = np.abs(np.asarray(made, int) - np.asarray(wanted.convert("RGB"), int))
        assert far.mean() < 2
    text = (folder / "snippets.md").read_text("utf-8")
    named = set(re.findall(rf"{waiting.folder}/([\w./-]+)", text))
    assert {name for name in named if not (folder / name).is_file()} == set()
    assert {f"steps/{name}.mp4" for name in NAMES} <= named


def test_powerpoint_moves_on_to_a_hold_and_waits_there(waiting: RenderRequest, out: Path) -> None:
    deck = pptx.Presentation(str(out / waiting.folder / "slide.pptx"))
    space = {"p": "http://schemas.openxmlformats.org/presentationml/2006/main"}
    after, repeat = [], []
    for slide in deck.slides:
        after.append(slide._element.find("p:transition", space).get("advTm"))
        repeat.append(slide._element.find(".//p:video//p:cTn", space).get("repeatCount"))
    assert after == ["2000", None, "2000", None, None]
    assert repeat == [None, "indefinite", None, "indefinite", None]
    named = "http://schemas.microsoft.com/office/powerpoint/2010/main"
    marks = [mark.attrib for mark in deck.slides[2]._element.iter(f"{{{named}}}bmk")]
    assert [dict(mark) for mark in marks] == [{"name": "And one more.", "time": "0"}]
    audit = pytest.importorskip("openxml_audit", reason="pip install '.[dev]'")
    found = audit.validate_pptx(str(out / waiting.folder / "slide.pptx"))
    assert found.is_valid, found.errors


def test_what_powerpoint_does_not_take_is_said(
    waiting: RenderRequest, out: Path, tmp_path: Path
) -> None:
    slides = opened(waiting, out / waiting.folder).slides(small=True)
    long = replace(slides[0], frames=5 * 90_000)
    with pytest.raises(ValueError, match="Waiting: All of them lasts 90000 s"):
        powerpoint([long], tmp_path / "deck.pptx")
    assert list(tmp_path.iterdir()) == []


def test_notes_and_captions_are_those_of_the_step(waiting: RenderRequest, out: Path) -> None:
    first, second, third = opened(waiting, out / waiting.folder).slides(small=True)
    assert first.notes == ("A swarm waits.", "0:00  Here they go.")
    assert second.notes == ("0:00  And one more.",)
    assert third.notes == ()
    assert [(cue.start, cue.text) for cue in second.cues] == [(0, "And one more.")]


def test_a_hold_tells_a_live_page_what_it_is_of(waiting: RenderRequest, out: Path) -> None:
    slides = opened(waiting, out / waiting.folder).slides(small=True)
    assert [bool(slide.live) for slide in slides] == [True, True, False]
    told = json.loads(slides[1].live)
    assert (told["usual"]["s"], told["usual"]["time"]) == (0.5, 4.0)
    assert (told["look"]["count"], told["look"]["lifetime"]) == (60, 1.0), "all of them"
    for live in (False, True):
        page = build(out, [waiting], live=live)[1].read_text("utf-8")
        asks = [word == "true" for word in re.findall(r'"asks": (true|false)', page)]
        assert asks == [True, live, False], "what the clip asks for, and --live"
    page = (out / waiting.folder / "slide.html").read_text("utf-8")
    assert re.findall(r'"asks": (true|false)', page) == ["true", "false", "false"]


def test_a_live_step_of_what_no_page_knows_is_refused(
    waiting: RenderRequest, tmp_path: Path
) -> None:
    foreign = replace(waiting, clip=find_clips(waiting.clip.path.parent)["Foreign"])
    with SharedPool(1, tmp_path / "logs") as pool:
        (found,) = probe(Studio(tmp_path, pool), [foreign])
    assert isinstance(found, RefusedError)
    assert "Foreign, section 'All of them': it asks for a live step" in str(found)
    assert "stop='flow'" in str(found)


def test_notes_pages_have_the_words(waiting: RenderRequest, out: Path, tmp_path: Path) -> None:
    from studio.deck.paper import pdf

    slides = opened(waiting, out / waiting.folder).slides(small=True)
    pdf(slides, tmp_path / "notes.pdf", notes=True)
    with pypdfium2.PdfDocument(tmp_path / "notes.pdf") as paper:
        texts = [page.get_textpage().get_text_range() for page in paper]
    assert len(texts) == 3
    assert "And one more." in texts[1]


def test_lecture_clips_are_cut_by_name(waiting: RenderRequest, out: Path) -> None:
    film = frames(out / waiting.folder / "clip.mp4")
    made = lecture_clip(out, waiting, "who? one more!", "3")
    assert made.name == "cut-who-one-more-to-small-print.mp4"
    assert frames(made) == film[10:]
    for names, told in [
        (("Whoo", ""), r"no step 'Whoo'\. There are: All of them, Who\? One more!, Small print"),
        (("Small print", "All of them"), "comes before"),
    ]:
        with pytest.raises(ValueError, match=told):
            lecture_clip(out, waiting, *names)
    with pytest.raises(ValueError, match="does not end where it began"):
        lecture_clip(out, waiting, "", "1", loop=True)
    assert manifest.flaws(out) == []


TITLES = [
    "Глубина 1",
    "Глубже",
    "N → 0",
    "N = 0",
    "2",
    "Größe: α",
    "A title of forty letters, and a little more 1",
]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("глубже", 1),
        ("N = 0", 3),
        ("N → 0", 2),
        ("1", 0),
        ("2", 4),
        ("GRÖSSE α", 5),
        ("größe", 5),
        ("a title of forty letters and a little more 1", 6),
    ],
)
def test_a_step_is_found_by_its_own_name(name: str, place: int) -> None:
    assert found(TITLES, name, "Mine") == place


@pytest.mark.parametrize("name", ["предел", "n 0", "极限", "???", "8"])
def test_a_name_that_no_step_has_alone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"Mine has no step {re.escape(repr(name))}"):
        found(TITLES, name, "Mine")


def test_films_of_different_steps_have_different_names() -> None:
    titles = [*TITLES, "A title of forty letters, and a little more 2"]
    names = names_in_files(titles)
    assert len(set(names)) == len(titles)
    assert all(name.isascii() for name in names)
    assert names[1:6] == ["whole", "03-n-0", "04-n-0", "2", "grosse"]


def test_a_film_is_cut_only_at_key_frames(
    waiting: RenderRequest, out: Path, tmp_path: Path
) -> None:
    film = out / waiting.folder / "clip.mp4"
    first = next(number for number in range(25) if number not in keys(film))
    with pytest.raises(ValueError, match=f"frame {first} is no key frame"):
        cut([Cut(film, first, 25)], tmp_path / "cut.mp4")
    (tmp_path / "part.mp4").write_bytes(fragmented(Cut(film, 0, 10)))
    seen = encode.facts(tmp_path / "part.mp4")
    assert (seen.frames, seen.seconds) == (10, 2.0)
    last = np.asarray(encode.last_picture(tmp_path / "part.mp4"), int)
    assert np.abs(last - np.asarray(encode.picture(film, 9), int)).max() == 0


def test_a_deck_is_what_is_seen_where_no_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "my talk.html").write_text("the deck", encoding="utf-8")
    with served(tmp_path / "my talk.html") as address:
        root = address.removesuffix("my%20talk.html")
        assert root != address
        for asked in (address, root):
            with urllib.request.urlopen(asked) as answer:
                assert (answer.url, answer.read()) == (address, b"the deck")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{root}parts/")


def test_a_talk_is_served_to_this_machine_alone(tmp_path: Path) -> None:
    (tmp_path / "talk.html").write_text("a talk", encoding="utf-8")
    with served(tmp_path / "talk.html") as address:
        assert address.startswith("http://127.0.0.1:")
        assert urllib.request.urlopen(address, timeout=60).read() == b"a talk"
        other = urllib.request.Request(address, headers={"Host": "elsewhere.example:80"})
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(other, timeout=60)
        port = int(address.split(":")[2].split("/")[0])
        with pytest.raises(OSError, match=f"Port {port} cannot be used"), served(tmp_path, port):
            pass


def test_names_of_steps_are_plain_files() -> None:
    assert [slug(name) for name in ("Around counts r²", "‖w‖₁ ≤ …", "Größe: α", "???")] == [
        "around-counts-r2",
        "w1",
        "grosse",
        "whole",
    ]
    alone = Report(1.0, (1.0,), (), (), 5, steps=(Step("", 0.0, 1.0, (0, 1), (1, 1), True),))
    (files,) = step_files(alone)
    assert (files.film, files.names) == ("clip.mp4", ())
    assert json.dumps(files.title) == '""'


def test_what_is_presented_leaves_an_earlier_deck_alone(
    reel: Path, scenes: Path, flowreel: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Path(shutil.copytree(reel, tmp_path / "reel"))
    deck = {path: path.read_bytes() for path in (out / "talk").iterdir()}
    assert len(deck) == 4, "three files and what is known of them"

    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("studio.kit.present.opens_browser", lambda address: False)
    monkeypatch.setattr("studio.cli.talk.Event", lambda: SimpleNamespace(wait=interrupt))
    told = flowreel("present", "Turning", *SMALL, "--scenes", scenes, "--to", out).stdout
    page = out / "present-Turning-96x64p5" / "talk.html"
    assert str(page) in told
    assert '"name": "Drifting' not in page.read_text("utf-8")
    assert {path: path.read_bytes() for path in (out / "talk").iterdir()} == deck
    assert manifest.flaws(out) == []


def test_a_port_that_is_taken_is_told_before_anything_is_made(
    flowreel: Run, scenes: Path, tmp_path: Path
) -> None:
    (tmp_path / "talk.html").write_text("hello", encoding="utf-8")
    out = tmp_path / "out"
    with served(tmp_path / "talk.html") as address:
        port = address.split(":")[2].split("/")[0]
        where = ("--scenes", scenes, "--to", out, "--port", port)
        told = flowreel("present", "Drifting", *SMALL, *where, check=1).stderr
    assert f"Port {port} cannot be used" in told
    assert not out.exists()


def test_a_live_page_has_as_many_particles_as_were_asked_for_anywhere(
    waiting: RenderRequest, tmp_path: Path
) -> None:
    ways = [(("FLOWREEL_SET", "seed=3; count=70"),), (("FLOWREEL_COUNT", ""),)]
    with SharedPool(1, tmp_path / "logs") as pool:
        several, none = probe(
            Studio(tmp_path, pool), [replace(waiting, knobs=knobs) for knobs in ways]
        )
    assert isinstance(several, Report)
    assert json.loads(several.steps[1].live)["look"]["count"] == 70
    assert isinstance(none, RefusedError)
    assert "FLOWREEL_COUNT: count cannot be ''" in str(none)
