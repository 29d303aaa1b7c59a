"""What users bring: examples, losses and training runs of their own."""

import math
import zipfile

import numpy as np
import pytest

from fields import Deep, GradientDescent, LineLoss, Monomial, integrate, train
from fields.data.classification import ExponentialLoss, LogisticLoss, is_separable
from fields.data.custom import CustomLoss, loss_formula
from fields.data.examples import Examples, examples, read_examples
from fields.data.recorded import Recorded, read_run, record
from fields.data.regression import SquaredLoss
from fields.flow import GradientFlow
from fields.systems.margin import max_margin

RNG = np.random.default_rng(7)
PLACES = RNG.normal(size=(6, 3))
THREE = Examples(RNG.normal(size=(5, 3)), np.array([1.0, -1, 1, -1, 1]))
APART = examples([(1, 2), (-1.2, -1.5)], [1, -1])

LOSSES = [
    SquaredLoss(THREE),
    ExponentialLoss(THREE),
    LogisticLoss(THREE),
    loss_formula("(w1 w2 - 4)^2 + exp(w3)/10"),
    CustomLoss(lambda w: np.sum(np.sin(w) * w[..., :1], axis=-1), 3),
]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: type(loss).__name__)
def test_gradient_is_how_the_value_changes(loss):
    h = 1e-5
    for w in PLACES:
        steps = h * np.eye(3)
        numeric = (
            8 * (loss.value(w + steps) - loss.value(w - steps))
            - (loss.value(w + 2 * steps) - loss.value(w - 2 * steps))
        ) / (12 * h)
        np.testing.assert_allclose(loss.gradient(w), numeric, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: type(loss).__name__)
def test_places_batch_to_the_last_bit(loss):
    together = loss.gradient(PLACES.reshape(2, 3, 3)).reshape(-1, 3)
    for k, w in enumerate(PLACES):
        np.testing.assert_array_equal(loss.gradient(w), together[k])


def test_one_example_is_the_line():
    a, b, c = 3.0, 4.0, -10.0
    line, loss = LineLoss(a, b, c), SquaredLoss(examples([(a, b)], [-c]))
    w = np.abs(PLACES[:, :2])
    np.testing.assert_allclose(loss.gradient(w), 25 * line.gradient(w), rtol=1e-13)
    np.testing.assert_allclose(loss.minimizers(10.0), line.minimizers(10.0), atol=1e-12)
    noise = np.array([[0.3]])
    np.testing.assert_allclose(
        loss.label_gradient(w[:1], noise), loss.gradient(w[:1]) * 0 - 0.3 * np.array([[a, b]])
    )


def test_examples_that_span_the_plane_have_one_best_place():
    X = np.array([(1.0, 2.0), (2.0, -1.0), (0.5, 0.5)])
    loss = SquaredLoss(examples(X, X @ (3.0, 6.0)))
    np.testing.assert_allclose(loss.minimizers(10.0), [(3.0, 6.0)], rtol=1e-12)
    assert len(loss.minimizers(5.0)) == 0
    flow = GradientFlow(loss, Deep(2))
    np.testing.assert_allclose(integrate(flow, (0.1, 0.1), [0.0, 60.0])[-1], (3.0, 6.0), rtol=1e-9)


def test_plain_descent_on_the_logistic_loss_turns_to_the_max_margin_and_others_do_not():
    loss = LogisticLoss(APART)
    run = train(loss, Monomial(1), GradientDescent(1.0), (0.0, 0.1), steps=20_000, every=20_000)
    best = max_margin(APART)
    angle = np.arctan2(*run.end[0][::-1]) - np.arctan2(*best[::-1])
    assert abs(angle) < 0.1
    assert loss.value(run.end)[0] < 1e-4


