"""Text on stage is what Manim makes of Typst's drawing, glyph by glyph."""

from copy import deepcopy
from itertools import pairwise

import numpy as np
import pytest
from manim import UP, MathTypst, Mobject, Typst, tempconfig

from stage.text.glyphs import Mathematics, Prose
from stage.text.source import PREAMBLE
from stage.text.writing import Letter, equation, typeset, words
from stage.theme import DARK, font_size


@pytest.fixture(autouse=True)
def full(tmp_path):
    """Manim's strokes go by the pixels of the film, and ours by 1080 lines."""
    settings = {"pixel_width": 1920, "pixel_height": 1080, "media_dir": str(tmp_path)}
    with tempconfig(settings | {"verbosity": "ERROR"}):
        yield


@pytest.mark.parametrize(
    ("kind", "source", "labels"),
    [
        (Prose, "Où le *flot naïf* s’arrête, _çà_ #text(0.7em)[et] là: #w1, #w2", "first second"),
        (Prose, "#rotate(30deg)[$1/2$ `turned`] #text(fill: rgb(9, 9, 9, 99))[faint]", ""),
        (Mathematics, "frac(a_1^2 + w1, sqrt(2 w2)) = root(3, x) inline(1/2)", "first second"),
        (Mathematics, "f = {{w_1: one}} x_1 + {{(w_1 - {{w_i^*: two}}): three}}", "one three two"),
    ],
)
def test_a_text_has_the_outlines_that_manim_has(kind, source, labels):
    made = typeset(kind, source, 48.0)
    manims = {Prose: Typst, Mathematics: MathTypst}[kind]
    whole = manims(source, font_size=font_size(48.0), typst_preamble=PREAMBLE)
    theirs = whole.family_members_with_points()
    assert len(made.glyphs) == len(theirs) > 10
    for mine, other in zip(made.some(range(len(theirs))), theirs, strict=True):
        assert mine.points.shape == other.points.shape
        assert np.abs(mine.points - other.points).max() < 1e-12
        assert mine.get_fill_opacity() == other.get_fill_opacity()
        assert mine.get_stroke_opacity() == other.get_stroke_opacity()
        assert mine.get_stroke_width() == pytest.approx(other.get_stroke_width())
    assert sorted(made.named) == labels.split()
    for label, numbers in made.named.items():
        parts = whole.select(label).family_members_with_points()
        assert [theirs[number] for number in numbers] == parts


def test_a_text_may_be_changed_and_set_again():
    first = words("again", DARK)
    before = [(g.points.copy(), g.fill_rgbas.copy()) for g in first]
    first.shift(UP).set_fill("#FF0000", 0.5)
    first[0].add_updater(lambda glyph: None)
    for glyph, (points, ink) in zip(words("again", DARK), before, strict=True):
        assert np.array_equal(glyph.points, points)
        assert np.array_equal(glyph.fill_rgbas, ink)
        assert not glyph.updaters


def test_a_picture_in_a_text_is_refused():
    svg = '<svg xmlns=\\"http://www.w3.org/2000/svg\\" width=\\"4\\" height=\\"4\\"></svg>'
    with pytest.raises(ValueError, match="image"):
        words(f'#image(bytes("{svg}"))', DARK)


@pytest.mark.parametrize("source", ["hat(r)", "dot(w)_1 -> infinity", "u^(1 slash 4)", "w^*"])
def test_no_back_stroke_covers_a_glyph(source):
    """The top of an r was gone under the back-stroke of its hat."""
    plain, label = equation(source, DARK), equation(source, DARK, halo=True)
    strokes = [glyph.get_stroke_width(background=True) for glyph in label]
    assert strokes[0] > 0
    assert not any(strokes[1:])  # the others are drawn after it
    for mine, other in zip(label[1:], plain, strict=True):
        assert np.array_equal(mine.points, other.points)
    assert len(label[0].points) == sum(len(glyph.points) for glyph in plain)


def lines(sentence, width):
    """Widths of the lines that a text is set in."""
    glyphs = words(sentence, DARK, width=width).family_members_with_points()
    glyphs.sort(key=lambda glyph: glyph.get_center()[1])
    rows = [glyphs[:1]]
    for lower, glyph in pairwise(glyphs):
        if glyph.get_center()[1] - lower.get_center()[1] > 0.15:
            rows.append([])
        rows[-1].append(glyph)
    ends = [[(g.get_left()[0], g.get_right()[0]) for g in row] for row in rows]
    return [max(right for _, right in row) - min(left for left, _ in row) for row in ends]


def test_no_word_is_left_alone_in_a_line():
    sentence = "Height is error. On the green floor there is none."
    (whole,) = lines(sentence, 14.0)
    first, second = lines(sentence, 0.95 * whole)
    assert 0.6 < first / second < 1.7


def test_a_letter_is_copied_as_manim_copies_it() -> None:
    letter = Letter(fill_opacity=0.5, stroke_width=3).set_points(np.arange(24.0).reshape(8, 3))
    letter.set_color(["#ff0000", "#00ff00"])
    letter.home = letter.points[::-1]  # what ours keep
    inner = Letter().set_points(np.ones((4, 3)))
    inner.outer = letter
    letter.add(inner).add_updater(lambda _: None).save_state()
    ours, manims = deepcopy(letter), Mobject.__deepcopy__(letter, {})
    assert vars(ours).keys() == vars(manims).keys()
    for name, value in vars(manims).items():
        own, first = vars(ours)[name], vars(letter).get(name)
        assert type(own) is type(value)
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(own, value)
            assert own.strides == value.strides
            assert not np.shares_memory(own, first)
        elif isinstance(value, list | Mobject):
            assert own is not first
        else:
            assert own == value
    (part,) = ours.submobjects
    assert type(part) is Letter
    assert part is not inner
    assert part.outer is ours
    assert ours.updaters == letter.updaters
    assert ours.saved_state is not letter.saved_state
    ours.set_fill(opacity=1).points[0] = 9.0
    assert letter.fill_rgbas[0, 3] == 0.5
    assert letter.points[0, 0] == 0.0
