"""What other tools make of the text to copy: reveal.js, Marp, LaTeX, a notebook."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pypdfium2
import pyreveal
import pytest
from playwright.sync_api import Browser

from benchmarks.joints import HOLD, STEP, chromium, coded
from benchmarks.tools.talks import MissingToolError, beamer, reveal_of
from benchmarks.tools.walk import Stop, look, plays, wait, walk
from studio.film import encode
from studio.kit.snippets import markdown, snippets
from studio.snippets.latex import latex
from studio.snippets.parts import Part
from tests.studio.browsing import opened, serious

FILM = "document.querySelector('video')"
REVEAL = Path(str(pyreveal.__file__)).parent / "revealjs" / "dist"
LOOK = {"loops": False, "background": "#07090e"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the kit lies in."""
    folder = tmp_path_factory.mktemp("talk")
    (folder / "kit").mkdir()
    return folder


@pytest.fixture(scope="module")
def steps(talk: Path) -> list[Part]:
    """A step with a hold, two that one click goes through, and a still; their kit is ``kit``."""
    kit = talk / "kit"
    made = []
    for number, (hold, stops) in enumerate([(True, True), (False, False), (True, True), (0, True)]):
        own = [(2 * number, frame) for frame in range(STEP)]
        rest = [(2 * number + 1, frame) for frame in range(HOLD)]
        coded(kit / f"{number}.mp4", own + rest[:1])
        if hold:
            coded(kit / f"{number}.hold.mp4", rest)
        encode.last_picture(kit / f"{number}.mp4").convert("RGB").save(kit / f"{number}.jpg")
        made.append(
            Part(
                film=f"{number}.mp4",
                hold=f"{number}.hold.mp4" if hold else "",
                stops=stops,
                seconds=STEP / 15,
                first=f"{max(number - 1, 0)}.jpg",
                last=f"{number}.jpg",
                notes=(f"Say {number} -- w₁ → ∞, 50 %.",),
                alt=f'Bars "{number}".',
            )
        )
    return made


def told(steps: list[Part]) -> dict[str, str]:
    return snippets("kit", "Bars -- of a test.", parts=steps, **LOOK)


def reveal(name: str) -> str:
    """A file of reveal.js, from the package that carries it."""
    return (REVEAL / name).read_text(encoding="utf-8").replace("</script", r"<\/script")


WINDOW = {"viewport": {"width": 400, "height": 300}}


def test_a_click_in_reveal_is_a_step_and_its_hold_goes_round(
    browser: Browser, steps: list[Part], talk: Path
) -> None:
    page, wrong = opened(
        browser, reveal_of(told(steps)["reveal.js"], talk, REVEAL, "6").page, **WINDOW
    )
    page.wait_for_function("Reveal.isReady()")
    page.evaluate("Reveal.configure({ controls: false, progress: false })")
    kit = talk / "kit"
    (first,) = walk(page, [Stop(kit / "0.mp4", kit / "0.hold.mp4")])
    page.keyboard.press("ArrowRight")
    for film in ("1.mp4", "2.mp4", "2.hold.mp4"):
        plays(page, kit / film)
    second = look(page, kit / "2.hold.mp4")
    (third,) = walk(page, [Stop(kit / "3.mp4")])
    for seen in (first, second, third):
        assert seen.apart < 6, "the whole film, across the window"
        assert set(seen.edges) == {(7, 9, 14)}
    assert third.apart < 6 < look(page, kit / "0.hold.mp4").apart
    page.keyboard.press("ArrowLeft")
    plays(page, kit / "2.hold.mp4")  # where the talk waited
    page.keyboard.press("ArrowRight")
    plays(page, kit / "3.mp4")
    page.keyboard.press("ArrowRight")  # beyond it
    page.keyboard.press("ArrowLeft")
    plays(page, kit / "3.mp4")
    playing = "[...document.querySelectorAll('video')].filter((film) => !film.paused).length"
    page.wait_for_function(f"{playing} < 2")
    assert serious(wrong) == []


def test_notes_of_reveal_are_those_of_the_step(steps: list[Part]) -> None:
    text = told(steps)["reveal.js"]
    notes = re.findall(r'<aside class="notes">(.*?)</aside>', text)
    assert [re.findall(r"Say (\d)", note) for note in notes] == [["0"], ["1", "2"], ["3"]]
    assert 'aria-label="Bars &quot;0&quot;."' in text


MARP = shutil.which("marp")
needs_marp = pytest.mark.skipif(MARP is None, reason="npm install -g @marp-team/marp-cli")


