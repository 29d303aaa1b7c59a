"""Sentences in plain words, against what Typst shows of them."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stage.text.language import language_of, speaking
from stage.text.source import literal
from studio.words.wording import aloud, plain
from tests.studio.words import letters, on_paper

WRITTEN = [
    ("first #w2 is learned, then #w1.", "first w₂ is learned, then w₁."),
    ("*bold* and _slanted_, snake_case_name", "bold and slanted, snake_case_name"),
    ("{x : x > 0} or {0, 1}", "{x : x > 0} or {0, 1}"),
    (r"\{0\} a <= b < c & d", "{0} a <= b < c & d"),
    ("café, #emph[naïve] -- so~far...", "café, naïve – so far…"),
    ('#text(red)[red] words, it\'s "so"', 'red words, it\'s "so"'),
    ("2#super[nd], x#sub[3], 10#super[6]", "2nd, x₃, 10⁶"),
    ("the field of $e^u$, $e^(-t)$", "the field of e^u, e^(−t)"),
    ("$w_1 slash w_2 -> infinity$", "w₁ / w₂ → ∞"),
    ("$w_i^(2 - 2 slash N)$, $x_12^10$", "w_i^(2 − 2 / N), x₁₂¹⁰"),
    ("a low $norm(w)_infinity$, or $norm(w)_1$", "a low ‖w‖∞, or ‖w‖₁"),
    ("$J J^top$, not $J^top J$; label $-c$", "J Jᵀ, not Jᵀ J; label −c"),
    ("$a<=b<c$, $x!=-1$, $(-1,2)$", "a ≤ b < c, x ≠ −1, (−1, 2)"),
    ("$x in RR$, $RR^n$, $ZZ$", "x ∈ ℝ, ℝ^n, ℤ"),
    ("$1/2$, $-1/(2N)$, $(a+b)/c$, $a/(b c)$", "1/2, −1/(2N), (a + b)/c, a/(b c)"),
    ("$sqrt(2)$, $sqrt(x^2-1)/3$, $root(3, x)$", "√2, √(x² − 1)/3, ³√x"),
    ("$root(n, x+1)$, $u^(1/N)$", "(x + 1)^(1/n), u^(1/N)"),
    ("$hat(x)$, $dot(w)$, $arrow(v)$, $hat(a b)$", "x̂, ẇ, v⃗, hat(a b)"),
    ("$x'$, $w^*$, $x^(-1)$, $(a+b)^2$", "x′, w*, x⁻¹, (a + b)²"),
    ("$sum_(i=1)^n x_i$", "∑_(i = 1)^n x_i"),
    ("$lim_(t -> 0) f(t)$, $log x$", "lim_(t → 0) f(t), log x"),
    ("$vec(1, 2)$, $mat(1, 2; 3, 4)$", "(1, 2), (1, 2; 3, 4)"),
    ('$cases(1 &"if" x > 0, 0)$', "{1 if x > 0; 0}"),
    ('$underbrace(a+b, "sum")$, $abs(x)$', "a + b (sum), |x|"),
    ('$alpha -> beta$, $bold(x)$, $2.5 thin "kg"$', "α → β, x, 2.5 kg"),
]


@pytest.mark.parametrize(("marked", "written"), WRITTEN)
def test_a_sentence_is_written_as_readers_write_it(marked: str, written: str) -> None:
    assert unicodedata.normalize("NFC", plain(marked)) == unicodedata.normalize("NFC", written)


@pytest.mark.parametrize(
    "marked",
    # an accent above more than a letter is a name, and an index 1/n
    [marked for marked, _ in WRITTEN if not re.search(r"root\(n|hat\(a b", marked)],
)
def test_no_letter_of_a_sentence_is_lost_or_invented(marked: str) -> None:
    assert letters(plain(marked)) == letters(on_paper(marked))


@pytest.mark.parametrize(
    ("marked", "spoken"),
    [
        ("The least $norm(w)_1$ and $J^top$.", "The least one norm of w and J transposed."),
        (
            "a low $norm(w)_infinity$, with $w_1 -> -c^2$",
            "a low infinity norm of w, with w one to minus c squared",
        ),
        (
            "Let $w_i = u_i^N$, or $u^(1/N)$.",
            "Let w i equals u i to the N, or u to the 1 over N.",
        ),
        (
            "uᴺ and w₁, $dot(w)$, $N -> infinity$",
            "u to the N and w one, w dot, N to infinity",
        ),
        ("$(w_1, w_2)$ (and so on)", "(w one, w two) (and so on)"),
        ("{x : x > 0} or {0, 1}", "the set of x such that x greater than 0 or the set 0, 1"),
        ("$x <= 1/2 + sqrt(2)$", "x at most 1 over 2 plus the square root of 2"),
        ("$(a+b)/(c+d)$.", "a plus b, all over the quantity c plus d."),
        ("$x in RR$, $x^10$, $alpha$", "x in the real numbers, x to the 10, alpha"),
        ("$sum_(i=1)^n x_i$", "the sum from i equals 1 to n of x i"),
        ("$lim_(t -> 0) f$", "the limit as t to 0 of f"),
        ("$hat(x) = lambda$, $w^*$", "x hat equals lambda, w star"),
        ("a <= b & c", "a at most b and c"),
    ],
)
def test_signs_are_words(marked: str, spoken: str) -> None:
    assert aloud(marked) == spoken
    assert not re.search(r"[^\w\s,;.:()]", aloud(marked))


@pytest.mark.parametrize(
    ("marked", "spoken"),
    [
        ("Die kleinste $norm(w)_1$, $J^top$.", "Die kleinste eins-Norm von w, J transponiert."),
        ("Sei $w_i = u_i^N$ oder $u^(1/N)$.", "Sei w i gleich u i hoch N oder u hoch 1 durch N."),
        ("$dot(w)$, $N -> infinity$, $x^2$", "w Punkt, N gegen unendlich, x Quadrat"),
        ("{x : x > 0}, {0, 1}", "die Menge der x mit x größer als 0, die Menge 0, 1"),
        ("$x <= sqrt(2)$, 0,84", "x höchstens die Wurzel aus 2, 0,84"),
        ("$(a+b)/(c+d)$.", "a plus b, das Ganze durch den Ausdruck c plus d."),
        ("$x in RR$, $x^10$, $y^(-1)$", "x aus den reellen Zahlen, x hoch 10, y hoch minus eins"),
        ("$sum_(i=1)^n x_i$, $ell_2$", "die Summe von i gleich 1 bis n über x i, ell zwei"),
        ("$lim_(t -> 0) f$ für #w1", "der Grenzwert für t gegen 0 von f für w eins"),
    ],
)
def test_signs_are_words_in_german(marked: str, spoken: str) -> None:
    with speaking(language_of("de")):
        assert aloud(marked) == spoken
        assert not re.search(r"[^\w\s,;.:()-]", aloud(marked))


def test_a_sign_without_a_word_in_a_language_is_named() -> None:
    with (
        speaking(language_of("de")),
        pytest.raises(ValueError, match=r"'\$a plus.o b\$' .* in Deutsch there are no words"),
    ):
        aloud("$a plus.o b$")


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("#strike[not so]", "'strike'"),
        ("$cancel(x) + 1$", "'cancel'"),
        ("see#footnote[below]", "'footnote'"),
        ("- a list", "'item'"),
        ("$1 + nothing_here$", "unknown variable"),
    ],
)
def test_what_cannot_be_said_plainly_is_named(sentence: str, why: str) -> None:
    for worded in (plain, aloud):
        with pytest.raises(ValueError, match=re.escape(f"{sentence!r} cannot")) as caught:
            worded(sentence)
        assert why in str(caught.value)


@settings(max_examples=60)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=12))
def test_a_plain_text_stays_as_it_is(text: str) -> None:
    assert plain(literal(text)) == text