def test_max_margins_of_the_plane():
    # all of them touch the second point, (1.2, 1.5) as one of the first class
    np.testing.assert_allclose(max_margin(APART), np.array([1.2, 1.5]) / 3.69, rtol=1e-7)
    np.testing.assert_allclose(max_margin(APART, 1), (0.0, 1 / 1.5), atol=1e-12)
    np.testing.assert_allclose(max_margin(APART, math.inf), (1 / 2.7, 1 / 2.7), rtol=1e-9)
    for order in (1, 1.5, 2, 4, math.inf):
        margins = APART.signed("test") @ max_margin(APART, order)
        assert margins.min() == pytest.approx(1.0, abs=1e-7)


def test_a_gradient_may_be_scaled_beyond_what_a_number_holds():
    loss = ExponentialLoss(examples([(3.0, 4.0), (-3.0, -4.0)], [1, -1]))
    w = np.array([3.0, 4.0]) * 40  # margin 1000
    assert np.all(loss.gradient(w) == 0)
    np.testing.assert_allclose(loss.gradient(w, 1000.0), (-6.0, -8.0), rtol=1e-12)
    np.testing.assert_allclose(
        LogisticLoss(loss.examples).gradient(w, 1000.0), (-6.0, -8.0), rtol=1e-12
    )


def test_separable_or_not():
    assert is_separable(APART)
    assert is_separable(examples([(1, 0), (-1, 0.1)], [0, 1])), "labels may be 0 and 1"
    both = examples([(1, 1), (1, 1)], [1, -1])
    assert not is_separable(both)
    with pytest.raises(ValueError, match="no hyperplane through 0"):
        max_margin(both)


def test_a_formula_names_its_weights():
    loss = loss_formula("(w1 w2 - 4)^2 + w1^2/10")
    w1, w2 = PLACES[:, 0], PLACES[:, 1]
    np.testing.assert_allclose(loss.value(PLACES[:, :2]), (w1 * w2 - 4) ** 2 + w1**2 / 10)
    assert loss_formula("w2 - 0 w1 + w_4").dimension == 4
    assert loss_formula("w2").gradient([5.0, 1.0]).tolist() == [0.0, 1.0]
    assert "w_1" in loss_formula("w1 + w2").function.typst


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(x y - 4)^2", "speaks of x, y; call the weights w1"),
        ("w0 + w1", "speaks of w0"),
        ("3", "speaks of no weights"),
        ("(w1 + ", "something is missing"),
        ("w1 $ w2", "'\\$' is not known"),
    ],
)
def test_a_loss_that_cannot_be_read_says_where(text, message):
    with pytest.raises(ValueError, match=message):
        loss_formula(text)


