"""How films are encoded: our choice of codecs and options, under the user's."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import av
from manim import config
from manim._config.output import OutputFormat
from manim._config.video_encoder import VideoEncoderSpec

from stage.film.convert.frames import CLEAR, WEB

# Where streaks are a pixel wide, blocks of 8 × 8 in frames between are worth their search, those
# within pictures are not, and nothing fades as a whole: a tenth of the encoder's time, for 2 % of
# the bytes (`python -m benchmarks encoder`).
_FOR_STREAKS = {"partitions": "p8x8", "weightp": "0"}
_CODEC_OPTIONS = {
    # On streaks: less than half the time of medium, in files no larger. x264 cuts a picture into
    # as many slices as it has threads: were they left to the machine, so were the pictures.
    # Frames last equally long: told so, it keeps one less in memory, to the same bytes.
    "libx264": {"preset": "veryfast", "crf": "17", "threads": "2"}
    | {"x264-params": "force-cfr=1"}
    | _FOR_STREAKS,
    # cpu-used 4 is several times faster than the default.
    "libvpx-vp9": {"auto-alt-ref": "0", "cpu-used": "4", "row-mt": "1"},
    # QuickTime opens only files that name Apple as the vendor. Left alone, the encoder spends
    # twice the bytes on streaks; a quantizer of 18 leaves no difference to be seen. Each picture
    # stands alone: several are encoded at a time, to the same bytes.
    "prores_ks": {
        "thread_type": "frame",
        "profile": "4444",
        "vendor": "apl0",
        "alpha_bits": "8",
        "flags": "+qscale",
        "global_quality": str(18 * 118),
    },
}

# VP9 with alpha must not reorder frames. With its tools for screens, streaks take less time
# than with those for films, at equal loss and in 1.01 to 1.05 of the bytes (`python -m benchmarks
# clear`).
VP9_WITH_ALPHA = {
    "crf": "29",
    "b": "0",
    "deadline": "realtime",
    "cpu-used": "8",
    "tune-content": "screen",
    "auto-alt-ref": "0",
    "row-mt": "1",
    "threads": "4",
}


def segment_spec(width: int, height: int, fps: int) -> VideoEncoderSpec:
    """How a segment of an MP4 is encoded, for one that is made of pictures and not by a scene."""
    spec = VideoEncoderSpec("mp4", "libx264", "yuv420p", width, height, Fraction(fps), ())
    return film_spec(spec, OutputFormat.MP4, draft=False)


def film_spec(spec: VideoEncoderSpec, output: OutputFormat, draft: bool) -> VideoEncoderSpec:
    """Our codec where the user left the choice, and our options under the user's."""
    left_open = config.video_codec == "auto" and config.pixel_format == "auto"
    if spec.codec == "qtrle" and left_open and output is OutputFormat.MOV:
        # qtrle opens in neither QuickTime nor Premiere; a GIF's segments may stay lossless
        spec = replace(spec, codec="prores_ks", pixel_format=CLEAR)
    is_web = spec.codec == "libvpx-vp9" and spec.pixel_format == WEB
    ours = dict(VP9_WITH_ALPHA if is_web else _CODEC_OPTIONS.get(spec.codec, {}))
    if draft and spec.codec == "libx264":
        ours = {k: v for k, v in ours.items() if k not in _FOR_STREAKS} | {"preset": "ultrafast"}
    if spec.codec in ("libx264", "libvpx-vp9"):
        ours["g"] = str(max(1, int(spec.frame_rate)))  # a key frame at least every second
    options = {**dict(spec.options), **ours, **config.video_encoder_options}
    return replace(spec, options=tuple(sorted(options.items())))


def check_shape(spec: VideoEncoderSpec) -> None:
    """Refuse, before anything is rendered, a size at which pixels cannot share their colour."""
    shared = any(
        component.width < spec.width or component.height < spec.height
        for component in av.VideoFormat(spec.pixel_format, spec.width, spec.height).components
    )
    if shared and (spec.width % 2 or spec.height % 2):
        raise ValueError(
            f"A video of {spec.width} × {spec.height} pixels cannot be {spec.pixel_format}: width "
            "and height must be even. Give another size with -r, such as -r 1920,1080."
        )


def check_options(spec: VideoEncoderSpec) -> None:
    """Refuse, before anything is rendered, options of the user's that the codec does not take.

    PyAV drops a name that the codec does not know without a word.
    """
    given = dict(config.video_encoder_options)
    if not given:
        return
    trial: Any = av.CodecContext.create(spec.codec, "w")
    trial.width, trial.height, trial.pix_fmt = spec.width, spec.height, spec.pixel_format
    trial.time_base, trial.options = 1 / spec.frame_rate, dict(spec.options)
    try:
        trial.open()
    except av.error.FFmpegError as error:
        raise ValueError(
            f"[video_encoder.options] in manim.cfg: {spec.codec} cannot take "
            f"{', '.join(f'{name} = {value}' for name, value in sorted(given.items()))}: "
            f"{error.strerror}. Change or remove what is wrong."
        ) from error
    if unknown := sorted(trial.options.keys() & given.keys()):
        hint = "; x264's own names go into one option, x264-params = bframes=0:rc-lookahead=20"
        raise ValueError(
            f"[video_encoder.options] in manim.cfg: {spec.codec} has no option "
            f"{', '.join(unknown)}. Give FFmpeg's names, as `ffmpeg -h encoder={spec.codec}` lists "
            f"them{hint if spec.codec == 'libx264' else ''}."
        )
