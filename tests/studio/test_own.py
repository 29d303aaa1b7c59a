"""What users bring to ``flowreel fly``: a loss, optimizers, a training run; and what is no good."""

from __future__ import annotations

import json
import re
from pathlib import Path

import av
import numpy as np
import pytest
from manim import DL, UR, config, tempconfig

from fields import Adam, Deep, GradientDescent, PointLoss, train
from fields.data.custom import CustomLoss
from fields.data.named import loss_of
from fields.data.recorded import Recorded
from fields.optimizers.named import optimizer
from stage.engine.camera import StageCamera
from stage.layout import Layout
from stage.text.writing import Written
from stage.theme import THEMES
from studio.job.fly import Fly, farewell, way_within
from studio.job.own import AMONG_NAMES, check_flight, check_run
from studio.job.request import RenderRequest, Size
from studio.job.run import CORNERS, RunPlane, end_labels, moment, thinned
from studio.job.run import Run as RunClip
from tests.studio.conftest import Run

SMALL = ("-r", "240,136", "--fps", "4", "--set", "count=50", "--json")
RUN = np.column_stack([np.linspace(0, 1, 30), np.linspace(2, -1, 30) ** 2, np.zeros(30)])


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    path = tmp_path / "examples.csv"
    path.write_text("x1,x2,label\n1,2,15\n2,1,12\n")
    return path


def filmed(done: str) -> int:
    """Frames of the one film that a command tells of in JSON."""
    (film,) = json.loads(done)["films"]
    assert film["state"] == "rendered"
    with av.open(film["file"]) as opened:
        return sum(1 for _ in opened.decode(video=0))


def test_a_loss_and_optimizers_of_ones_own(tmp_path: Path, flowreel: Run) -> None:
    own = ("--loss", "(w1 w2 - 4)^2", "--optimizer", "adam lr=0.01", "--optimizer", "descent")
    starts = ("--start", "0.5,0.3", "--start", "9.5,9.5")
    done = flowreel("fly", "u^2", *own, *starts, *SMALL, "--to", tmp_path / "reel")
    assert filmed(done.stdout) == 48


def test_examples_from_a_file(examples: Path, tmp_path: Path, flowreel: Run) -> None:
    own = ("--loss", examples, "--optimizer", "momentum lr=0.001")
    done = flowreel("fly", "u", *own, *SMALL, "--to", tmp_path / "reel")
    assert filmed(done.stdout) == 48


@pytest.mark.parametrize("weights", ["", "w3,w1"], ids=["plane", "named"])
def test_a_training_run(weights: str, tmp_path: Path, flowreel: Run) -> None:
    np.save(tmp_path / "run.npy", RUN)
    named = ("--weights", weights) if weights else ()
    done = flowreel("fly", "--path", tmp_path / "run.npy", *named, *SMALL, "--to", tmp_path)
    assert filmed(done.stdout) == 48


def test_another_run_is_another_film(tmp_path: Path) -> None:
    made = []
    for scale in (1.0, 2.0):
        np.save(tmp_path / "run.npy", scale * RUN)
        clip, told = check_run(tmp_path / "run.npy", "")
        made.append(RenderRequest(clip, Size(96, 64, 5), told).fingerprint)
    assert made[0] != made[1]