def test_a_loss_is_finite_where_it_is_asked():
    loss_formula("ln(w1) + w2").check([(1.0, 0.0), (2.0, -1.0)])
    with pytest.raises(ValueError, match=r"the loss is no finite number at w = \(0, 1\)"):
        loss_formula("ln(w1) + w2").check([(1.0, 0.0), (0.0, 1.0)])
    with pytest.raises(ValueError, match="the gradient of the loss is no finite number"):
        loss_formula("sqrt(w1) + w2").check([(0.0, 1.0)])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: examples([1, 2], [1, 2]), "do not fit"),
        (lambda: examples([(1, 2)], [1, 2]), "do not fit"),
        (lambda: examples([(1, math.nan)], [1]), "input 2 of example 1"),
        (lambda: examples([(1, 2), (3, 4)], [1, math.inf]), "label of example 2"),
        (
            lambda: ExponentialLoss(examples([(1, 2)], [3])),
            "the labels are 3; give examples",
        ),
        (lambda: LogisticLoss(examples([(1, 2), (2, 1)], [1, 1])), "the labels are 1; give"),
        (lambda: LogisticLoss(examples([(1, 2), (2, 1)], [0, 0])), "the labels are 0"),
        (lambda: max_margin(APART, 0.5), "the order q is 0.5"),
    ],
)
def test_examples_that_make_no_sense(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_examples_from_a_file(tmp_path):
    path = tmp_path / "examples.csv"
    path.write_text("x1,x2,label\n1, 2,1\n\n-1,0.5,-1\n")
    read = read_examples(path)
    np.testing.assert_array_equal(read.inputs, [(1, 2), (-1, 0.5)])
    np.testing.assert_array_equal(read.labels, [1, -1])
    path.write_text("1;2;0\n3;4;1\n")
    np.testing.assert_array_equal(read_examples(path).labels, [0, 1])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is nothing in it"),
        ("a,b\n", "there are names, and no numbers"),
        ("1,2\n1,2,3\n", "line 2: 3 numbers where 2 are expected"),
        ("1,2\n1,nan\n", "line 2, column 2: 'nan' is no finite number"),
        ("1,2\n1,x\n", "line 2, column 2: 'x'"),
        ("1\n2\n", "a row has one number"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path, text, message):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as raised:
        read_examples(path)
    assert str(path) in str(raised.value)


RUN = np.cumsum(RNG.normal(size=(40, 5)), axis=0)


@pytest.mark.parametrize("name", ["run.csv", "run.npy", "run.npz", "both.npz"])
def test_a_run_is_read_from_a_file(tmp_path, name):
    path = tmp_path / name
    if name == "run.csv":
        np.savetxt(path, RUN, delimiter=",", fmt="%.17g")
    elif name == "run.npy":
        np.save(path, RUN.reshape(40, 5, 1).astype(np.float32))
    elif name == "run.npz":
        np.savez(path, anything=RUN)
    else:
        np.savez(path, weights=RUN, other=RUN[:2], times=np.arange(40) * 0.5)
    run = read_run(path)
    np.testing.assert_allclose(run.weights, RUN, rtol=1e-6)
    assert run.times[-1] == (19.5 if name == "both.npz" else 39.0)
    half = run.at(0.5 * (run.times[3] + run.times[4]))[0]
    np.testing.assert_allclose(half, (RUN[3] + RUN[4]) / 2, rtol=1e-6)
    np.testing.assert_array_equal(run.at(-5.0)[0], run.weights[0])
    np.testing.assert_array_equal(run.at(1e9)[0], run.weights[-1])


def test_names_of_weights(tmp_path):
    path = tmp_path / "run.csv"
    path.write_text("step,left,right\n0,1,2\n1,3,4\n")
    pair = read_run(path).pair("right", "left")
    np.testing.assert_array_equal(pair.weights, [(2, 1), (4, 3)])
    with pytest.raises(ValueError, match="there is no weight 'up'; there are step, left, right"):
        read_run(path).pair("up", "left")


def test_checkpoints_of_a_network():
    steps = [{"a.weight": np.full((2, 3), k), "b": np.array(k)} for k in range(4)]
    run = record(steps)
    assert run.weights.shape == (4, 7)
    assert run.names[0] == "a.weight[0,0]"
    assert run.names[-1] == "b"
    with pytest.raises(ValueError, match="step 1 has other arrays"):
        record([steps[0], {"a.weight": np.zeros((2, 2))}])


def test_the_plane_of_largest_variance():
    """A run within a plane of a higher space keeps its distances, and the share is all of it."""
    basis = np.linalg.qr(RNG.normal(size=(6, 2)))[0]
    flat = np.cumsum(RNG.normal(size=(30, 2)), axis=0)
    plane, share = Recorded(flat @ basis.T).principal_plane()
    assert share == pytest.approx(1.0, abs=1e-12)
    there = np.linalg.norm(plane.weights[:, None] - plane.weights[None], axis=-1)
    np.testing.assert_allclose(
        there, np.linalg.norm(flat[:, None] - flat[None], axis=-1), atol=1e-10
    )
    assert np.var(plane.weights[:, 0]) >= np.var(plane.weights[:, 1])
    assert (plane.weights[-1] >= 0).all()
    _, share = Recorded(RNG.normal(size=(2000, 4))).principal_plane()
    assert share == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(
    ("save", "message"),
    [
        (lambda path: np.save(path, np.array(["a", "b"])), "holds <U1, and no numbers"),
        (lambda path: np.save(path, np.array([[1.0, np.nan]])), "weight 2 is nan at step 0"),
        (lambda path: np.save(path, np.array([[1.0], [-np.inf]])), "weight 1 is -inf at step 1"),
        (  # as MLflow keeps what is infinite
            lambda path: np.save(path, np.array([[1.0, 2.0], [np.finfo(float).max, 2.0]])),
            r"weight 1 is 1\.79\d+e\+308 at step 1; end the run before it",
        ),
        (lambda path: path.write_bytes(b"nothing"), "NumPy finds no array of numbers"),
        (
            lambda path: np.save(path, np.zeros((2, 5_000_001), np.int8)),
            "more than 10,000,000 numbers",
        ),
    ],
)
def test_a_run_that_cannot_be_read(tmp_path, save, message):
    path = tmp_path / "run.npy"
    save(path)
    with pytest.raises(ValueError, match=message):
        read_run(path)


def test_several_arrays_want_a_name(tmp_path):
    np.savez(tmp_path / "two.npz", a=RUN, b=RUN)
    with pytest.raises(ValueError, match="it holds a, b; call the array of weights"):
        read_run(tmp_path / "two.npz")
    with pytest.raises(ValueError, match=r"and not from '\.txt'"):
        read_run(tmp_path / "two.txt")
    with pytest.raises(FileNotFoundError):
        read_run(tmp_path / "none.npy")


def test_a_saved_run_comes_back_with_its_names(tmp_path):
    steps = [{"layer.weight": np.full((2, 2), k), "layer.bias": np.zeros(2)} for k in range(4)]
    run = record(steps)
    run.save(tmp_path / "run.npz")
    back = read_run(tmp_path / "run.npz")
    assert back.names == run.names
    np.testing.assert_array_equal(back.weights, run.weights)
    np.testing.assert_array_equal(back.times, run.times)
    np.savez(tmp_path / "few.npz", weights=run.weights, names=["a", "b"])
    with pytest.raises(ValueError, match=r"few\.npz: 2 names for 6 weights"):
        read_run(tmp_path / "few.npz")


@pytest.mark.parametrize("size", [1e-200, 1e200, 1e307])
def test_the_plane_of_a_run_of_any_size(size):
    history = np.random.default_rng(1).normal(size=(30, 4)).cumsum(axis=0)
    (flat, share), (large, same) = (record(history * s).principal_plane() for s in (1.0, size))
    assert same == pytest.approx(share, rel=1e-12)
    np.testing.assert_allclose(large.weights / size, flat.weights, rtol=1e-9, atol=1e-12)


def test_what_moves_by_rounding_alone_does_not_move():
    with pytest.raises(ValueError, match="a run that moves"):
        record(np.full((3, 4), 0.1)).principal_plane()  # whose mean is another number


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        ([{"a": np.ones(2) + 1j}], "'a' of step 0"),
        ([{"model": {"a": 1.0}}], "'model' of step 0"),
        ([{"a": 1.0}, {"a": "x"}], "'a' of step 1"),
        (np.ones((3, 2)) + 1j, "the array"),
        ([[1.0, 2.0], [3.0]], "the array"),
    ],
)
def test_what_is_no_real_number_is_named(steps, named):
    with pytest.raises(ValueError, match=f"{named} .*is no array of real numbers"):
        record(steps)


