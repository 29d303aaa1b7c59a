"""Words in another language: looked up where they are shown, with its numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from stage import DARK, FlowScene, LiveNumber, equation, words
from stage.clock import Clock
from stage.engine.camera import StageCamera
from stage.knobs import settings
from stage.text import language
from stage.text.language import ENGLISH, gettext, language_of, languages, speaking, tag_of
from tests.scenes.clips import small

FRENCH = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "English"
msgstr "français"

msgid "eng"
msgstr "fra"

msgid "."
msgstr ","

msgid "One dot."
msgstr "Un point."

msgid "It is at {place}, for $x = {place}$."
msgstr "Il est à {place}, car $x = {place}$."

#, fuzzy
msgid "Perhaps."
msgstr "Peut-être."

msgctxt "spoken"
msgid "One dot."
msgstr "un point"
"""


@pytest.fixture(autouse=True)
def locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(language, "LOCALE", tmp_path)
    (tmp_path / "fr_CA.po").write_text(FRENCH, "utf-8")
    return tmp_path


def test_a_file_is_a_language() -> None:
    assert languages() == ("en", "fr-CA")
    french = language_of("fr_ca")
    assert (french.tag, french.name, french.code, french.decimal) == (
        "fr-CA", "français", "fra", ",",
    )  # fmt: skip
    assert language_of("") == language_of("en") == ENGLISH
    with speaking(french):
        assert gettext("One dot.") == "Un point."
        assert gettext("One dot.", "spoken") == "un point"
        assert gettext("Unknown.") == "Unknown."
        assert gettext("Perhaps.") == "Perhaps.", "what is not certain is not said"
    assert gettext("One dot.") == "One dot."


def test_what_is_changed_is_read_anew(locale: Path) -> None:
    assert language_of("fr-CA").gettext("One dot.") == "Un point."
    (locale / "fr_CA.po").write_text(FRENCH.replace("Un point.", "Point."), "utf-8")
    assert language_of("fr-CA").gettext("One dot.") == "Point."


def test_numbers_have_its_decimal_sign() -> None:
    french = language_of("fr-CA")
    told = french.gettext("It is at {place}, for $x = {place}$.", place="2.50")
    assert told == 'Il est à 2,50, car $x = "2,50"$.'
    assert [french.number(text) for text in ("0.5", "−1.25", "12,000", "u^2.5")] == [
        "0,5", "−1,25", "12000", "u^2.5",
    ]  # fmt: skip
    assert french.mathematics('"2.0" w_1 = 2.50 + 1/3.5') == '"2.0" w_1 = "2,50" + 1/"3,5"'
    assert french.mathematics("(3.04, 5.98)") == '("3,04"\\; "5,98")'
    assert french.mathematics("f(0, 7.5) (7.5, 0)") == 'f(0\\; "7,5") ("7,5"\\; 0)'
    assert french.mathematics("N = 1, 2") == "N = 1, 2"
    assert ENGLISH.mathematics("x = 2.5") == "x = 2.5"


def test_mathematics_with_a_comma_is_as_wide_as_with_a_point() -> None:
    english = equation("x = 2.5", DARK)
    with speaking(language_of("fr-CA")):
        french = equation("x = 2.5", DARK)
        number = LiveNumber(lambda time: "2.5", Clock(0.0), DARK, after=french)
    assert len(french) == len(english)
    assert french.width == pytest.approx(english.width, abs=0.02)
    assert not any((french[-2].points[:, 1] > french[2].get_center()[1]).tolist()), "a comma"
    assert number.width > 0


class Told(FlowScene):
    language = "fr-CA"
    heard = ""

    def construct(self) -> None:
        self.next_section("One dot.")
        self.say("One dot.", seconds=1.0)
        self.heard = gettext("One dot.")
        self.mine = self.prose(0.0, "My own words.")


def filmed(kind: type[FlowScene], folder: Path, monkeypatch: pytest.MonkeyPatch) -> FlowScene:
    monkeypatch.setattr(StageCamera, "capture_mobjects", lambda *_, **__: None)
    with small(folder, fps=1, format="png"):
        scene = kind(skip_animations=True)
        scene.render()
    return scene


def test_a_scene_says_its_words_in_its_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = filmed(Told, tmp_path, monkeypatch)
    assert scene.heard == "Un point."
    assert scene.renderer.file_writer.sections[-1].name == "Un point."
    assert scene.caption.width == pytest.approx(words("Un point.", DARK).width, rel=1e-6)
    assert scene.mine.width == pytest.approx(words("My own words.", DARK).width, rel=1e-6)
    assert gettext("One dot.") == "One dot.", "and then it is as it was"
    monkeypatch.setenv("FLOWREEL_LANGUAGE", "en")
    assert filmed(Told, tmp_path, monkeypatch).heard == "One dot."
    monkeypatch.setenv("FLOWREEL_LANGUAGE", "no")
    silent = filmed(Told, tmp_path, monkeypatch)
    assert silent.caption is None and len(silent.mine) == 0


@pytest.mark.parametrize(
    ("text", "tag"), [("yes", "en"), ("EN", "en"), ("no", ""), ("FR-ca", "fr-CA")]
)
def test_a_setting_names_a_language(text: str, tag: str) -> None:
    assert tag_of(text) == tag


def test_a_language_that_there_is_not_is_told_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"no language 'nb'; there are: en, fr-CA\."):
        tag_of("nb")
    with pytest.raises(ValueError, match=r"there are: en, fr-CA"):
        type("Mine", (Told,), {"language": "xx"})()
    with pytest.raises(ValueError, match=r"language cannot be 'xx'.*; write it as en, "):
        settings({"FLOWREEL_LANGUAGE": "xx"})


@pytest.mark.parametrize(
    ("change", "message"),
    [(('"fra"', '"fr"'), "ISO 639-2"), (('msgid "One', 'msgit "One'), "no catalogue of gettext")],
)
def test_a_catalogue_that_is_wrong_is_named(
    change: tuple[str, str], message: str, locale: Path
) -> None:
    (locale / "fr_CA.po").write_text(FRENCH.replace(*change), "utf-8")
    with pytest.raises(ValueError, match=message) as told:
        language_of("fr-CA")
    assert "fr_CA.po" in str(told.value)
