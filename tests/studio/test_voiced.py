"""The long film's voice: takes or a reader, in step, level, and never a change of the picture."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import av
import numpy as np
import pytest

from stage.film.codec import segment_spec
from stage.film.segment import FilmSegment
from studio.film.cut import keys
from studio.job.tasks import Said
from studio.primer.assemble import Assembled
from studio.primer.script import Beat, Chapter, Script
from studio.primer.voiced import Voiced, give_voice
from studio.primer.words import Track
from studio.render.executor import Executor
from studio.render.studio import Studio
from studio.words.takes import Takes
from studio.words.voice import Speaker, Voice, voice_of
from tests.studio.conftest import frames

FPS = 20
LINES = (("One two three.", 0.5), ("Four five.", 2.5), ("Six. Seven.", 4.0))
SECONDS = 6.0
READER = """
import math, sys, wave
text, out, log = sys.argv[1:]
with open(log, "a") as file:
    file.write(text + "\\n")
sound = []
for sentence in text.split(". "):
    n = round(22050 * 0.3 * len(sentence.split()))
    sound += [round(9000 * math.sin(0.12 * k) * (1 - k / n)) for k in range(n)] + [0] * 2205
with wave.open(out, "wb") as file:
    file.setnchannels(1), file.setsampwidth(2), file.setframerate(22050)
    file.writeframes(b"".join(n.to_bytes(2, "little", signed=True) for n in [0] * 4000 + sound))