@pytest.mark.parametrize("names", [("a",), ("a", "a"), ("a", "b", "c")])
def test_each_weight_has_a_name_of_its_own(names):
    with pytest.raises(ValueError, match="different names for 2 weights"):
        Recorded(np.eye(2), None, names)
    with pytest.raises(ValueError, match="'w1' twice is no pair"):
        Recorded(np.eye(2)).pair("w1", "w1")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nan,nan\n1,2\n3,4\n", "line 1, column 1: 'nan' is no finite number; leave that row out"),
        ("inf,-inf\n1,2\n", "line 1, column 1: 'inf' is no finite number"),
        ("w1;w2\n1,5;2,5\n", "line 2, column 1: '1,5' .*write decimals with a point"),
        ("1.0 2.0\n3.0 4.0\n", "line 2, .*separate numbers by commas"),
        ("w1\tw2\n3\t4\n", "line 2, .*separate numbers by commas"),
    ],
)
def test_a_table_in_other_customs_is_told_ours(tmp_path, text, message):
    path = tmp_path / "run.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_run(path)


def test_a_name_may_have_any_sign_in_quotes(tmp_path):
    path = tmp_path / "run.csv"
    path.write_text('"a;b","c[0,1]"\n1,2\n3,4\n')
    assert read_run(path).names == ("a;b", "c[0,1]")


