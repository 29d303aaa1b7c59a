"""What users bring to ``flowreel fly``: a loss, optimizers, a training run; and what is no good."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest

from fields import Adam, GradientDescent
from fields.data.named import loss_of
from fields.optimizers.named import optimizer
from studio.job.own import check_flight, check_run
from studio.job.request import RenderRequest, Size
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
    assert optimizer("rmsprop convention=optax").convention == "optax"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: optimizer("addam"), "there is no 'addam'; there are descent, momentum"),
        (lambda: optimizer("adam rate=1"), "'rate=1' is no setting of adam"),
        (lambda: optimizer("adam lr=fast"), "step_size is 'fast'; give a number"),
        (lambda: optimizer("adam lr=-1"), "step_size is -1.0; give a number above 0"),
        (lambda: check_flight("", "", (), ()), "which parameterization"),
        (lambda: check_flight("u^", "", (), ()), "something is missing"),
        (lambda: check_flight("u", "x + y", (), ()), "call the weights w1, w2"),
        (lambda: check_flight("u", "w1 + w3", (), ()), "has 3 weights"),
        (lambda: check_flight("u", "ln(w1 - 5) + w2", (), ()), "no finite number at w ="),
        (lambda: check_flight("u", "", ("sgd",), ()), "there is no 'sgd'"),
        (lambda: check_flight("u", "", (), ("1",)), "--start '1' is no place"),
        (lambda: check_flight("u", "", (), ("11,1",)), "--start '11,1' is no place"),
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
