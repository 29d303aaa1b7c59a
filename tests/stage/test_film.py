"""What leaves the stage: true colours, an index in front, and alpha."""

from __future__ import annotations

import shutil
import warnings
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from manim import Square, tempconfig
from manim._config.video_encoder import to_av_frame_rate
from manim.utils.color import ManimColor
from PIL import Image, ImageSequence

import stage.film.writer
from stage import FlowScene
from stage.film import writer as module
from stage.film.convert.alpha import straight
from stage.film.gif import timing
from stage.film.writer import FilmWriter
from tests.stage.filmed import (
    COLOURS,
    ORANGE,
    Bands,
    Glass,
    Spoken,
    atoms,
    hidden,
    pictures,
    render,
    rgba,
    speak,
    visible,
)

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def bands(tmp_path_factory: pytest.TempPathFactory) -> FilmWriter:
    return render(Bands, tmp_path_factory.mktemp("bands"), save_sections=True)


def assert_true_colours(frame: av.VideoFrame) -> None:
    decoded = rgba(frame)
    middles = (np.arange(6) + 0.5) / 6 * frame.width
    for colour, middle in zip(COLOURS, middles.astype(int), strict=True):
        # the whole of a band, away from its edges, where chroma is shared with a neighbour
        band = decoded[20 : frame.height // 2, middle - 15 : middle + 15, :3]
        assert np.abs(band - ManimColor(colour).to_int_rgb()).max() <= 2, colour


def test_colours_come_back_by_the_bt709_matrix(bands):
    frames = pictures(bands.final_file_path)
    assert len(frames) == 25 + 7 + 5
    for frame in (frames[0], frames[13], frames[-1]):
        assert_true_colours(frame)


@pytest.mark.parametrize(
    "settings",
    [{}, {"format": "mov", "transparent": True}, {"format": "webm", "transparent": True}],
)
def test_pictures_are_the_same_whoever_converts_them(tmp_path, monkeypatch, settings):
    """Whether a picture waits to be encoded, or not, is chance."""
    films = []
    for waiting in (-1, 1000):
        monkeypatch.setattr(module, "_WAITING", waiting)
        film = render(Bands, tmp_path / str(waiting), **settings)
        films.append([rgba(frame) for frame in pictures(film.final_file_path)])
    assert len(films[0]) == 37
    assert np.array_equal(*films)


def test_colours_do_not_depend_on_resolution(tmp_path):
    film = render(Bands, tmp_path, pixel_width=1280, pixel_height=720, frame_rate=2)
    assert_true_colours(pictures(film.final_file_path)[0])


def test_stream_and_container_say_what_was_done(bands):
    paths = [bands.final_file_path, *visible(bands.sections_output_dir, ".mp4")]
    assert len(paths) == 3
    for path in paths:
        with av.open(path) as film:
            codec = film.streams.video[0].codec_context
            assert (codec.name, codec.profile, codec.pix_fmt) == ("h264", "High", "yuv420p")
            assert [stream.type for stream in film.streams] == ["video"]
        frame = pictures(path, "h264")[0]
        tags = (frame.colorspace, frame.color_primaries, frame.color_trc, frame.color_range)
        assert tags == (1, 1, 1, 1)  # BT.709 three times, and limited range
        head = path.read_bytes()
        place = head.index(b"colrnclx") + 8
        assert head[place : place + 7] == bytes([0, 1, 0, 1, 0, 1, 0])


def test_index_stands_before_the_pictures(bands):
    for path in [bands.final_file_path, *visible(bands.sections_output_dir, ".mp4")]:
        kinds = atoms(path)
        assert kinds.index("moov") < kinds.index("mdat")


def test_frame_rate_is_constant_with_a_key_frame_every_second(bands):
    with av.open(bands.final_file_path) as film:
        stream = film.streams.video[0]
        packets = [packet for packet in film.demux(stream) if packet.dts is not None]
        times = sorted(float(packet.pts * stream.time_base) for packet in packets)
        keys = [float(packet.pts * stream.time_base) for packet in packets if packet.is_keyframe]
        assert stream.average_rate == stream.base_rate == 10
    np.testing.assert_allclose(times, np.arange(len(times)) / 10, atol=1e-6)
    assert keys[0] == 0
    assert max(b - a for a, b in pairwise([*keys, times[-1]])) <= 1 + 1e-6
    assert len(keys) >= 5  # 0, 1, 2 s, and one at the head of each later segment


def test_crf_is_fine_unless_the_user_says_otherwise(bands, tmp_path):
    assert b"crf=17.0" in bands.final_file_path.read_bytes()
    # 23 is what Manim fills in itself: a user who asks for it must get it, and not our cache
    shutil.copytree(bands.partial_movie_directory.parents[3], tmp_path, dirs_exist_ok=True)
    asked = render(Bands, tmp_path, video_encoder_options={"crf": "23", "preset": "ultrafast"})
    said = asked.final_file_path.read_bytes()
    assert b"crf=23.0" in said and b"8x8dct=0" in said
    assert b"keyint=10 " in said


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"bframes": "0"}, "libx264 has no option bframes.*x264-params = bframes=0"),
        ({"crf": "fine", "g": "5"}, "libx264 cannot take crf = fine, g = 5: Invalid argument"),
    ],
)
def test_options_that_the_codec_does_not_take_are_told_before_rendering(tmp_path, options, told):
    with pytest.raises(ValueError, match=told):
        render(Bands, tmp_path, video_encoder_options=options)
    assert not list(tmp_path.rglob("*.mp4"))


