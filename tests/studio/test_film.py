"""A film of several clips: each rendered once, joined by copying, with marks, words and joints."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import srt
from manim import tempconfig
from PIL import Image

from scenes.reparameterize import ChainRule
from stage import DARK, FlowScene, Theme
from stage.engine.camera import StageCamera
from stage.plane.arrange import Tile
from studio.cli import progress
from studio.film.encode import facts
from studio.film.joint import joint_pictures
from studio.job.clips import find_clips
from studio.job.events import Event, Frames, Planned
from studio.job.request import RenderRequest, Size
from studio.job.tasks import Report, Said, joint_frames
from studio.primer.assemble import film_folder
from studio.primer.script import Chapter, Script, beats, read_script
from studio.primer.words import Track, write_words
from studio.render.worker.task_renderer import largest_plane
from tests.scenes.clips import small
from tests.studio.conftest import SMALL, Run, frames

SCRIPT = """
title = "Two"
subtitle = "dots"
description = "Nothing else."
[film]
clips = ["Drifting", "Turning"]
[[chapter]]
clip = "Drifting"
title = "It drifts, äh"
[chapter.lines]
"Here" = ["One dot goes {0, 1}."]
"There" = ["And it stops.", "Or so."]
[[chapter]]
clip = "Turning"
title = "It turns"
"""
JOINT = joint_frames(5)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("script") / "two.toml"
    path.write_text(SCRIPT, "utf-8")
    return path


@pytest.fixture(scope="module")
def where(reel: Path, scenes: Path, script: Path) -> tuple[object, ...]:
    return "--scenes", scenes, "--to", reel, "--script", script, *SMALL


@pytest.fixture(scope="module")
def film(flowreel: Run, where: tuple[object, ...], reel: Path) -> Path:
    told = json.loads(flowreel("film", *where, "--json").stdout)
    assert told["state"] == "made"
    return Path(told["film"])


def test_chapters_are_in_it_as_they_are(film: Path, drifting: Path, turning: Path) -> None:
    shown, one, other = (
        frames(path) for path in (film, drifting / "clip.mp4", turning / "clip.mp4")
    )
    assert len(shown) == len(one) + JOINT + len(other)
    assert (shown[: len(one)], shown[-len(other) :]) == (one, other)
    between = shown[len(one) : -len(other)]
    assert len(set(between)) == JOINT, "it moves in every frame"
    seen = facts(film)
    assert (seen.codec, seen.profile, seen.pixels) == ("h264", "High", "yuv420p")
    assert (seen.matrix, seen.primaries, seen.transfer, seen.range) == (1, 1, 1, 1)
    assert seen.index_first and seen.key_every <= 1.0


def test_players_see_the_chapters(film: Path, drifting: Path) -> None:
    begin = (len(frames(drifting / "clip.mp4")) + JOINT) / 5
    with av.open(film) as container:
        marks = [(mark["start"] / 1000, mark["metadata"]["title"]) for mark in container.chapters()]
        assert container.metadata["title"] == "Two"
    assert marks == [(0.0, "It drifts, äh"), (pytest.approx(begin, abs=1e-3), "It turns")]
    head = film.read_bytes()[: 2**16]
    assert b"chpl" in head, "for VLC and mpv"
    assert b"tref" in head and b"chap" in head and b"text" in head, "for QuickTime"


def test_words_are_beside_it(film: Path) -> None:
    captions = (film.parent / "captions.en.srt").read_text("utf-8")
    assert "One dot goes {0, 1}." in captions.replace("\u2060", "")
    assert "00:00:06,000 --> " in captions, "where the second section begins"
    assert "## It drifts, äh" in (film.parent / "transcript.md").read_text("utf-8")
    assert "0:00 It drifts, äh" in (film.parent / "description.md").read_text("utf-8")
    assert "Or so." in (film.parent / "notes.md").read_text("utf-8")


def captions_in(film: Path) -> tuple[str, list[tuple[float, str]]]:
    """The language of the track of captions, and what it shows from when on."""
    with av.open(film) as container:
        track = container.streams.subtitles[0]
        shown = [(packet.pts, packet.decode()) for packet in container.demux(track)]
        lines = [
            (at / 1000, one.ass.decode().split(",,")[-1]) for at, some in shown for one in some
        ]
        return track.metadata["language"], lines


def test_captions_are_in_it_as_beside_it(film: Path) -> None:
    code, lines = captions_in(film)
    beside = srt.parse((film.parent / "captions.en.srt").read_text("utf-8"))
    assert code == "eng"
    assert lines == [
        (cue.start.total_seconds(), cue.content.replace("\u2060", "").replace("\n", r"\N"))
        for cue in beside
    ]


def test_a_film_in_another_language_is_another_film(
    film: Path, flowreel: Run, where: tuple[object, ...]
) -> None:
    asked = "Turning", *where, "--set", "language=de", "--json"
    other = Path(json.loads(flowreel("film", *asked).stdout)["film"])
    assert other.parent != film.parent
    assert (other.parent / "captions.de.vtt").is_file()
    assert "# Two: Notizen zum Vortragen" in (other.parent / "notes.md").read_text("utf-8")
    voiceless = flowreel("film", *asked, "--voice", check=3)
    assert "this is Deutsch: name a program that speaks it" in voiceless.stderr


def test_it_is_made_once_and_goes_on_where_it_stopped(
    film: Path, flowreel: Run, where: tuple[object, ...]
) -> None:
    def again() -> dict[str, object]:
        return json.loads(flowreel("film", *where, "--json").stdout)

    clip = film.parents[1] / "Drifting-96x64p5" / "clip.mp4"
    made = clip.stat().st_mtime_ns
    assert again()["state"] == "up to date"
    whole = film.read_bytes()
    part = film.parent / "joint-01.mp4"
    part.write_bytes(part.read_bytes()[:-1])
    film.unlink()
    assert again()["state"] == "made"
    assert film.read_bytes() == whole
    assert clip.stat().st_mtime_ns == made
    assert list(film.parent.glob(".*")) == []


def test_a_clip_may_come_twice_and_alone(flowreel: Run, where: tuple[object, ...]) -> None:
    once = json.loads(flowreel("film", "Turning", *where, "--json").stdout)
    twice = json.loads(flowreel("film", "Turning", "Turning", *where, "--json").stdout)
    assert twice["seconds"] == pytest.approx(2 * once["seconds"] + JOINT / 5)
    assert [mark["title"] for mark in twice["chapters"]] == ["It turns"] * 2


def test_a_film_of_clips_that_no_script_knows_is_not_said_to_be_primer(
    flowreel: Run, scenes: Path, tmp_path: Path
) -> None:
    where = ("--scenes", scenes, "--to", tmp_path, *SMALL)
    told = json.loads(flowreel("film", "Turning", "Turning", *where, "--json").stdout)
    path = Path(told["film"])
    with av.open(path) as opened:
        assert opened.metadata["title"] == "Turning"
        assert not opened.metadata.get("description")
    assert (path.parent / "description.md").read_text("utf-8").splitlines()[0] == "Turning"
    for beside in path.parent.glob("*.md"):
        assert "Primer" not in beside.read_text("utf-8")


@pytest.mark.parametrize("title", ["../../../gone", "a/b", 'Täler & <mehr>: "eins"?', "..", "/"])
def test_a_title_leads_out_of_no_folder(title: str, scenes: Path) -> None:
    clip = find_clips(scenes)["Turning"]
    requests = [RenderRequest(clip, Size(96, 64, 5), ())]
    folder = film_folder(requests, Script(title, "", "", ("Turning",), {}))
    assert re.fullmatch(r"film-[\w.-]+", folder)
    assert Path(folder).name == folder


def test_joints_are_known_ahead_and_counted_one_by_one(
    flowreel: Run, scenes: Path, script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Event] = []
    monkeypatch.setattr(progress.Board, "on_event", lambda self, event: told.append(event))
    names = "Turning", "Drifting", "Turning"
    where = ("--scenes", scenes, "--to", tmp_path, "--script", script)
    flowreel("film", *names, *SMALL, *where, "--json")
    planned = next(k for k, event in enumerate(told) if isinstance(event, Planned))
    own = [event for event in told if isinstance(event, Frames) and "film-" in event.name]
    assert told[planned + 1] == own[0]
    assert [event.done for event in own] == [0, JOINT, 2 * JOINT, 2 * JOINT]
    rest = {event.name: event.total for event in told if isinstance(event, Frames)}
    assert told[planned] == Planned(sum(rest.values()))


def test_it_may_speak_and_its_pictures_stay(
    film: Path, flowreel: Run, where: tuple[object, ...], tmp_path: Path
) -> None:
    program = tmp_path / "say.py"
    program.write_text(
        "import math, sys, wave\n"
        "with wave.open(sys.argv[2], 'wb') as file:\n"
        "    file.setnchannels(1), file.setsampwidth(2), file.setframerate(22050)\n"
        "    tone = (round(9000 * math.sin(0.2 * n)) for n in range(11025))\n"
        "    file.writeframes(b''.join(n.to_bytes(2, 'little', signed=True) for n in tone))\n"
    )
    say = f"{sys.executable} {program} {{text}} {{out}}"
    told = json.loads(flowreel("film", *where, "--say", say, "--json").stdout)
    voiced = Path(told["voiced"])
    assert frames(voiced) == frames(film)
    with av.open(voiced) as made, av.open(film) as silent:
        assert len(made.chapters()) == len(silent.chapters()) == 2
        lengths = [
            float(one.duration * one.time_base) for one in made.streams if one.type != "data"
        ]
    assert lengths[0] == pytest.approx(lengths[1], abs=0.03)


def test_its_lines_are_listed_by_name_time_and_room(
    flowreel: Run, where: tuple[object, ...], tmp_path: Path
) -> None:
    asked = *where[: -len(SMALL)], "--takes", tmp_path / "none", "--list", "--json"
    told = json.loads(flowreel("record", *asked).stdout)
    assert [(line["name"], line["begin"], line["room"]) for line in told] == [
        ("Drifting.here.1", 0.0, pytest.approx(5.9)),
        ("Drifting.there.1", 6.0, pytest.approx(6.4)),
        ("Drifting.there.2", 12.5, pytest.approx(6.4)),
    ]
    assert {line["state"] for line in told} == {"to be recorded"}


def test_what_cannot_be_filmed_is_named(flowreel: Run, where: tuple[object, ...]) -> None:
    gone = flowreel("film", "Turning", "Nothing", *where, check=2)
    assert "There is no clip 'Nothing'" in gone.stderr
    broken = flowreel("film", "Turning", "Failing", *where, check=1)
    assert "The film lacks chapters. Failing: " in broken.stderr


def test_a_chapter_of_no_clip_is_named(
    flowreel: Run, where: tuple[object, ...], tmp_path: Path
) -> None:
    script = tmp_path / "typo.toml"
    script.write_text(SCRIPT.replace('clip = "Drifting"', 'clip = "Driftin"'), "utf-8")
    for command in ("film", "record"):
        asked = (*where[:4], "--script", script, "--list")[: None if command == "record" else -1]
        wrong = flowreel(command, *asked, check=2)
        assert "typo.toml, in a chapter: There is no clip 'Driftin'. Did you" in wrong.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("[film]", "[flim]"), "flim"),
        (('title = "Two"', "title = 2"), "title"),
        (("title = ", "title "), "line 2"),
        (('clip = "Turning"', 'clip = "Drifting"'), "two chapters"),
    ],
)
def test_a_script_that_is_wrong_is_named(change, message, tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(SCRIPT.replace(*change), "utf-8")
    with pytest.raises(ValueError, match=message) as told:
        read_script(path)
    assert "wrong.toml" in str(told.value)


REPORT = Report(
    seconds=12.0,
    plays=(),
    said=(Said("a", 0.0, 2.0), Said("b", 2.0, 4.0), Said("c", 7.0, 9.0)),
    sections=(("One", 0.0), ("Two", 5.0)),
    frames=0,
)


def test_a_line_begins_with_its_sentence_on_the_screen() -> None:
    chapter = Chapter("Clip", "Title", {"One": ["First.", "Second."], "Two": ["Third."]})
    assert [(beat.name, beat.said) for beat in beats(chapter, REPORT)] == [
        ("Clip.one.1", Said("First.", 0.0, 2.0)),
        ("Clip.one.2", Said("Second.", 2.0, 7.0)),
        ("Clip.two.1", Said("Third.", 7.0, 12.0)),
    ]
    shared = beats(Chapter("Clip", "Title", {"Two": ["A.", "B."]}), REPORT)
    assert [beat.said.start for beat in shared] == [5.0, 8.5]
    with pytest.raises(ValueError, match="Clip, 'Three': it has no such section"):
        beats(Chapter("Clip", "Title", {"Three": ["A."]}), REPORT)


def test_a_line_too_long_to_be_read_is_named() -> None:
    chapter = Chapter("Clip", "Title", {"One": ["one two three four five six seven eight", "b"]})
    script = Script("T", "S", "D", ("Clip",), {"Clip": chapter})
    track = Track(chapter, 10.0, 12.0, tuple(beats(chapter, REPORT)))
    with pytest.raises(ValueError, match=r"'one two .*' at 10 s needs 2\.7 s"):
        write_words(script, [track], 22.0)


def test_planes_of_two_pictures_are_one_on_the_way() -> None:
    width, height = 160, 90

    def picture(square: tuple[float, float, float]) -> Image.Image:
        left, low, side = (height * part for part in square)
        made = Image.new("RGB", (width, height), Theme().background)
        x, y = width / 2 + left, height / 2 - low
        made.paste("#ffffff", (round(x), round(y - side), round(x + side), round(y)))
        return made

    def edges(pixels: np.ndarray) -> list[int]:
        rows, columns = np.nonzero(pixels[..., 0] > 200)
        return [columns.min(), columns.max(), rows.min(), rows.max()]

    start, stop = (-0.8, -0.3, 0.6), (-0.3, -0.2, 0.3)
    made = joint_pictures(picture(start), picture(stop), 7, (start, stop))
    seen = np.array([edges(pixels) for pixels in made])
    first, last = edges(np.array(picture(start))), edges(np.array(picture(stop)))
    for column, begin, end in zip(seen.T, first, last, strict=True):
        steps = np.diff([begin, *column, end])
        assert np.all(steps * np.sign(end - begin) >= 0) and np.abs(steps).max() <= 20
    still = joint_pictures(picture(start), picture(start), 3, (start, start))
    assert all(np.array_equal(pixels[..., :3], np.array(picture(start))) for pixels in still)


@pytest.mark.parametrize("aspect", ["16:9", "9:16"])
def test_a_joint_leads_from_weights_to_weights(
    aspect: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the two planes of ChainRule it is that of w, not that of u, which is as large."""
    monkeypatch.setattr(StageCamera, "capture_mobjects", lambda *_, **__: None)
    seen = []

    def say(scene: FlowScene, *args: object, **kw: float) -> None:
        seen.append(largest_plane(scene))
        FlowScene.say(scene, *args, **kw)

    with small(tmp_path, fps=1, format="png"):
        look = {"aspect": aspect, "count": 1, "say": say}
        scene = type("ChainRule", (ChainRule,), look)(skip_animations=True)
        scene.render()
        high = scene.layout.height
    u, w = (plane.frame for plane in scene.planes)
    right = [*w[0, :2], w[1, 0] - w[0, 0]]
    np.testing.assert_allclose(seen, np.tile(np.array(right) / high, (len(seen), 1)), atol=1e-5)
    assert np.abs(u - w).max() > 1