"""


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of six seconds with a key frame each second, no picture of it twice."""
    path = tmp_path_factory.mktemp("silent") / "film.mp4"
    segment = FilmSegment(target=path, spec=segment_spec(64, 48, FPS))
    for number in range(round(SECONDS * FPS)):
        picture = np.full((48, 64, 4), 255, np.uint8)
        picture[..., 0], picture[:, : number // 2 + 1, 1] = 2 * number, 0
        segment.write_frame(picture)
    segment.finish()
    return path


@pytest.fixture
def done(silent: Path, tmp_path: Path) -> Assembled:
    folder = tmp_path / "reel" / "film-Two"
    folder.mkdir(parents=True)
    film = folder / "film.mp4"
    film.write_bytes(silent.read_bytes())
    ends = [*(start for _, start in LINES[1:]), SECONDS]
    beats = [
        Beat(f"A.b.{k}", "B", Said(text, start, end))
        for k, ((text, start), end) in enumerate(zip(LINES, ends, strict=True), 1)
    ]
    later = [Beat(beats[2].name, "B", Said(LINES[2][0], 1.0, 3.0))]
    tracks = (
        Track(Chapter("A", "First", {"B": ["", ""]}), 0.0, 3.0, tuple(beats[:2])),
        Track(Chapter("C", "Second", {"B": [""]}), 3.0, 3.0, tuple(later)),
    )
    marks = tuple((track.chapter.title, track.begin) for track in tracks)
    return Assembled(film, marks, SECONDS, True, (), tracks, FPS)


SCRIPT = Script("Two", "", "About.", ("A", "C"), {})


@pytest.fixture
def reader(tmp_path: Path) -> Voice:
    program = tmp_path / "reader.py"
    program.write_text(READER)
    return voice_of(f"{sys.executable} {program} {{text}} {{out}} {tmp_path / 'log.txt'}")


class Nobody(Executor):
    """Renders nothing, for there is nothing to render."""

    def __init__(self) -> None: ...


def voiced(done: Assembled, voice: Voice | None, takes: Path | None = None) -> Voiced:
    out = done.path.parents[1]
    speaker = Speaker(voice, out / ".work" / "voice") if voice else None
    return give_voice(
        Studio(out, Nobody(), workers=2), done, SCRIPT, speaker, Takes(takes) if takes else None
    )


def recorded(path: Path, seconds: float, before: float = 0.5) -> None:
    """A take: noise of a room, a breath, a tone for so long, and the room again."""
    rate, draw = 44100, np.random.default_rng(0)
    time = np.arange(round(seconds * rate)) / rate
    tone = 0.3 * np.sin(2 * np.pi * 300 * time)
    sound = np.concatenate([np.zeros(round(before * rate)), tone, np.zeros(rate // 2)])
    sound += 2e-4 * draw.standard_normal(len(sound))
    path.parent.mkdir(exist_ok=True)
    with av.open(path, "w") as made:
        stream = made.add_stream("pcm_s16le", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(
            (32767 * sound).astype(np.int16)[None], format="s16", layout="mono"
        )
        frame.sample_rate = rate
        made.mux(stream.encode(frame))
        made.mux(stream.encode())


def sound_of(film: Path) -> np.ndarray:
    with av.open(film) as made:
        return np.concatenate([frame.to_ndarray()[0] for frame in made.decode(audio=0)])


def lengths(film: Path) -> list[float]:
    with av.open(film) as made:
        streams = (made.streams.video[0], made.streams.audio[0])
        return [float(one.duration * one.time_base) for one in streams]


def spoken_at(sound: np.ndarray, gap: float = 0.3) -> list[tuple[float, float]]:
    """From when to when somebody speaks, in seconds."""
    loud = np.flatnonzero(np.abs(sound) > 0.02) / 48_000
    parts = np.split(loud, np.flatnonzero(np.diff(loud) > gap) + 1)
    return [(float(part[0]), float(part[-1])) for part in parts]


def captions(film: Path) -> list[tuple[float, float, str]]:
    def seconds(stamp: str) -> float:
        hours, minutes, rest = stamp.split(":")
        return 3600 * int(hours) + 60 * int(minutes) + float(rest)

    blocks = (film.parent / "film.voiced.en.vtt").read_text("utf-8").strip().split("\n\n")[1:]
    found = []
    for block in blocks:
        times, *text = block.splitlines()
        begin, _, end = times.partition(" --> ")
        found.append((seconds(begin), seconds(end), " ".join(text)))
    return found


def measured(film: Path) -> tuple[float, float]:
    """Integrated loudness and true peak by FFmpeg's own meter (EBU R128), in LUFS and dBTP."""
    graph = av.filter.Graph()
    told: dict[str, str] = {}
    with av.open(film) as made:
        graph.link_nodes(
            graph.add_abuffer(template=made.streams.audio[0]),
            graph.add("ebur128", "peak=true:metadata=1"),
            graph.add("abuffersink"),
        ).configure()
        for frame in (*made.decode(audio=0), None):
            graph.push(frame)
            with suppress(av.BlockingIOError, av.EOFError):
                while True:
                    told |= graph.pull().metadata
    return float(told["lavfi.r128.I"]), 20 * np.log10(float(told["lavfi.r128.true_peak"]))


def test_the_picture_does_not_depend_on_the_voice(
    done: Assembled, reader: Voice, tmp_path: Path
) -> None:
    for number, (_, begin) in enumerate(LINES, 1):
        recorded(tmp_path / "takes" / f"A.b.{number}.wav", 1.0, before=begin)
    for made in (voiced(done, reader), voiced(done, None, tmp_path / "takes")):
        assert frames(made.path) == frames(done.path)
        assert (made.stretched, made.silent) == ({}, ())
        picture, sound = lengths(made.path)
        assert picture == SECONDS and sound == pytest.approx(SECONDS, abs=0.02)
        assert [begin for begin, _ in spoken_at(sound_of(made.path))] == pytest.approx(
            [begin for _, begin in LINES], abs=0.02
        )


def test_what_was_said_is_kept_and_sounds_the_same(
    done: Assembled, reader: Voice, tmp_path: Path
) -> None:
    first = sound_of(voiced(done, reader).path)
    said = (tmp_path / "log.txt").read_text().splitlines()
    assert sorted(said) == sorted(text for text, _ in LINES)
    voiced(done, reader).path.unlink()
    assert np.array_equal(sound_of(voiced(done, reader).path), first)
    assert (tmp_path / "log.txt").read_text().splitlines() == said, "nothing is said twice"
    for kept in (done.path.parents[1] / ".work" / "voice").iterdir():
        kept.unlink()
    done.path.with_name("film.voiced.mp4").unlink()
    assert np.array_equal(sound_of(voiced(done, reader).path), first)
    assert len((tmp_path / "log.txt").read_text().splitlines()) == 2 * len(said)


def test_a_voice_that_fails_loses_nothing(done: Assembled, reader: Voice, tmp_path: Path) -> None:
    program = tmp_path / "reader.py"
    program.write_text(READER.replace("sound = []", "assert 'Six' not in text\nsound = []"))
    with pytest.raises(RuntimeError, match=r"did not say 'Six\. Seven\.': AssertionError"):
        voiced(done, reader)
    assert not done.path.with_name("film.voiced.mp4").exists()
    assert len(list((done.path.parents[1] / ".work" / "voice").iterdir())) == 2


def test_a_line_too_long_holds_its_picture(done: Assembled, reader: Voice, tmp_path: Path) -> None:
    recorded(tmp_path / "takes" / "A.b.1.take-01.wav", 2.5)
    recorded(tmp_path / "takes" / "A.b.3.wav", 2.25)
    made = voiced(done, reader, tmp_path / "takes")
    held = {"A.b.1": pytest.approx(0.6, abs=0.06), "A.b.3": pytest.approx(0.35, abs=0.06)}
    assert made.stretched == held and made.silent == ()
    extra = [round(FPS * seconds) for seconds in made.stretched.values()]
    shown, whole = frames(made.path), frames(done.path)
    assert len(shown) == len(whole) + sum(extra)
    at = max(key for key in keys(done.path) if key <= FPS * LINES[1][1])
    assert shown[:at] == whole[:at]
    assert shown[at + extra[0] : -extra[1]] == whole[at:]
    with av.open(made.path) as film:
        pixels = [frame.to_ndarray().astype(int) for frame in film.decode(video=0)]
    for still in (pixels[at - 1 : at + extra[0]], pixels[-extra[1] - 1 :]):
        assert max(np.abs(other - still[0]).mean() for other in still) < 2
    begins = [start for _, start in LINES]
    moved = [begins[0], *(begin + extra[0] / FPS for begin in begins[1:])]
    heard = spoken_at(sound_of(made.path), gap=0.09)
    assert [min(abs(begin - at) for begin, _ in heard) < 0.02 for at in moved] == [True] * 3
    picture, sound = lengths(made.path)
    assert sound == pytest.approx(picture, abs=0.02)
    with av.open(made.path) as opened:
        marks = [mark["start"] / 1000 for mark in opened.chapters()]
        assert opened.metadata["title"] == "Two"
    assert marks == [0.0, pytest.approx(3.0 + extra[0] / FPS, abs=1e-3)]
    assert "0:03 Second" in (made.path.parent / "film.voiced.description.md").read_text("utf-8")


def test_captions_come_with_their_words(done: Assembled, reader: Voice) -> None:
    made = voiced(done, reader)
    heard = spoken_at(sound_of(made.path))
    for (begin, end, _), (first, last) in zip(captions(made.path), heard, strict=True):
        assert begin == pytest.approx(first, abs=0.1)
        assert end >= last - 0.1
    assert [text for *_, text in captions(made.path)] == [text for text, _ in LINES]


def test_loudness_and_peaks_are_those_of_speech_on_the_web(done: Assembled, reader: Voice) -> None:
    loudness, peak = measured(voiced(done, reader).path)
    assert loudness == pytest.approx(-16, abs=0.5)
    assert peak < -1


def test_lines_that_nobody_speaks_are_named(done: Assembled, tmp_path: Path) -> None:
    takes = Takes(tmp_path / "takes")
    recorded(tmp_path / "takes" / "A.b.2.take-01.wav", 0.5)
    takes.note(takes.of("A.b.2"), "Four other words.")
    made = voiced(done, None, tmp_path / "takes")
    assert made.silent == ("A.b.1", "A.b.3")
    assert made.other_words == ("A.b.2",)
    (tmp_path / "takes" / "A.b.1.wav").write_bytes(b"RIFF")
    with pytest.raises(ValueError, match=r"A\.b\.1\.wav is no sound .* save it as WAV"):
        voiced(done, None, tmp_path / "takes")