def test_optimizers_by_name() -> None:
    assert optimizer("adam lr=0.01 eps=1e-9") == Adam(0.01, epsilon=1e-9)
    assert optimizer("adam betas=0.8,0.99").betas == (0.8, 0.99)
    assert optimizer("momentum") == GradientDescent(momentum=0.9)
    assert optimizer("momentum momentum=0.5 nesterov=yes").nesterov
    assert not optimizer("momentum nesterov=No").nesterov
    assert optimizer("rmsprop convention=optax").convention == "optax"
    assert optimizer("rmsprop alpha=0.9").decay == 0.9
    assert optimizer("adagrad lr_decay=0.1").step_decay == 0.1
    assert optimizer(" Adam  LR=0.01 convention=Keras") == Adam(0.01, convention="keras")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: optimizer("addam"), "there is no 'addam'; there are descent, momentum"),
        (lambda: optimizer("adam rate=1"), "'rate=1' is no setting of adam"),
        (lambda: optimizer("adam lr=fast"), "step_size is 'fast'; give a number"),
        (lambda: optimizer("adam lr=-1"), "step_size is -1.0; give a number above 0"),
        (lambda: optimizer("adam lr = 0.1"), "'lr' has no value; write lr=… without spaces"),
        (lambda: optimizer("adam lr="), "'lr=' has no value"),
        (lambda: optimizer("adam lr=1 lr=2"), "has lr twice"),
        (lambda: optimizer("adam lr=1 step_size=2"), "has step_size twice"),
        (lambda: optimizer("adam betas=0.9"), "betas is '0.9'; give two"),
        (lambda: optimizer("adam betas=0.9, 0.99"), "betas is '0.9,'; give two without spaces"),
        (lambda: optimizer("adam betas=(0.9,0.99)"), "give two without spaces or brackets"),
        (lambda: optimizer("momentum nesterov=on"), "nesterov is 'on'; give yes or no"),
        (lambda: optimizer("momentum dampening=nan"), "dampening is nan; give a number"),
        (lambda: check_flight("", "", (), ()), "which parameterization"),
        (lambda: check_flight("u^", "", (), ()), "something is missing"),
        (lambda: check_flight("-1 - u^2", "", (), ()), r"'-1 - u\^2' makes no weights from 0"),
        (lambda: check_flight("u", "x + y", (), ()), "call the weights w1, w2"),
        (lambda: check_flight("u", "w1 + w3", (), ()), "has 3 weights"),
        (lambda: check_flight("u", "ln(w1 - 5) + w2", (), ()), "no finite number at w ="),
        (lambda: check_flight("u", "", ("sgd",), ()), "there is no 'sgd'"),
        (lambda: check_flight("u", "", 5 * ("adam",), ()), "5 optimizers; beads of 4 are told"),
        (
            lambda: check_flight("u^2 + 1", "", ("adam",), ()),
            r"'u\^2 \+ 1' makes no w = \(0.1,0.1\), where beads would begin; give a --start",
        ),
        (
            lambda: check_flight("u^2 + 1", "", ("adam",), ("2,2", "0.5,2")),
            r"makes no w = \(0.5,2\)",
        ),
        (lambda: check_flight("u", "", (), ("1",)), "--start '1' is no place"),
        (lambda: check_flight("u", "", (), ("11,1",)), "--start '11,1' is no place"),
        (lambda: check_flight("u", "", (), ("-1,1",)), "give two weights from 0 to 10"),
        (lambda: check_flight("u", "", (), ("1,1",)), "--start is where beads .*an --optimizer"),
        (lambda: check_flight("u", "none.csv", (), ()), "--loss 'none.csv': there is no such file"),
        (lambda: loss_of("none.csv"), None),
    ],
)
def test_what_is_no_good_is_said(make, message) -> None:
    if message is None:
        with pytest.raises(FileNotFoundError):
            make()
        return
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("loss", "place"),
    [
        ("sqrt((w1 - 3)^2) + w2", r"\(3, 0.05\)"),
        ("sqrt((w1 - w2)^2)", r"\(0.05, 0.05\)"),
        ("1/(w1 - 3.3) + w2", r"\(3.3, 0.05\)"),
        ("ln((w2 - 2.2)^2) + w1", r"\(0.05, 2.2\)"),
    ],
)
def test_a_kink_or_a_pole_between_places_is_found(loss: str, place: str) -> None:
    with pytest.raises(ValueError, match=f"no gradient near w = {place}, where it has a kink or a"):
        loss_of(loss)


@pytest.mark.parametrize(
    "loss",
    [
        "sqrt((w1 - 3)^2 + 1e-6) + w2",
        "tanh(10000 (w1 - 3.01)) + w2",
        "1/((w1 - 3.3)^2 + 0.0001) + w2",
        "exp(-w1) sin(50 w2)",
        "w1^20 + 1/w2",
    ],
)
def test_what_is_steep_and_smooth_is_taken(loss: str) -> None:
    assert loss_of(loss).dimension == 2