def test_one_number_is_no_run(tmp_path):
    np.save(tmp_path / "run.npy", np.float64(3.0))
    with pytest.raises(ValueError, match="it holds one number, and no run"):
        read_run(tmp_path / "run.npy")


@pytest.mark.parametrize("shape", [(1500, 300), (300, 1500)], ids=["steps", "weights"])
@pytest.mark.parametrize("second", [0.5, 1e-3, 1e-9])
def test_the_plane_of_a_large_run_is_found_without_all_its_singular_values(
    shape: tuple[int, int], second: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(5)
    ways, directions = (np.linalg.qr(rng.normal(size=(size, 3)))[0] for size in shape)
    ways -= ways.mean(axis=0)
    ways = np.linalg.qr(ways)[0] * np.sign(ways[-1])
    sizes = np.array([1.0, second, 0.1 * second])
    run = record(ways * sizes @ directions.T)
    monkeypatch.delattr(np.linalg, "svd")
    flat, share = run.principal_plane()
    wanted = (ways * sizes)[:, :2]
    wanted = wanted * np.where(wanted[-1] < 0, -1.0, 1.0)
    np.testing.assert_allclose(flat.weights / sizes[:2], wanted / sizes[:2], atol=1e-14 / second)
    assert share == pytest.approx(np.sum(sizes[:2] ** 2) / np.sum(sizes**2), rel=1e-12)


@pytest.mark.parametrize("shape", [(1500, 300), (300, 1500)], ids=["steps", "weights"])
def test_one_weight_that_moves_alone_among_many_is_a_plane(shape: tuple[int, int]) -> None:
    history = np.zeros(shape)
    history[:, 7] = np.arange(shape[0])
    flat, share = record(history).principal_plane()
    assert share == 1.0
    np.testing.assert_allclose(np.ptp(flat.weights, axis=0), [shape[0] - 1.0, 0.0])


@pytest.mark.parametrize(
    ("text", "names", "times"),
    [
        (",a,b\n0,1,2\n1,3,5\n", ("a", "b"), [0.0, 1.0]),
        ('"","a","b"\n"7",1,2\n"9",3,5\n', ("a", "b"), [0.0, 1.0]),
        ("step,a,b\n10,1,2\n30,3,5\n", ("a", "b"), [10.0, 30.0]),
        ("Epoch;a;b\n1;1;2\n2;3;5\n", ("a", "b"), [1.0, 2.0]),
    ],
    ids=["pandas", "R", "step", "epoch"],
)
def test_what_numbers_the_rows_of_a_table_is_no_weight(tmp_path, text, names, times):
    (tmp_path / "run.csv").write_text(text)
    run = read_run(tmp_path / "run.csv")
    assert run.names == names
    np.testing.assert_array_equal(run.weights, [[1.0, 2.0], [3.0, 5.0]])
    np.testing.assert_array_equal(run.times, times)


def test_when_rows_were_may_be_shown_by_name(tmp_path):
    (tmp_path / "run.csv").write_text("step,a,b\n10,1,2\n30,3,5\n")
    pair = read_run(tmp_path / "run.csv").pair("step", "b")
    np.testing.assert_array_equal(pair.weights, [[10.0, 2.0], [30.0, 5.0]])


@pytest.mark.parametrize("text", ["a,time\n2,1\n1,3\n", ",\n2,1\n1,3\n"])
def test_what_does_not_number_the_rows_is_a_weight(tmp_path, text):
    (tmp_path / "run.csv").write_text(text)
    np.testing.assert_array_equal(read_run(tmp_path / "run.csv").weights, [[2.0, 1.0], [1.0, 3.0]])


def test_row_numbers_of_examples_are_no_input(tmp_path):
    (tmp_path / "points.csv").write_text(",x1,x2,label\n0,1,2,15\n1,2,1,12\n")
    np.testing.assert_array_equal(
        read_examples(tmp_path / "points.csv").inputs, [[1.0, 2.0], [2.0, 1.0]]
    )


class _Table:
    """What we ask of a DataFrame."""

    def __init__(self, columns: list[object]) -> None:
        self.columns = columns

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        return np.array([[1.0, 2.0], [3.0, 5.0]])


def test_columns_of_a_table_name_the_weights():
    assert record(_Table(["a", "b"])).names == ("a", "b")
    assert record(_Table([0, 1])).names == ("w1", "w2")


@pytest.mark.parametrize(
    ("text", "names", "times"),
    [
        (",0,1\n0,1.0,2.0\n1,3.0,5.0\n", ("0", "1"), [0.0, 1.0]),
        ("Unnamed: 0,a,b\n0,1,2\n1,3,5\n", ("a", "b"), [0.0, 1.0]),
        (",Unnamed: 0,a,b\n0,0,1,2\n1,1,3,5\n", ("a", "b"), [0.0, 1.0]),
        ("index,a,b\n4,1,2\n6,3,5\n", ("a", "b"), [4.0, 6.0]),
        ("step,0,1\n0,1,2\n9,3,5\n", ("0", "1"), [0.0, 9.0]),
        ("a,global_step,b\n1,10,2\n3,20,5\n", ("a", "b"), [10.0, 20.0]),
        ("epoch,step,a,b\n0,0,1,2\n0,5,3,5\n", ("a", "b"), [0.0, 5.0]),
        ("a,b,\n1,2,\n3,5,\n", ("a", "b"), [0.0, 1.0]),
        ("1,2,\n3,5,\n,,\n", ("w1", "w2"), [0.0, 1.0]),
        ("# a run\n# a,b\n1,2\n3,5\n", ("a", "b"), [0.0, 1.0]),
        ("# a run, of today, of mine\n1,2\n3,5\n", ("w1", "w2"), [0.0, 1.0]),
        ("# a run\na,b\n1,2\n3,5\n", ("a", "b"), [0.0, 1.0]),
        ("#,a,b\n1,1,2\n2,3,5\n", ("a", "b"), [0.0, 1.0]),
        ("sep=;\na;b\n1;2\n3;5\n", ("a", "b"), [0.0, 1.0]),
        ("\n\na;b\n1;2\n3;5\n", ("a", "b"), [0.0, 1.0]),
        ("a,\n1,2\n3,5\n", ("a", "w2"), [0.0, 1.0]),
    ],
)
def test_tables_as_programs_write_them(tmp_path, text, names, times):
    (tmp_path / "run.csv").write_text(text)
    run = read_run(tmp_path / "run.csv")
    assert run.names == names
    np.testing.assert_array_equal(run.weights, [[1.0, 2.0], [3.0, 5.0]])
    np.testing.assert_array_equal(run.times, times)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0,1\n0.5,0.25\n0.3,1e-3\n", "line 1: 0, 1 may be numbers of the columns, as pandas"),
        ("step,a\n0,1\n1,2\n1,3\n", "step is 1 in row 3 of its numbers, after 1; give times that"),
        ("time,a\n2,1\n1,3\n", "time is 1 in row 2 of its numbers, after 2"),
        ("a,b,epoch\n1,2,0\n3,5,0\n", "epoch is 0 in row 2 .*leave that column out"),
        ("a,a,b\n1,2,3\n4,5,6\n", "2 columns are called 'a'; give each weight a name"),
        ("a,1\n1,2\n", "line 1, column 1: 'a' .*name every column in words, or none"),
        ("1,2,\n3,4,5\n", "line 1, column 3: '' is no finite number"),
        ('a,b\n"1,000,000",2\n', "'1,000,000' .*and thousands without a comma"),
    ],
)
def test_tables_that_may_mean_two_things_are_refused(tmp_path, text, message):
    (tmp_path / "run.csv").write_text(text)
    with pytest.raises(ValueError, match=rf"run\.csv.*{message}"):
        read_run(tmp_path / "run.csv")