@needs_marp
@pytest.mark.parametrize("flags", [[], ["--html"]])
def test_marp_goes_on_in_holds_where_it_may(
    browser: Browser, steps: list[Part], talk: Path, flags: list[str]
) -> None:
    source, page = talk / "talk.md", talk / "talk.html"
    source.write_text(f"# Before\n\n---\n\n{told(steps)['Marp']}\n", encoding="utf-8")
    command = [str(MARP), "--no-stdin", *flags, str(source), "-o", str(page)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert "Say 0 – w₁ → ∞, 50 %." in page.read_text("utf-8")
    seen, _ = opened(browser, page, viewport={"width": 640, "height": 360})
    seen.wait_for_selector("h1")
    kit = talk / "kit"
    films = [kit / part.film for part in steps]
    holds = [kit / part.hold if part.hold and flags else None for part in steps]
    walk(seen, [Stop(film, hold) for film, hold in zip(films, holds, strict=True)])
    seen.keyboard.press("ArrowLeft")
    if flags:
        plays(seen, films[2])  # anew
    else:
        wait(seen, "top?.name === '2.mp4' && top.ended")


def test_a_click_in_slidev_shows_one_step_and_hides_the_one_before(steps: list[Part]) -> None:
    text = told(steps)["Slidev"]
    found = re.findall(r"<SlidevVideo (v-click\S*(?: \d+\]\")?) .*?/kit/(\S+)\"", text, re.DOTALL)
    assert found == [
        ('v-click.hide="1"', "0.hold.mp4"),
        ('v-click.hide="1"', "0.mp4"),
        ('v-click="[1, 2]"', "2.hold.mp4"),
        ('v-click="[1, 2]"', "2.mp4"),
        ('v-click="[1, 2]"', "1.mp4"),
        ('v-click="2"', "3.mp4"),
    ], "what follows lies beneath"
    assert len(re.findall(r" autoplay ", text)) == 3
    notes = text.rpartition("<!--")[2]
    assert [notes.find(f"Say {number} –") for number in range(4)] == sorted(
        notes.find(f"Say {number} –") for number in range(4)
    )
    assert notes.count("[click]") == 2


@pytest.fixture(scope="module")
def papers(steps: list[Part], talk: Path) -> list[list[np.ndarray]]:
    """The pages that LaTeX makes, for a talk and as a handout."""
    text = told(steps)["Beamer"]
    try:
        made = [beamer(text, talk), beamer(text, talk, handout=True)]
    except MissingToolError as missing:
        pytest.skip(str(missing))
    found = []
    for paper in made:
        with pypdfium2.PdfDocument(paper) as pages:
            found.append(
                [np.asarray(page.render(scale=1).to_pil().convert("RGB")) for page in pages]
            )
    return found


def test_beamer_has_a_page_for_a_film_and_one_for_what_it_ends_with(
    papers: list[list[np.ndarray]], talk: Path
) -> None:
    plays, handout = papers
    assert len(plays) == 1 + 2 + 1 + 2 + 2, "from the second film on at once"
    assert len(handout) == 1 + 4
    for page in plays[1:] + handout[1:]:
        assert tuple(page[0, 0]) == tuple(page[-1, -1]) == (7, 9, 14)
        lit = np.flatnonzero(page.max(axis=(0, 2)) > 30)
        assert lit[0] <= 1, "edge to edge"
        assert lit[-1] >= page.shape[1] - 2
    data = (talk / "talk.pdf").read_bytes()
    with pypdfium2.PdfDocument(data) as paper:
        assert paper.get_page_size(1)[0] / paper.get_page_size(1)[1] == pytest.approx(16 / 9, 2e-3)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("50 % of {x} & y_1 # $2", r"50 \% of \{x\} \& y\_1 \# \$2"),
        ("w₁ⁿ", r"w\textsubscript{1}\textsuperscript{n}"),
        ("ẇ = −∇ℓ", r"\ensuremath{\dot w} = \ensuremath{-}\ensuremath{\nabla}\ensuremath{\ell}"),
        ("café – λ, Ω", r"café – \ensuremath{\lambda}, \ensuremath{\Omega}"),
        ("½, ℝ, ☃, Größe, вес", r"½, R, (snowman), Größe, вес"),
    ],
)
def test_latex_prints_every_character(text: str, written: str) -> None:
    assert latex(text) == written


def test_the_page_of_texts_keeps_each_in_one_block(steps: list[Part]) -> None:
    page = markdown(told(steps))
    blocks = re.findall(r"^(`{3,})\w+\n(.*?)\n\1$", page, re.DOTALL | re.MULTILINE)
    assert [text for _, text in blocks] == list(told(steps).values())


@pytest.fixture
def snippet(turning: Path) -> Callable[[str], str]:
    """What the kit gives to copy for a tool, of a page that lies beside the kit's folder."""
    look = {"loops": True, "background": "#07090e"}
    return snippets(turning.name, "A dot goes round -- & round.", **look).__getitem__


