"""A page in another language: its words go along, and its numbers have their sign."""

from __future__ import annotations

import json
import re

from fields import Deep, PointLoss
from stage.text.language import language_of, speaking
from studio.live.page import library, page, spec
from studio.live.show import Show

SHOW = Show("Depth 4", PointLoss((3.0, 6.0)), Deep(4))


def constant(script: str, name: str) -> object:
    (value,) = re.findall(rf"^const {name} = (.*);$", script, re.MULTILINE)
    return json.loads(value)


def test_words_and_numbers_go_along() -> None:
    with speaking(language_of("de")):
        made, script, told = page(SHOW), library(SHOW), spec(SHOW)
    assert '<html lang="de">' in made and "<h1>Tiefe 4</h1>" in made
    assert "Diese Seite braucht JavaScript" in made
    words = constant(script, "WORDS")
    assert words["lands at"] == "landet bei"
    assert set(re.findall(r'\bsay\("([^"]+)"', script)) - set(words) <= {"Start", "Theme"}
    assert constant(script, "DECIMAL") == ","
    assert told["titles"]["own"] == "Ihre eigene"


def test_in_english_nothing_goes_along() -> None:
    assert '<html lang="en">' in page(SHOW)
    assert constant(library(SHOW), "WORDS") == {}