@pytest.mark.parametrize("text", ["0,1\n0.5,2\n3,4\n", "0,1\n", "0.0,1.0\n0.5,0.25\n"])
def test_a_run_may_begin_at_0_and_1(tmp_path, text):
    (tmp_path / "run.csv").write_text(text)
    np.testing.assert_array_equal(read_run(tmp_path / "run.csv").weights[0], [0.0, 1.0])


def test_numbers_of_columns_are_no_example(tmp_path):
    (tmp_path / "points.csv").write_text("0,1,2\n1.0,2.0,15.0\n2.0,1.0,12.0\n")
    with pytest.raises(ValueError, match=r"points\.csv, line 1: 0, 1, 2 may be numbers of the"):
        read_examples(tmp_path / "points.csv")


def test_numpys_files_are_read_by_what_they_are(tmp_path):
    with (tmp_path / "one.npz").open("wb") as file:
        np.save(file, RUN)
    with (tmp_path / "many.npy").open("wb") as file:
        np.savez(file, history=RUN, Step=5 * np.arange(40), names=[b"a", b" b ", b"", b"d", b"e"])
    np.testing.assert_array_equal(read_run(tmp_path / "one.npz").weights, RUN)
    run = read_run(tmp_path / "many.npy")
    np.testing.assert_array_equal(run.weights, RUN)
    np.testing.assert_array_equal(run.times, 5.0 * np.arange(40))
    assert run.names == ("a", "b", "w3", "d", "e")