def test_numbers_too_large_for_a_loss_are_said(tmp_path: Path) -> None:
    (tmp_path / "large.csv").write_text("1e200,1,1\n1,1,1e200\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"large\.csv: its numbers are so large"):
        loss_of(str(tmp_path / "large.csv"))


@pytest.mark.parametrize("content", [bytes(range(256)), b"1,2\n" + b"3" * 200_000 + b",4\n"])
def test_what_is_no_table_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_bytes(content)
    with pytest.raises(ValueError, match=r"run\.csv: this is no text of numbers"):
        check_run(tmp_path / "run.csv", "")


@pytest.mark.parametrize(
    ("rows", "weights"), [("1,2\n", ""), ("1,2\n1,2\n", ""), ("1,2,3\n1,2,4\n", "w1,w2")]
)
def test_a_run_that_does_not_move_is_refused(rows: str, weights: str, tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(ValueError, match=r"run\.csv: the run does not move"):
        check_run(tmp_path / "run.csv", weights)


def test_names_of_weights_may_hold_commas(tmp_path: Path) -> None:
    head = '"layer.weight[0,1]",layer.bias[0],rest'
    (tmp_path / "run.csv").write_text(f"{head}\n1,2,3\n2,4,5\n", encoding="utf-8")
    _, told = check_run(tmp_path / "run.csv", "layer.weight[0,1], layer.bias[0]")
    assert dict(told)["REEL_WEIGHTS"] == AMONG_NAMES.join(("layer.weight[0,1]", "layer.bias[0]"))


@pytest.mark.parametrize(
    ("names", "weights", "chosen"),
    [
        (("a,b", "c", "d"), "c,a,b", ("c", "a,b")),
        (("a,b", "c", "d"), "a,b, d", ("a,b", "d")),
        (("a[0", "b]", "c"), "a[0,b]", ("a[0", "b]")),
        (("a\x1fb ", " c", ""), " a b ,w3", ("a b", "w3")),
    ],
)
def test_weights_are_chosen_by_what_they_are_called(
    names: tuple[str, ...], weights: str, chosen: tuple[str, str], tmp_path: Path
) -> None:
    np.savez(tmp_path / "run.npz", weights=RUN + np.arange(30)[:, None], names=names)
    _, told = check_run(tmp_path / "run.npz", weights)
    assert dict(told)["REEL_WEIGHTS"] == AMONG_NAMES.join(chosen)


@pytest.mark.parametrize(
    ("text", "cure"),
    [("step,a\n0,1\n1,2\n", "over time, --weights step,a"), ("a\n1\n2\n", "record another one")],
)
def test_one_weight_is_no_plane(text: str, cure: str, tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"run\.csv: it holds one weight, .*{cure}"):
        check_run(tmp_path / "run.csv", "")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("u", "--weights", "a,b"), "--weights are two of a run; name its file with --path"),
        (("u^2", "--path"), "and not a formula; leave one of them out"),
        (("--start", "1,1", "--optimizer", "adam", "--path"), "and not --optimizer or --start"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    asked: tuple[str, ...], message: str, tmp_path: Path, flowreel: Run
) -> None:
    np.save(tmp_path / "run.npy", RUN)
    files = (tmp_path / "run.npy",) if asked[-1] == "--path" else ()
    done = flowreel("fly", *asked, *files, "--to", tmp_path / "reel", check=2)
    assert message in " ".join(done.stderr.split())
    assert not (tmp_path / "reel").exists()


def test_steps_too_large_lead_off_the_plane() -> None:
    loss, start = PointLoss((3.0, 6.0)), (0.5, 0.5)
    run = train(loss, Deep(1), GradientDescent(2.5), start, steps=2000)
    # w − w* is multiplied by 1 − 2.5 at each step: 0.5 − 6 becomes 8.25, and w₂ = 14.25
    assert farewell("descent lr=2.5", run, 10.0) == (
        1,
        "descent lr=2.5 diverges: it leaves the plane at step 1",
    )
    path, leaves = way_within(run.weights[:, 0], 10.0)
    assert leaves
    np.testing.assert_allclose(path[-1], [0.5 + 2.5 * 2.5 * 9.5 / 13.75, 10.0])
    several = train(loss, Deep(1), GradientDescent(2.5), [start, (2.8, 5.9)], steps=2000)
    assert farewell("descent", several, 10.0)[1].endswith("leaves the plane at steps 1 to 8")


def test_steps_that_are_small_enough_stay() -> None:
    run = train(PointLoss((3.0, 6.0)), Deep(1), GradientDescent(0.1), (0.5, 0.5), steps=500)
    assert farewell("descent", run, 10.0) == (0, "")
    path, leaves = way_within(run.weights[:, 0], 10.0)
    assert not leaves
    np.testing.assert_allclose(path[[0, -1]], [[0.5, 0.5], [3.0, 6.0]])


def test_a_bead_without_finite_weights_says_so() -> None:
    loss = CustomLoss(lambda w: np.log(w[..., 0] - 1.0) + w[..., 1] ** 2)
    run = train(loss, Deep(1), GradientDescent(0.1), (1.2, 1.0), steps=50)
    step, said = farewell("descent", run, 10.0)
    assert step == int(run.diverged[0]) > 0
    assert said == f"descent has no finite weights at step {step}"


def test_a_path_of_jumps_is_cut() -> None:
    jumps = np.tile([[1.0, 1.0], [9.0, 9.0]], (500, 1))
    path, leaves = way_within(np.vstack([jumps, [[20.0, 20.0]]]), 10.0)
    assert not leaves
    assert len(path) == 7  # 6 jumps of 8√2 make 60, but for less than one


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1,2,1\n2,1,1\n", "the labels are 1; give examples of two classes"),
        ("1,2,1\n-1,-2,1\n2,1,-1\n-2,-1,-1\n", "so that no line is best; move one of them"),
        ("1,2,1\n2,1\n", "line 2: 2 numbers where 3 are expected"),
    ],
    ids=["one class", "balanced", "ragged"],
)
def test_classes_without_a_line_are_refused(
    rows: str, message: str, tmp_path: Path, flowreel: Run
) -> None:
    (tmp_path / "one.csv").write_text(rows, encoding="utf-8")
    asked = ("--set", f"examples={tmp_path / 'one.csv'}", "-r", "96,64", "--fps", "2")
    done = flowreel("render", "MaxMargin", *asked, "--to", tmp_path / "reel", check=1)
    assert message in done.stderr
    assert not list((tmp_path / "reel").rglob("*.mp4"))
    assert not list((tmp_path / "reel").rglob("manifest.json"))