@contextmanager
def beside(kit: Path, text: str) -> Iterator[Path]:
    """A page beside a kit."""
    page = kit.parent / "page of a test.html"
    page.write_text(f"<!doctype html><meta charset=utf-8>{text}", encoding="utf-8")
    yield page
    page.unlink()


def test_a_copied_film_plays_again_when_its_slide_is_seen_again(
    browser: Browser, turning: Path, snippet: Callable[[str], str]
) -> None:
    film = snippet("HTML")
    plain = f"<style>{reveal('reveal.css')}</style><script>{reveal('reveal.js')}</script>"
    slides = "".join(f"<section>{inside}</section>" for inside in ("one", film, "three"))
    deck = f'{plain}<div class="reveal"><div class="slides">{slides}</div></div>'
    # A film that is left while it seeks is not started again: reveal.js waits for `loadeddata`.
    playing = f"!{FILM}.paused && !{FILM}.seeking && {FILM}.currentTime % 1 > 0.1"
    with beside(turning, f"{deck}<script>Reveal.initialize({{}})</script>") as path:
        page, wrong = opened(browser, path)
        page.wait_for_function("Reveal.isReady()")
        for key, plays in [("Right", True), ("Right", False), ("Left", True), ("Left", False)]:
            page.keyboard.press(f"Arrow{key}")
            page.wait_for_function(playing if plays else f"{FILM}.paused")
        assert serious(wrong) == []
    with beside(turning, film) as path:
        page, wrong = opened(browser, path)
        page.wait_for_function(playing)
        page.wait_for_function(f"{FILM}.textTracks[0].language === 'en'")
        assert serious(wrong) == []


@needs_marp
def test_marp_shows_the_whole_film(
    browser: Browser, turning: Path, snippet: Callable[[str], str]
) -> None:
    """The kit's slide, at the top of a file and after another slide; its film is of 3:2."""
    deck = turning.parent / "deck of a test.md"
    deck.write_text(f"{snippet('Marp')}\n\n---\n\n{snippet('Marp')}\n", encoding="utf-8")
    made = deck.with_suffix(".html")
    try:
        command = [str(MARP), "--no-stdin", str(deck), "-o", str(made)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        assert made.read_text("utf-8").count("<p>A dot goes round – &amp; round.</p>") == 2
        page, _ = opened(browser, made, viewport={"width": 640, "height": 360})
        page.add_style_tag(content=".bespoke-marp-osc { display: none !important }")
        for _ in range(2):
            plays(page, turning / "clip.loop.mp4")
            seen = look(page, turning / "clip.loop.mp4")
            assert seen.apart < 1.5
            assert set(seen.edges) == {(7, 9, 14)}
            page.keyboard.press("ArrowRight")
    finally:
        deck.unlink()
        made.unlink(missing_ok=True)


def test_what_marp_filters_is_not_in_its_snippet(
    browser: Browser, turning: Path, snippet: Callable[[str], str]
) -> None:
    """Marp 4.5.1 keeps width, height and title of a film; a leading line is its front matter."""
    text = snippet("Marp")
    assert not text.startswith("-")
    assert not re.search(r"<track|aria-label=|<video[^>]* style=", text)
    assert re.search(r'<video[^>]* width="100%" title="A dot goes round -- &amp; round\."', text)
    slide = "position: relative; padding: 70px; width: 340px; height: 180px"
    body = f"<body style='margin: 0'><section style='{slide}'><p>{text}</p></section>"
    with beside(turning, body) as path:
        page, _ = opened(browser, path, viewport={"width": 480, "height": 320})
        box = page.evaluate(
            f"(({{x, y, width, height}}) => [x, y, width, height])({FILM}.getBoundingClientRect())"
        )
    assert box == [0, 0, 480, 320], "edge to edge"


def test_a_notebook_shows_the_whole_film(
    browser: Browser, turning: Path, snippet: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the text to copy gives as output of a cell; the film is in it."""
    pytest.importorskip("IPython", reason="pip install ipython")
    monkeypatch.chdir(turning.parent)
    *before, call = ast.parse(snippet("Jupyter")).body
    names: dict[str, object] = {}
    exec(compile(ast.Module(before, []), "cell", "exec"), names)
    video = eval(compile(ast.Expression(call.value), "cell", "eval"), names)
    with beside(turning, f"<body style='margin: 0; width: 300px'>{video._repr_html_()}") as path:
        page, wrong = opened(browser, path)
        page.wait_for_function(f"!{FILM}.paused && {FILM}.currentTime > 0.1")
        assert page.evaluate(f"{FILM}.getBoundingClientRect().width") == 300
        assert page.evaluate(f"{FILM}.loop && {FILM}.controls")
        assert serious(wrong) == []
