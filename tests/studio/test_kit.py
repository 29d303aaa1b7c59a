"""What leaves for a talk: every file as players, decks and browsers want it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace
from zipfile import ZipFile

import av
import numpy as np
import pptx
import pypdfium2
import pytest
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from PIL import Image, ImageSequence

from studio.cli.talk import _tell_flaws
from studio.deck.powerpoint import powerpoint
from studio.deck.slides import Slide
from studio.film.encode import _ahead, facts, first_picture
from studio.film.gif import BYTES, gif
from studio.job import manifest
from studio.job.clips import find_clips
from studio.job.events import Event, Frames, Planned, ignore
from studio.job.request import RenderRequest, Size
from studio.kit.pack import Packed, pack
from studio.kit.snippets import snippets
from studio.render.studio import Studio
from tests.studio.conftest import SMALL, Run, frames, requested
from tests.studio.words import read_back
from tests.studio.workers import SharedPool

ALWAYS = {
    "clip.mp4",
    "clip.720p.mp4",
    "clip.alpha.mov",
    "clip.alpha.webm",
    "clip.gif",
    "poster.png",
    "captions.en.vtt",
    "captions.en.srt",
    "transcript.md",
    "snippets.md",
    "meta.json",
    "slide.pptx",
    "slide.html",
    "manifest.json",
}
STEPS = {
    f"steps/{name}{end}"
    for name in ("01-here", "02-there")
    for end in (".mp4", ".720p.mp4", ".jpg")
} | {"steps/00-opening.jpg"}


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_kit_is_complete_and_whole(
    drifting: Path, turning: Path, reel: Path, flowreel: Run
) -> None:
    assert files(drifting) == ALWAYS | STEPS
    assert files(turning) == ALWAYS | {"clip.loop.mp4"}, "its film is its only step"
    flowreel("check", "--to", reel)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.720p.mp4"])
def test_films_play_everywhere_in_true_colours(name: str, drifting: Path) -> None:
    seen = facts(drifting / name)
    assert (seen.codec, seen.profile, seen.pixels) == ("h264", "High", "yuv420p")
    assert (seen.matrix, seen.primaries, seen.transfer, seen.range) == (1, 1, 1, 1)
    assert seen.key_every <= 1.0
    assert seen.index_first
    assert not seen.has_sound
    assert (seen.width, seen.height, seen.fps, seen.frames) == (96, 64, 5, 95)
    with av.open(drifting / name) as film:
        dot = next(film.decode(video=0)).to_ndarray(format="rgb24").reshape(-1, 3)
    orange = dot[np.argmax(dot[:, 0])]
    assert np.allclose(orange, (255, 159, 51), atol=40)


def test_a_loop_has_whole_periods_and_no_frame_twice(turning: Path) -> None:
    shown = frames(turning / "clip.loop.mp4")
    assert len(shown) == len(set(shown)) == 10


def test_transparent_films_are_transparent(turning: Path) -> None:
    with av.open(turning / "clip.alpha.mov") as film:
        assert film.streams.video[0].codec_context.codec_tag == "ap4h"
        seen = [frame.to_ndarray(format="rgba") for frame in film.decode(video=0)]
    assert len(seen) == 10
    assert (seen[0][0, 0, 3], seen[0][..., 3].max()) == (0, 255)
    with av.open(turning / "clip.alpha.webm") as film:
        stream = film.streams.video[0]
        assert (stream.codec_context.name, stream.metadata["alpha_mode"]) == ("vp9", "1")
        decoder = av.CodecContext.create("libvpx-vp9", "r")
        packets = [packet for packet in film.demux(stream) if packet.size]
        (first, *_) = decoder.decode(packets[0])
    assert first.format.name == "yuva420p"
    alpha = np.frombuffer(first.planes[3], np.uint8).reshape(-1, first.planes[3].line_size)
    assert (alpha[0, 0], alpha[:64, :96].max()) == (0, 255)
    dot = seen[0][..., 3] == 255
    shown = VideoReformatter().reformat(
        first, format="rgba", src_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.JPEG
    )
    assert np.allclose(shown.to_ndarray()[dot, :3], seen[0][dot, :3], atol=12)


def test_the_gif_fits(
    drifting: Path, turning: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Noise, of a quarter of the pixels for a quarter of the bytes, needs some steps down."""
    with Image.open(turning / "clip.gif") as loop:
        assert (loop.n_frames, loop.info["loop"], loop.info["duration"]) == (10, 0, 200)
    with Image.open(drifting / "clip.gif") as excerpt:
        assert excerpt.n_frames == 30, "six seconds"
    noise = tmp_path / "noise.mp4"
    with av.open(noise, "w") as film:
        stream = film.add_stream("libx264", rate=25, options={"preset": "ultrafast", "crf": "30"})
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        random = np.random.default_rng(seed=1)
        for _ in range(50):
            coarse = random.integers(0, 256, (45, 80, 3), np.uint8)
            picture = coarse.repeat(4, axis=0).repeat(4, axis=1)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        film.mux(stream.encode())
    made = tmp_path / "noise.gif"
    monkeypatch.setattr("studio.film.gif.BYTES", BYTES // 4)
    gif(noise, made, loops=True, around=1.0)
    assert made.stat().st_size <= BYTES // 4
    with Image.open(made) as image:
        assert max(image.size) <= 960
        assert image.info["duration"] >= 40
        length = image.n_frames * image.info["duration"]
    assert length == pytest.approx(2000, abs=100)


@pytest.mark.parametrize(("frames", "rate"), [(46, 30), (91, 60), (31, Fraction(24000, 1001))])
def test_the_gif_keeps_time(frames: int, rate: Fraction, tmp_path: Path) -> None:
    with av.open(tmp_path / "film.mp4", "w") as film:
        stream = film.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for number in range(frames):
            shade = np.full((36, 64, 3), 2 * number, np.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        film.mux(stream.encode())
    gif(tmp_path / "film.mp4", tmp_path / "film.gif", loops=True, around=0.0)
    with Image.open(tmp_path / "film.gif") as made:
        delays = [shot.info["duration"] for shot in ImageSequence.Iterator(made)]
    assert min(delays) >= 20
    assert abs(sum(delays) - float(1000 * frames / rate)) <= 10


def test_the_poster_is_a_frame_but_not_the_first(drifting: Path) -> None:
    poster = np.asarray(Image.open(drifting / "poster.png").convert("RGB"), int)
    with av.open(drifting / "clip.mp4") as film:
        shown = [frame.to_ndarray(format="rgb24").astype(int) for frame in film.decode(video=0)]
    far = [float(np.abs(poster - frame).mean()) for frame in shown]
    assert np.argmin(far) > 5
    assert min(far) < 0.5 < 2 < far[0]


def test_captions_are_what_is_said(drifting: Path, turning: Path) -> None:
    for form in ("vtt", "srt"):
        read = read_back((drifting / f"captions.en.{form}").read_text("utf-8"), form)
        assert read == [
            (0, 6000, "A dot drifts."),
            (6000, 13000, "Then it stops at w₁, or so it is said."),
        ]
        ((_, _, only),) = read_back((turning / f"captions.en.{form}").read_text("utf-8"), form)
        assert only == "A dot goes round, and round."
    said = (drifting / "transcript.md").read_text("utf-8")
    assert said.index("## Here") < said.index("[0:00] A dot") < said.index("## There")


def test_meta_tells_what_is_there(drifting: Path, turning: Path) -> None:
    meta = json.loads((drifting / "meta.json").read_text("utf-8"))
    assert (meta["seconds"], meta["fps"], meta["loops"], meta["seed"]) == (19, 5, False, 7)
    assert meta["sections"] == [{"name": "Here", "start": 0.0}, {"name": "There", "start": 6.0}]
    assert meta["alt"].startswith('Animation: A dot drifts <slowly> & surely to "w₁". On screen:')
    assert {"manim", "numpy", "av", "python-pptx"} <= set(meta["versions"])
    assert set(meta["sha256"]) == (ALWAYS | STEPS) - {"meta.json", "manifest.json"}
    for name, digest in meta["sha256"].items():
        assert hashlib.sha256((drifting / name).read_bytes()).hexdigest() == digest, name
    assert json.loads((turning / "meta.json").read_text("utf-8"))["loops"] is True


SPACE = {"p": "http://schemas.openxmlformats.org/presentationml/2006/main"}


def repeats(slide: object) -> str | None:
    return slide._element.find(".//p:timing//p:video//p:cTn", SPACE).get("repeatCount")


@pytest.mark.parametrize(("name", "loops"), [("Drifting", False), ("Turning", True)])
def test_powerpoint_slides_play_by_themselves(name: str, loops: bool, reel: Path) -> None:
    folder = reel / f"{name}-96x64p5"
    deck = pptx.Presentation(str(folder / "slide.pptx"))
    films = [folder / "clip.mp4"] if loops else sorted((folder / "steps").glob("*[a-z].mp4"))
    films = [film for film in films if ".720p" not in film.name]
    assert len(deck.slides) == len(films) == (1 if loops else 2)
    media = {part.blob for part in deck.part.package.iter_parts() if "video" in part.content_type}
    assert media == {film.read_bytes() for film in films}
    for slide, film in zip(deck.slides, films, strict=True):
        (movie,) = slide.shapes
        timing = slide._element.find("p:timing", SPACE)
        assert timing.find(".//p:cmd", SPACE).get("cmd") == "playFrom(0.0)"
        begins = timing.find(".//p:cond[@evt='onBegin']", SPACE)
        assert begins is not None, "with the slide, without a click"
        assert repeats(slide) == ("indefinite" if loops else None)
        transition = slide._element.find("p:transition", SPACE)
        assert transition.get("advTm") is None, "it waits for a click"
        assert len(transition) == 0, "and none is drawn"
        shown = np.asarray(Image.open(BytesIO(movie.poster_frame.blob)).convert("RGB"), int)
        assert np.abs(shown - np.asarray(first_picture(film), int)).max() == 0
        assert movie._element.nvPicPr.cNvPr.get("descr").startswith("Animation: A dot ")
        assert slide.background.fill.fore_color.rgb == pptx.dml.color.RGBColor(0x07, 0x09, 0x0E)
    assert "A dot " in deck.slides[0].notes_slide.notes_text_frame.text


def test_a_deck_has_a_slide_for_each_step(reel: Path) -> None:
    deck = pptx.Presentation(str(reel / "talk" / "talk.pptx"))
    names = [slide.shapes[0].name for slide in deck.slides]
    assert names == ["Drifting: Here", "Drifting: There", "Turning"]
    assert [repeats(slide) for slide in deck.slides] == [None, None, "indefinite"]
    with pypdfium2.PdfDocument(reel / "talk" / "talk.pdf") as paper:
        assert len(paper) == 3


# The children of p:presentation in their order, and their relationships: ECMA-376 Part 1, 19.2.1.26
# and annex A.3, CT_Presentation.
PRESENTATION = "sldMasterIdLst notesMasterIdLst handoutMasterIdLst sldIdLst sldSz notesSz".split()


@pytest.mark.parametrize(
    ("width", "height"), [(1920, 1080), (854, 480), (1280, 960), (480, 480), (608, 1080), (96, 64)]
)
def test_the_presentation_conforms_and_has_exactly_the_film_s_shape(
    width: int, height: int, drifting: Path, tmp_path: Path
) -> None:
    slide = Slide(
        film=drifting / "clip.mp4",
        hold=None,
        **{"clip": "C", "title": "T", "notes": ("N",), "alt": "A", "cues": (), "loops": False},
        **{"stops": True, "frames": 95, "hold_frames": 0, "fps": 5},
        **{"width": width, "height": height, "background": "#07090e"},
    )
    powerpoint([slide, replace(slide, title="U")], tmp_path / "deck.pptx")
    deck = pptx.Presentation(str(tmp_path / "deck.pptx"))
    assert Fraction(deck.slide_width, deck.slide_height) == Fraction(width, height)
    assert max(deck.slide_width, deck.slide_height) == pytest.approx(12_192_000, rel=1e-3)
    for page in deck.slides:
        (movie,) = page.shapes
        placed = (movie.left, movie.top, movie.width, movie.height)
        assert placed == (0, 0, deck.slide_width, deck.slide_height), "edge to edge"
    root = deck.part._element
    names = [child.tag.rpartition("}")[2] for child in root]
    assert [name for name in names if name in PRESENTATION] == [
        name for name in PRESENTATION if name != "handoutMasterIdLst"
    ]
    assert "type" not in root.find("{*}sldSz").attrib, "no size of another shape is claimed"
    (master,) = root.find("{*}notesMasterIdLst")
    (relation,) = master.attrib.values()
    assert deck.part.rels[relation].reltype.endswith("/notesMaster")
    assert deck.part.related_part(relation) is deck.notes_master.part
    with ZipFile(tmp_path / "deck.pptx") as packed:
        assert not [name for name in packed.namelist() if "printerSettings" in name]


def test_decks_validate_against_the_schemas(reel: Path, drifting: Path) -> None:
    audit = pytest.importorskip("openxml_audit", reason="pip install '.[dev]'")
    for deck in (drifting / "slide.pptx", reel / "talk" / "talk.pptx"):
        found = audit.validate_pptx(str(deck))
        assert found.is_valid, found.errors


def test_pages_ask_nothing_of_a_network(reel: Path, drifting: Path) -> None:
    for page in (drifting / "slide.html", reel / "talk" / "talk.html", reel / "index.html"):
        text = page.read_text("utf-8")
        loads = r"""<(?:script|link|img|video|track|iframe)[^>]*(?:src|href|poster)=["']([^"']+)"""
        outside = [to for to in re.findall(loads, text) if re.match(r"(?:https?:)?//", to)]
        assert outside == []
        assert "@import" not in text
    slide = (drifting / "slide.html").read_text("utf-8")
    assert 'id="film-0">AAAA' in slide, "its films are in it"
    assert r"\u003cslowly\u003e \u0026 surely" in slide
    assert "<slowly>" not in slide


def test_all_that_a_kit_takes_long_for_is_told(scenes: Path, tmp_path: Path) -> None:
    """Films in the making, and films made of films: as many frames as there were to be."""
    request = RenderRequest(find_clips(scenes)["Turning"], Size(96, 64, 5))
    expected: list[int] = []
    told: dict[str, list[int]] = {}

    def on_event(event: Event) -> None:
        match event:
            case Planned(frames):
                expected.append(frames)
            case Frames(name, done, total):
                told.setdefault(name, []).append(done)
                assert total == 10

    with SharedPool(1, tmp_path / "logs") as pool:
        studio = Studio(tmp_path, pool, on_event=on_event)
        pack(studio, [request])
        films = ("", "/clip.alpha.mov", "/clip.720p.mp4", "/clip.alpha.webm")
        assert {name: max(done) for name, done in told.items()} == {
            f"{request.folder}{film}": 10 for film in films
        }
        assert told[f"{request.folder}/clip.720p.mp4"] == list(range(1, 11))
        assert (expected[0], expected[-1]) == (40, 40)
        pack(studio, [request])
    assert expected[-1] == 0, "all is there"


def test_films_without_background_that_come_later_are_listed(scenes: Path, tmp_path: Path) -> None:
    request, clear = requested(scenes, "Turning"), {"clip.alpha.mov", "clip.alpha.webm"}
    with SharedPool(1, tmp_path / "logs") as pool:
        studio = Studio(tmp_path, pool)
        (first,) = pack(studio, [request], alpha=False)
        meta = tmp_path / request.folder / "meta.json"
        assert "meta.json" in first.made
        assert not clear & json.loads(meta.read_bytes())["sha256"].keys()
        (later,) = pack(studio, [request])
    assert later.made == ("meta.json",)
    assert clear <= json.loads(meta.read_bytes())["sha256"].keys()


def test_a_film_without_background_that_fails_leaves_the_rest(tmp_path: Path) -> None:
    source = """
from manim import Dot, config
from stage import FlowScene


class Odd(FlowScene):
    \"\"\"Has no page.\"\"\"

    def construct(self) -> None:
        if config.format == "webm":
            raise ValueError("no WebM today")
        self.add(Dot())
        self.let_flow(1)
"""
    (tmp_path / "odd.py").write_text(source, encoding="utf-8")
    with SharedPool(1, tmp_path / "logs") as pool:
        (packed,) = pack(Studio(tmp_path / "out", pool), [requested(tmp_path, "Odd")])
    assert packed.failed.keys() == {"clip.alpha.webm"}
    place = f"{tmp_path / 'odd.py'}, line 11, in construct: "
    assert packed.failed["clip.alpha.webm"].startswith(f"{place}ValueError: no WebM today\n")
    assert {"clip.720p.mp4", "slide.pptx", "meta.json"} <= set(packed.made)
    assert (tmp_path / "out" / packed.request.folder / "clip.alpha.mov").exists()


def test_kits_are_made_side_by_side_and_given_up_together(scenes: Path, tmp_path: Path) -> None:
    requests = [
        RenderRequest(find_clips(scenes)[name], Size(96, 64, 5)) for name in ("Turning", "Drifting")
    ]
    both = Barrier(2)
    met: set[str] = set()

    def give_up(event: Event) -> None:
        if not isinstance(event, Frames):
            return
        folder, _, file = event.name.partition("/")
        if file == "clip.720p.mp4" and folder not in met:
            met.add(folder)
            both.wait(120)  # each waits for the other
        if event.name == "Drifting-96x64p5/clip.720p.mp4" and event.done == 50:
            raise KeyboardInterrupt

    with SharedPool(2, tmp_path / "logs") as pool:
        studio = Studio(tmp_path, pool, workers=2, cores=4, on_event=give_up)
        with pytest.raises(KeyboardInterrupt):
            pack(studio, requests)
        assert len(met) == 2
        halves = [path for request in requests for path in (tmp_path / request.folder).rglob(".*")]
        assert halves == []
        assert not (tmp_path / "Drifting-96x64p5" / "clip.720p.mp4").exists()
        again = pack(replace(studio, on_event=ignore), requests)
    assert [done.failed for done in again] == [{}, {}]
    assert again[1].made[0] == "clip.720p.mp4"


def test_nobody_reads_ahead_for_one_who_has_given_up() -> None:
    """A film that is closed while it is read takes the process with it."""
    reading: list[int] = []

    def film() -> Iterator[int]:
        for number in range(3):
            reading.append(number)
            time.sleep(0.1)
            yield number
            reading.remove(number)

    with closing(_ahead(film())) as frames:
        assert next(frames) == 0
    made = list(reading)
    time.sleep(0.15)
    assert reading == made == [1], "the second was on its way, and nothing comes after it"
    assert list(_ahead(iter("abc"))) == ["a", "b", "c"]


def test_a_flaw_of_several_files_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    failed = {"captions.vtt": "too long", "slide.pptx": "too long", "clip.gif": "no room"}
    request = SimpleNamespace(clip=SimpleNamespace(name="A"))
    _tell_flaws(Packed(request, (), failed))
    told = capsys.readouterr().err.splitlines()
    assert told == ["  A, captions.vtt, slide.pptx: too long", "  A, clip.gif: no room"]


def test_the_gallery_links_what_is_there(reel: Path) -> None:
    page = (reel / "index.html").read_text("utf-8")
    links = re.findall(r'(?:src|href|poster)="([^"#][^"]*)"', page)
    local = [link for link in links if not link.startswith("data:")]
    assert [link for link in local if not (reel / link).is_file()] == []
    assert {"Drifting-96x64p5/clip.mp4", "Turning-96x64p5/clip.loop.mp4"} <= set(local)
    for tool in snippets("", "", loops=True, background="#000000"):
        assert page.count(f"<h3>{tool}</h3>") == 2
    assert "<slowly>" not in page


def test_a_kit_is_not_made_twice_and_one_file_is_mended(
    reel: Path, scenes: Path, drifting: Path, flowreel: Run
) -> None:
    again = ("kit", "Drifting", *SMALL, "--scenes", scenes, "--to", reel, "--json")
    assert json.loads(flowreel(*again).stdout)["kits"][0]["made"] == []
    (drifting / "captions.en.srt").unlink()
    stale = drifting / "clip.loop.mp4"
    stale.write_bytes(b"of a film that looped, once")
    manifest.record(drifting, stale.name, "other inputs")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    half, others = (drifting / f".{pid}.clip.gif" for pid in (gone.pid, os.getpid()))
    half.touch()
    others.touch()
    assert json.loads(flowreel(*again).stdout)["kits"][0]["made"] == [
        "captions.en.srt",
        "meta.json",
    ]
    assert not stale.exists(), "it was made from other inputs"
    assert not half.exists(), "whoever wrote it is gone"
    assert others.exists(), "whoever writes it lives"
    others.unlink()
    flowreel("check", "--to", reel)


def test_deck_and_gallery_are_in_the_manifest(
    reel: Path, scenes: Path, tmp_path: Path, flowreel: Run
) -> None:
    listed = json.loads((reel / "manifest.json").read_text())
    assert set(listed["files"]) == {"index.html"}
    assert set(listed["folders"]["talk"]) == {"talk.pptx", "talk.html", "talk.pdf"}
    thumbs = {f"{name}-96x64p5.webp" for name in ("Drifting", "Turning")}
    assert set(listed["folders"]["gallery"]) == thumbs

    before = {path: path.stat().st_ino for path in (reel / "talk").glob("talk.*")}
    where = ("--scenes", scenes, "--to", reel)
    flowreel("deck", "Drifting", "Turning", *SMALL, *where)
    assert {path: path.stat().st_ino for path in before} == before, "what is true stays"

    copy = Path(shutil.copytree(reel, tmp_path / "copy"))
    for name in ("talk/talk.pdf", "index.html", "gallery/Turning-96x64p5.webp"):
        with (copy / name).open("ab") as file:
            file.write(b" ")
    told = json.loads(flowreel("check", "--to", copy, "--json", check=1).stdout)
    assert told["wrong"] == [
        "index.html",
        "gallery/Turning-96x64p5.webp",
        "talk/talk.pdf",
    ]
    assert told["stale"] == {}
    for name in ("poster.png", "clip.720p.mp4"):
        (copy / "Turning-96x64p5" / name).write_bytes(b"another")
    told = json.loads(flowreel("check", "--to", copy, "--json", check=1).stdout)
    assert told["stale"] == {
        "gallery": ["Turning-96x64p5/poster.png"],
        "talk": ["Turning-96x64p5/clip.720p.mp4"],
    }