def test_a_bad_run_is_refused_before_anything_is_made(tmp_path: Path, flowreel: Run) -> None:
    bad = RUN.copy()
    bad[7, 1] = np.nan
    np.save(tmp_path / "run.npy", bad)
    done = flowreel("fly", "--path", tmp_path / "run.npy", "--to", tmp_path / "reel", check=2)
    assert "weight 2 is nan at step 7" in done.stderr
    assert not (tmp_path / "reel").exists()
    np.save(tmp_path / "run.npy", RUN)
    more = ("--weights", "w1,w9")
    done = flowreel("fly", "--path", tmp_path / "run.npy", *more, "--to", tmp_path, check=2)
    assert "there is no weight 'w9'; there are w1, w2, w3" in done.stderr


def test_numbers_at_the_axes_of_a_run_are_read_as_they_are() -> None:
    assert end_labels(-30.8, 2.11) == ("", "-30.8", "2.11")
    assert end_labels(-1200.0, 45_678.0) == ("", "-1200", "45700")
    assert end_labels(-3e-199, 2e-7) == ("", "-3 dot 10^(-199)", "2 dot 10^(-7)")
    assert end_labels(1000.0, 1001.0) == ("", "1000", "1001")
    assert end_labels(99.0, 99.5) == ("", "99", "99.5")
    close = "-1 dot 10^(-5)", "2 dot 10^(-5)"
    assert end_labels(1e6 - 1e-5, 1e6 + 2e-5) == ("1000000", *close)
    assert end_labels(-1e6 - 1e-5, -1e6 + 1e-5)[0] == "(-1000000)"
    assert end_labels(1e200 - 1e190, 1e200 + 1e190)[0] == "1 dot 10^(200)"


def test_a_run_of_very_many_steps_is_drawn_by_few_places_of_the_same_picture() -> None:
    history = np.random.default_rng(2).normal(size=(1_000_000, 2)).cumsum(axis=0)
    span = np.max(np.ptp(history, axis=0))
    kept = thinned(history)
    assert 1_000 < len(kept) <= CORNERS
    times = np.arange(len(history))
    drawn = np.stack([np.interp(times, kept, history[kept, k]) for k in (0, 1)], axis=-1)
    assert np.max(np.abs(drawn - history)) < 0.06 * span


def test_what_waits_for_long_and_jumps_waits_when_it_is_thinned() -> None:
    waits = np.repeat([[0.0, 0.0], [1.0, 1.0], [0.5, 0.0]], 40_000, axis=0)
    assert thinned(waits).tolist() == [0, 39_999, 40_000, 79_999, 80_000, 119_999]
    few = np.random.default_rng(2).normal(size=(300, 2))
    assert len(thinned(few)) == 300


