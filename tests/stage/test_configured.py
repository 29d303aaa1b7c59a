"""Manim's settings for a while: then all is what it was."""

from __future__ import annotations

import pytest
from manim import config

from stage.configured import configured


def test_settings_hold_for_a_while() -> None:
    before = dict(config)
    with configured({"pixel_width": 32, "frame_rate": 7, "format": "gif"}):
        assert (config.pixel_width, config.frame_rate, config.format) == (32, 7, "gif")
        config.background_color = "#777777"  # as a scene may do on its way
        with configured({"pixel_width": 16}):
            assert (config.pixel_width, config.frame_rate) == (16, 7)
        assert config.pixel_width == 32
    assert dict(config) == before


def test_also_where_something_fails() -> None:
    before = dict(config)
    with pytest.raises(ZeroDivisionError), configured({"verbosity": "ERROR", "dry_run": True}):
        raise ZeroDivisionError
    assert dict(config) == before


def test_also_what_is_changed_within_a_setting() -> None:
    before = {name: dict(value) for name, value in config.items() if isinstance(value, dict)}
    with configured({}):
        config.video_encoder_options["crf"] = "30"
    assert {name: config[name] for name in before} == before
