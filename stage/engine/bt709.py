"""Films in BT.709 that say so: how they are tagged, read and laid out, wherever one is made."""

from __future__ import annotations

from typing import Final

import av
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

INDEX_FIRST: Final = {"movflags": "+faststart+write_colr"}
"""Options of an MP4 or MOV that plays while it is loading, and says its colours."""

TO_RGB: Final = {
    "src_colorspace": Colorspace.ITU709,
    "src_color_range": ColorRange.MPEG,
    "dst_color_range": ColorRange.JPEG,
}
"""How a frame of such a film becomes RGB with all of its levels, for a reformatter."""


def tag_codec(codec: av.VideoCodecContext) -> None:
    """Say of what is encoded that it is BT.709 in limited range."""
    codec.colorspace, codec.color_range = Colorspace.ITU709, ColorRange.MPEG
    codec.color_primaries, codec.color_trc = ColorPrimaries.BT709, ColorTrc.BT709


def tag_frame(frame: av.VideoFrame) -> None:
    """Say of a converted frame that its primaries and its transfer are those of BT.709."""
    frame.color_primaries, frame.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