def test_options_by_the_names_of_ffmpeg_and_of_x264_are_taken(tmp_path):
    asked = {"bf": "0", "x264-params": "rc-lookahead=7"}
    said = render(Bands, tmp_path, video_encoder_options=asked).final_file_path.read_bytes()
    assert b"bframes=0" in said and b"rc_lookahead=7" in said


def test_version_of_the_film_is_in_every_name(tmp_path, monkeypatch):
    before = render(Glass, tmp_path).partial_movie_files
    monkeypatch.setattr(stage.film.writer, "FILM_VERSION", stage.film.writer.FILM_VERSION + 1)
    assert not set(before) & set(render(Glass, tmp_path).partial_movie_files)


def assert_glass(frame: av.VideoFrame, tolerance: float) -> None:
    picture, (y, x) = rgba(frame), (frame.height // 2, frame.width // 2)
    solid, clear = picture[y - 20 : y + 20, x + 15 : x + 40], picture[:20, :20, 3]
    half = picture[y - 20 : y + 20, x - 40 : x - 15]
    assert np.abs(solid - (*ORANGE, 255)).max() <= tolerance
    assert np.abs(clear).max() <= tolerance
    # straight: as orange as the solid one, but for what 8 bits at half light had lost
    assert np.abs(half[..., :3] - ORANGE).max() <= tolerance + 2
    assert np.abs(half[..., 3] - 127.5).max() <= tolerance


def test_transparent_mov_is_prores_4444_with_straight_alpha(tmp_path):
    path = render(Glass, tmp_path, transparent=True).final_file_path
    with av.open(path) as film:
        codec = film.streams.video[0].codec_context
        assert (codec.name, codec.profile, codec.codec_tag) == ("prores", "4444", "ap4h")
    kinds, frames = atoms(path), pictures(path)
    assert path.suffix == ".mov" and kinds.index("moov") < kinds.index("mdat")
    assert b"apl0" in path.read_bytes() and b"colrnclc\0\1\0\1\0\1" in path.read_bytes()
    assert len(frames) == 7 and frames[0].format.name.startswith("yuva444p")
    for frame in frames:
        assert (frame.colorspace, frame.color_primaries, frame.color_trc) == (1, 1, 1)
        assert_glass(frame, 2)


def test_transparent_webm_is_vp9_with_straight_alpha(tmp_path):
    path = render(Glass, tmp_path, transparent=True, format="webm").final_file_path
    with av.open(path) as film:
        codec = film.streams.video[0].codec_context
        assert (codec.name, codec.colorspace, codec.color_range) == ("vp9", 1, 1)
        # without this a browser shows it on black
        assert film.streams.video[0].metadata["alpha_mode"] == "1"
    frames = pictures(path, "libvpx-vp9")
    assert len(frames) == 7
    for frame in frames:
        assert frame.format.name == "yuva420p"
        assert_glass(frame, 3)


def test_opaque_webm_keeps_the_colours(tmp_path):
    path = render(Bands, tmp_path, format="webm").final_file_path
    assert_true_colours(pictures(path, "libvpx-vp9")[0])


def test_gif_has_a_palette_of_its_own(tmp_path):
    path = render(Bands, tmp_path, format="gif").final_file_path
    with Image.open(path) as film:
        shots = [np.asarray(shot.convert("RGB")) for shot in ImageSequence.Iterator(film)]
    # equal frames may be joined by a reader; the end is still
    assert path.suffix == ".gif" and 32 <= len(shots) <= 37
    for colour, middle in zip(COLOURS, (np.arange(6) + 0.5) / 6 * 320, strict=True):
        pixel = shots[0][60, int(middle)].astype(int)
        assert np.abs(pixel - ManimColor(colour).to_int_rgb()).max() <= 4, colour
    assert hidden(tmp_path) == []


def test_transparent_gif_keeps_its_hole(tmp_path):
    path = render(Glass, tmp_path, transparent=True, format="gif").final_file_path
    with Image.open(path) as shot:
        picture = np.asarray(shot.convert("RGBA"))
    assert picture[5, 5, 3] == 0 and picture[90, 180, 3] == 255


@pytest.mark.parametrize("rate", [10, 23.976, 25, 50, 59.94, 60, 120])
def test_a_gif_keeps_time_in_every_browser(tmp_path, rate):
    made = render(Glass, tmp_path, format="gif", frame_rate=rate)
    frames = sum(len(pictures(path)) for path in made.partial_movie_files)
    with Image.open(made.final_file_path) as film:
        delays = [shot.info["duration"] for shot in ImageSequence.Iterator(film)]
    assert min(delays) >= 20
    assert abs(sum(delays) - 1000 * frames / float(made.video_encoder.frame_rate)) <= 10


@given(st.integers(1, 5000), st.sampled_from([15, 23.976, 25, 29.97, 50, 59.94, 60, 90, 144, 240]))
def test_a_gif_passes_frames_over_evenly(frames, rate):
    rate = to_av_frame_rate(rate)
    shown, times = timing(frames, rate)
    assert set(np.diff(shown)) <= {shown.step} and frames - 2 * shown.step < shown[-1] < frames
    assert min(np.diff(times)) >= 2
    assert all(
        abs(t - 100 * k / rate) <= Fraction(1, 2) for t, k in zip(times, shown, strict=False)
    )
    assert abs(times[-1] - 100 * frames / rate) <= Fraction(1, 2) or frames < shown.step


@pytest.mark.parametrize("kind", ["png", "png-sequence"])
def test_stills_are_straight(tmp_path, kind):
    path = render(Glass, tmp_path, transparent=True, format=kind).final_file_path
    path = path if path.is_file() else sorted(path.glob("*.png"))[0]
    with Image.open(path) as shot:
        pixel = np.asarray(shot)[90, 140].astype(int)
    assert np.abs(pixel - (*ORANGE, 128)).max() <= 3


def test_straight_undoes_what_cairo_did():
    alpha = np.arange(256)
    colours = np.random.default_rng(3).integers(0, 256, (256, 3))
    dimmed = np.round(colours * alpha[:, None] / 255)
    pixels = np.column_stack([dimmed, alpha]).astype(np.uint8)[None]
    found = straight(pixels.copy())[0].astype(int)
    reach = 255 / np.maximum(alpha, 1)[:, None] / 2 + 0.5  # half a step of the dimmed value
    assert (np.abs(found[1:, :3] - colours[1:]) <= reach[1:]).all()
    np.testing.assert_array_equal(found[:, 3], alpha)
    np.testing.assert_array_equal(found[0, :3], 0)


@pytest.mark.parametrize("format", ["mov", "webm"])
def test_a_film_with_sound_says_that_it_has_alpha(tmp_path, format):
    speak(tmp_path / "tone.wav")
    settings = {"assets_dir": str(tmp_path), "transparent": True, "format": format}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # as below
        path = render(Spoken, tmp_path, frame_rate=5, **settings).final_file_path
    with av.open(path) as opened:
        assert [stream.type for stream in opened.streams] == ["video", "audio"]
        video = opened.streams.video[0]
        told = video.codec_context.codec_tag, video.metadata.get("alpha_mode")
    assert told == {"mov": ("ap4h", None), "webm": ("\0\0\0\0", "1")}[format]
    last = pictures(path, "libvpx-vp9" if format == "webm" else None)[-1]
    assert rgba(last)[0, 0, 3] == 0


def test_sound_rides_along_and_leaves_nothing_behind(tmp_path):
    speak(tmp_path / "tone.wav")
    with warnings.catch_warnings():
        # Manim's reader of sound leaves files for the collector to close
        warnings.simplefilter("ignore", ResourceWarning)
        path = render(Spoken, tmp_path, assets_dir=str(tmp_path), frame_rate=5).final_file_path
    with av.open(path) as opened:
        assert [s.codec_context.name for s in opened.streams] == ["h264", "aac"]
        loud = [np.abs(f.to_ndarray()).max() for f in opened.decode(opened.streams.audio[0])]
    assert max(loud) > 0.2
    assert atoms(path).index("moov") < atoms(path).index("mdat")
    with av.open(path) as opened:
        packets = sorted((p for p in opened.demux() if p.dts is not None), key=lambda p: p.pos)
        # both streams move through the file together, as a player that streams needs
        first_sound = next(i for i, p in enumerate(packets) if p.stream.type == "audio")
        ahead = [p for p in packets[:first_sound] if p.stream.type == "video"]
    assert len(ahead) <= 10
    assert hidden(tmp_path) == []
    assert [p.name for p in path.parent.iterdir() if p.is_file()] == [path.name]


class Odd(FlowScene):
    """Plays that last no whole number of milliseconds."""

    def construct(self) -> None:
        self.add(Square())
        for frames in (7, 1, 11, 5, 2):
            self.let_flow(frames / 15)


@pytest.mark.parametrize("format", ["mp4", "mov", "webm"])
def test_a_frame_is_as_long_as_any_other(tmp_path: Path, format: str) -> None:
    small = {"pixel_width": 64, "pixel_height": 36, "frame_rate": 15, "media_dir": str(tmp_path)}
    with tempconfig({**small, "format": format, "progress_bar": "none", "verbosity": "ERROR"}):
        Odd().render()
    (film,) = tmp_path.rglob(f"Odd.{format}")
    with av.open(film) as container:
        (video,) = container.streams.video
        times = sorted(p.pts * p.time_base for p in container.demux(video) if p.pts is not None)
    assert len(times) == 26
    off = [abs(time - times[0] - Fraction(k, 15)) for k, time in enumerate(times)]
    assert max(off) <= (Fraction(1, 1000) if format == "webm" else 0), "WebM counts milliseconds"