def test_a_weight_may_have_any_name(tmp_path: Path) -> None:
    names = ("a;b", 'größe "c"', "e[0,1]")
    path = tmp_path / "run.npz"
    Recorded(np.random.default_rng(1).normal(size=(9, 3)), None, names).save(path)
    for weights in ('a;b,größe "c"', "e[0,1], a;b"):
        _, told = check_run(path, weights)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in told:
                patch.setenv(name, value)
            run = RunClip().run
        assert run.names == tuple(part.strip() for part in re.split(r",(?![^\[]*\])", weights))


@pytest.mark.parametrize("size", [1e-199, 1.0, 1e5, 1e-5])
def test_numbers_at_the_axes_of_a_run_are_within_the_picture(size: float) -> None:
    places = size * np.array([[-3.77, -2.76], [1.43, 1.98]]) + (1e6 if size == 1e-5 else 0.0)
    where = Layout(config.frame_width, config.frame_height)
    plane = RunPlane(THEMES["dark"], places, ("a", "b"), size=where.size, centre=where.centre)
    edges = np.array([config.frame_x_radius, config.frame_y_radius])
    assert np.all(np.abs(plane.get_all_points()[:, :2]) < edges)


@pytest.mark.parametrize(
    ("time", "told"),
    [(0.0, "0"), (1e6, "1,000,000"), (0.25, "0.25"), (1.5e-7, "1.5·10⁻⁷"), (2e12, "2·10¹²")],
)
def test_times_of_a_run_are_told_without_a_programs_powers(time: float, told: str) -> None:
    assert moment(time) == told


def test_the_axes_of_a_plane_are_named_in_the_language_of_the_film(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    np.save(tmp_path / "run.npy", RUN)
    monkeypatch.setenv("REEL_PATH", str(tmp_path / "run.npy"))
    monkeypatch.setenv("FLOWREEL_LANGUAGE", "de")
    named: list[str] = []
    monkeypatch.setattr("studio.job.run.literal", lambda text: named.append(text) or '"x"')
    with tempconfig({"dry_run": True, "frame_rate": 1}):
        RunClip().render()
    assert {"erste Richtung", "zweite Richtung"} <= set(named)


LONG = 'A *long* #title with $markup$, _of_ "quotes" \\ and of more words than any panel is wide'


@pytest.mark.parametrize("aspect", ["16:9", "1:1", "9:16"])
@pytest.mark.parametrize("title", [LONG, "results/" + 60 * "x" + ".npz"], ids=["words", "one"])
@pytest.mark.parametrize("kind", [Fly, RunClip])
def test_words_of_any_length_are_within_the_picture(
    kind: type[Fly | RunClip],
    title: str,
    aspect: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    np.save(tmp_path / "run.npy", RUN)
    settings = (
        "adam lr=0.001 betas=0.9,0.999 eps=1e-8 weight_decay=0.01 amsgrad=yes convention=torch"
    )
    for name, value in {
        "REEL_PATH": str(tmp_path / "run.npy"),
        "REEL_FORMULA": "u^2",
        "REEL_OPTIMIZERS": settings,
        "REEL_TITLE": title,
        "FLOWREEL_ASPECT": aspect,
        "FLOWREEL_COUNT": "20",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(StageCamera, "capture_mobjects", lambda *_, **__: None)
    with tempconfig({"dry_run": True, "frame_rate": 1, "disable_caching": True}):
        scene = kind(skip_animations=True)
        scene.render()
        family = [made for mobject in scene.mobjects for made in mobject.get_family()]
        written = [made for made in family if isinstance(made, Written) and len(made)]
        boxes = [(made.get_corner(DL)[:2], made.get_corner(UR)[:2]) for made in written]
        left, _, right, _ = scene.layout.panel
        panel = [box for box in boxes if min(abs(box[0][0] - left), abs(box[1][0] - right)) < 1e-6]
        assert len(panel) >= 2
        assert max(high[0] for _, high in boxes) <= right + 1e-6
        for k, (low, high) in enumerate(panel):
            for other, its in panel[:k]:
                apart = (low >= its - 1e-6).any() or (other >= high - 1e-6).any()
                assert apart, "rows and signs do not cross"