def _damaged(path):
    np.savez_compressed(path, weights=RUN)
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + bytes(200) + whole[300:])


def _of_text(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("weights", "1,2")


@pytest.mark.parametrize(
    "save",
    [_damaged, _of_text, lambda path: path.write_bytes(b"PK\x03\x04 cut short")],
    ids=["damaged", "text", "cut short"],
)
def test_an_archive_without_arrays_is_named(tmp_path, save):
    save(tmp_path / "run.npz")
    with pytest.raises(ValueError, match=r"run\.npz: NumPy finds no array of numbers in it"):
        read_run(tmp_path / "run.npz")


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([0.0, 1.0], r"there are times of shape \(2,\) for 3 steps; give as many"),
        ([0.0, 1.0, 1.0], "the time is 1 at step 2, after 1; give as many"),
        ([0.0, np.nan, 1.0], "the time of step 1 is no finite number"),
        ([-1.7e308, 0.0, 1.7e308], "between -1.7e\\+308 and 1.7e\\+308 is no finite number"),
    ],
)
def test_times_that_do_not_rise_are_told_with_their_step(times, message):
    with pytest.raises(ValueError, match=message):
        Recorded(np.ones((3, 2)), np.array(times))


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (np.ma.masked_array([[1.0, 2.0], [3.0, 4.0]], [[0, 0], [1, 0]]), "has masked places"),
        ({"a": [1.0, 2.0]}, "one mapping is one step; give a list of them"),
        ([{"a": 1.0}, [1.0]], "step 1 is no mapping as step 0 is, but list"),
        ([{"a": [[1.0, 2.0], [3.0]]}], "'a' of step 0 .*is no array of real numbers"),
        (np.empty((0, 2)), r"the weights have shape \(0, 2\)"),
        (np.full((2, 2), np.finfo(np.longdouble).max), "weight 1 is (inf|1.79)"),
    ],
)
def test_what_makes_no_run_is_said(steps, message):
    with pytest.raises(ValueError, match=message):
        record(steps)


def test_names_of_arrays_may_be_numbers():
    run = record([{0: np.float16(0.5), 1: [1, 2]}, {0: np.float16(0.25), 1: [3, 4]}])
    assert run.names == ("0", "1[0]", "1[1]")
    np.testing.assert_array_equal(run.weights, [[0.5, 1.0, 2.0], [0.25, 3.0, 4.0]])
