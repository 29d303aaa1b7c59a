"""The sound of a lecturer's own clip: in its steps, cuts, and films, where it is in the clip."""

from __future__ import annotations

import json
import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from studio.film.cut import Cut, cut, soundtrack
from studio.film.encode import facts
from studio.film.sound import RATE, has_sound, sound_of, track_alone
from studio.job.clips import find_clips
from studio.job.request import RenderRequest, Size
from studio.job.tasks import joint_frames
from studio.kit.lecture import lecture_clip
from studio.kit.pack import pack
from studio.kit.talk import build
from studio.render.studio import Studio
from tests.studio.browsing import patient, until
from tests.studio.conftest import SMALL, Run
from tests.studio.live.pages import in_browser
from tests.studio.test_voiced import recorded
from tests.studio.workers import SharedPool

CLIPS = """
from manim import Dot, FadeIn
from stage import FlowScene


class Ringing(FlowScene):
    \"\"\"A dot, and a bell.\"\"\"

    def construct(self) -> None:
        self.next_section("One")
        self.add(Dot())
        self.let_flow(1)
        self.add_sound("bell.wav")
        self.let_flow(2)
        self.next_section("Two", stop="none")
        self.say("It rings on: $w_1 >= 1$.", seconds=2)
        self.add_sound("bell.wav")
        self.let_flow(2)
        self.next_section("Three")
        self.let_flow(2)


class Silent(FlowScene):
    \"\"\"A dot.\"\"\"

    def construct(self) -> None:
        self.add(Dot())
        self.let_flow(1)
"""
BELLS = [(1.0, 1.5), (5.0, 5.5)]
"""When it rings in the clip."""
NEAR = 0.03
"""Seconds by which Manim's encoder is late, which is less than a frame."""


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scenes")
    (folder / "ringing.py").write_text(CLIPS.lstrip(), "utf-8")
    time = np.arange(RATE // 2) / RATE
    tone = (12_000 * np.sin(2 * np.pi * 440 * time)).astype("<i2")
    with wave.open(str(folder / "bell.wav"), "wb") as bell:
        bell.setparams((1, 2, RATE, 0, "NONE", ""))
        bell.writeframes(tone.tobytes())
    return folder


@pytest.fixture(scope="module")
def ringing(scenes: Path) -> RenderRequest:
    return RenderRequest(find_clips(scenes)["Ringing"], Size(96, 64, 5))


@pytest.fixture(scope="module")
def out(ringing: RenderRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("reel")
    with SharedPool(2, made / "logs") as pool:
        (packed,) = pack(Studio(made, pool, workers=2, cores=2), [ringing], alpha=False)
    assert packed.failed == {}
    return made


def heard(film: Path) -> list[tuple[float, float]]:
    """From when to when something rings in a film."""
    seconds = facts(film).seconds
    sound = sound_of(film, Fraction(0), Fraction(seconds).limit_denominator(1000))
    assert sound.shape == (round(seconds * RATE), 2)
    loud = np.flatnonzero(np.abs(sound[:, 0]) > 0.02) / RATE
    parts = np.split(loud, np.flatnonzero(np.diff(loud) > 0.1) + 1)
    return [(float(part[0]), float(part[-1])) for part in parts if len(part)]


def rings(film: Path, *bells: tuple[float, float]) -> None:
    found = heard(film)
    assert len(found) == len(bells), found
    assert np.allclose(found, bells, atol=NEAR), found


def test_steps_ring_where_their_clip_does(out: Path, ringing: RenderRequest) -> None:
    folder = out / ringing.folder
    rings(folder / "clip.mp4", *BELLS)
    rings(folder / "clip.720p.mp4", *BELLS)
    for end in ("", ".720p"):
        rings(folder / f"steps/01-one{end}.mp4", (1.0, 1.5))
        rings(folder / f"steps/02-two{end}.mp4", (2.0, 2.5))
        rings(folder / f"steps/03-three{end}.mp4")
    assert facts(folder / "steps/01-one.mp4").frames == 15
    assert facts(folder / "steps/01-one.mp4").index_first


def test_a_cut_keeps_its_sound_to_the_sample(out: Path, ringing: RenderRequest) -> None:
    made = lecture_clip(out, ringing, "Two", "Three")
    rings(made, (2.0, 2.5))
    own = sound_of(out / ringing.folder / "clip.mp4", Fraction(3), Fraction(6))[:, 0]
    piece = sound_of(made, Fraction(0), Fraction(3))[:, 0]
    assert np.abs(own - piece).max() < 0.03, "it is encoded once more, neither early nor late"


def test_a_sound_that_is_cut_through_does_not_click(
    out: Path, ringing: RenderRequest, tmp_path: Path
) -> None:
    film = out / ringing.folder / "clip.mp4"
    cut([Cut(film, 0, 6)], tmp_path / "piece.mp4")  # at 1.2 s, in the middle of the bell
    sound = sound_of(film, Fraction(0), Fraction(6, 5))
    assert np.abs(sound[-480:-240]).max() > 0.2
    assert np.abs(sound[-3:]).max() < 0.01
    after = sound_of(film, Fraction(6, 5), Fraction(2))
    assert np.abs(after[:3]).max() < 0.01 and np.abs(after[240:480]).max() > 0.2
    rings(tmp_path / "piece.mp4", (1.0, 1.2))


def test_pieces_without_a_sound_are_silent_beside_others(
    out: Path, ringing: RenderRequest, tmp_path: Path
) -> None:
    folder = out / ringing.folder
    last = folder / "steps/01-one.mp4"
    assert soundtrack([Cut(folder / "clip.720p.mp4", 0, 5)]) is not None
    cut([Cut(last), Cut(folder / "steps/03-three.mp4"), Cut(last)], tmp_path / "both.mp4")
    rings(tmp_path / "both.mp4", (1.0, 1.5), (6.0, 6.5))


@pytest.fixture(scope="module")
def film(scenes: Path, out: Path, flowreel: Run) -> Path:
    asked = "Silent", "Ringing", "Silent", "--scenes", scenes, "--to", out, *SMALL, "--json"
    return Path(json.loads(flowreel("film", *asked).stdout)["film"])


BEGIN = 1 + joint_frames(5) / 5
"""Second of the film in which the second of three clips begins."""


def test_a_film_of_several_clips_rings_where_one_of_them_does(film: Path) -> None:
    rings(film, *((BEGIN + begin, BEGIN + end) for begin, end in BELLS))
    assert facts(film).index_first


def test_a_clip_that_no_script_knows_is_captioned_with_what_it_says(film: Path) -> None:
    stamp = f"00:00:{BEGIN + 3:06.3f}".replace(".", ",")
    captions = (film.parent / "captions.en.srt").read_text("utf-8")
    assert f"{stamp} --> " in captions
    for words in (captions, *((film.parent / f"{name}.md").read_text("utf-8") for name in BESIDE)):
        assert "It rings on: w₁ ≥ 1." in words


BESIDE = ("transcript", "notes")


def test_it_can_be_recorded_and_rings_beside_what_is_spoken(
    film: Path, scenes: Path, out: Path, flowreel: Run, tmp_path: Path
) -> None:
    asked = "Silent", "Ringing", "Silent", "--scenes", scenes, "--to", out
    told = json.loads(flowreel("record", *asked, "--list", "--json").stdout)
    assert [line["name"] for line in told] == ["Ringing.two.1"]
    assert "It rings on: w₁ ≥ 1." in flowreel("record", *asked, "--list").stdout
    recorded(tmp_path / "takes" / "Ringing.two.1.wav", 1.0)
    spoken = flowreel("film", *asked, *SMALL, "--takes", tmp_path / "takes", "--json")
    made = Path(json.loads(spoken.stdout)["voiced"])
    bells = [(BEGIN + begin, BEGIN + end) for begin, end in BELLS]
    rings(made, bells[0], (BEGIN + 3, BEGIN + 4), bells[1])


def test_what_is_silent_is_left_silent(film: Path) -> None:
    (silent,) = film.parents[1].glob("Silent-*/clip.mp4")
    assert not has_sound(silent)
    assert soundtrack([Cut(silent)]) is None


HEARD = "[sound.step, !sound.audio.paused, Math.abs(sound.audio.currentTime - here.seconds) < 0.3]"


@pytest.fixture(scope="module")
def deck(out: Path, ringing: RenderRequest) -> Path:
    return next(path for path in build(out, [ringing]) if path.suffix == ".html")


@in_browser
@pytest.mark.parametrize("query", ["", "?player=two"])
def test_the_deck_is_heard_with_its_pictures(browser: Browser, deck: Path, query: str) -> None:
    context = patient(browser, offline=True)
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(deck.as_uri() + query)
    until(page, "here.step === 0 && here.seconds > 0.5")
    page.keyboard.press("r")  # before a key nothing is heard
    until(page, f"here.seconds > 1 && String({HEARD}) === '0,true,true'")
    page.keyboard.press("p")
    until(page, "sound.audio.paused")
    page.keyboard.press("p")
    until(page, "!sound.audio.paused")
    page.keyboard.press("m")
    assert page.evaluate("sound.audio.paused")
    page.keyboard.press("m")
    page.keyboard.press("End")
    until(page, "here.step === 2 && sound.audio.paused")
    page.evaluate("to(1)")
    until(page, f"here.seconds > 1 && String({HEARD}) === '1,true,true'")
    page.evaluate("sound.follow({ step: 1, part: 'hold', seconds: 0 })")  # one jumps to its hold
    assert page.evaluate("sound.audio.paused")
    context.close()
    assert wrong == []


@in_browser
def test_a_browser_plays_the_sound_of_a_step(browser: Browser, deck: Path, out: Path) -> None:
    page: Page = browser.new_page()
    page.goto(deck.as_uri())
    (film,) = out.glob("Ringing-*/steps/01-one.720p.mp4")
    assert len(track_alone(film)) < film.stat().st_size
    page.evaluate("() => sound.load(0)")
    until(page, "sound.audio.duration > 0")
    assert page.evaluate("sound.audio.duration") == pytest.approx(3.0, abs=0.05)
    page.close()