def test_planes_of_inputs_are_led_to_where_none_is_of_weights() -> None:
    inputs = Tile(DARK, names=("x_1", "x_2"), size=2.0)
    with tempconfig({"dry_run": True}):
        scene = FlowScene()
        scene.add(inputs)
        assert largest_plane(scene) == (-0.125, -0.125, 0.25)
        scene.add(Tile(DARK, size=1.0), Tile(DARK, names=("u_1", "u_2"), size=3.0))
        assert largest_plane(scene) == (-0.0625, -0.0625, 0.125)


@pytest.mark.parametrize(("ground", "ink"), [("#07090e", 255), ("#fbfaf5", 0)])
def test_words_of_two_pictures_are_never_read_together(ground: str, ink: int) -> None:
    def picture(*words: tuple[int, int]) -> Image.Image:
        made = Image.new("RGB", (160, 90), ground)
        for first, last in words:
            made.paste((ink,) * 3, (first, 40, last, 50))
        return made

    square = (-0.8, -0.3, 0.2)
    one, other = picture((100, 120), (140, 150)), picture((110, 130), (140, 150))
    made = np.array(joint_pictures(one, other, 24, (square, square)))[:, 45, :, 0].astype(float)
    bare = float(made[0, 80])
    shown = (made - bare) / (ink - bare)
    before, after, both = shown[:, 105], shown[:, 125], shown[:, 145]
    assert np.all(np.diff(before) <= 0) and np.all(np.diff(after) >= 0)
    assert np.minimum(before, after).max() < 0.15
    assert np.maximum(before, after)[[0, -1]].min() > 0.9
    assert both.min() == 1, "what both have stays"


# --- our own script -----------------------------------------------------------------------------


def test_the_film_is_of_clips_that_there_are() -> None:
    script, clips = read_script(), find_clips()
    assert set(script.clips) | set(script.chapters) <= set(clips)
    assert all(script.chapter(name).lines for name in script.clips)


def test_what_is_spoken_is_not_what_is_written() -> None:
    from tests.scenes.test_claims import CLAIMS

    script = read_script()
    for name, sentences in CLAIMS.items():
        written = [set(re.findall(r"\w+", sentence.lower())) for sentence in sentences]
        for lines in script.chapter(name).lines.values():
            for line in lines:
                said = set(re.findall(r"\w+", line.lower()))
                assert all(len(said & words) < 0.8 * len(said) for words in written), line
