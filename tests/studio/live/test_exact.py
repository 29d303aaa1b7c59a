"""The mathematics of live pages, on the GPU and in the browser, against that of ``fields``."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from fields import (
    Deep,
    EvenPace,
    GradientFlow,
    InversePower,
    LineLoss,
    Log,
    Loss,
    Parameterization,
    Polar,
    Power,
    even_rate,
    formula,
    integrate,
    landing,
    reference_weight,
    train,
)
from fields.data.custom import loss_formula
from fields.data.examples import Examples
from fields.data.regression import SquaredLoss
from fields.optimizers.named import NAMES, optimizer
from fields.parameterization.difference import Difference
from studio.live import page as pages
from studio.live.charts import chart_code
from studio.live.losses import loss_code
from studio.live.show import TRUE_RATE
from tests.studio.browsing import patient
from tests.studio.live.pages import LINE, LIVE, POINT, in_browser, show_of

MODELS: dict[str, Parameterization] = {
    "N = 1": Deep(1),
    "N = 4/3": Deep(4 / 3),
    "N = 2": Deep(2),
    "N = 3": Deep(3),
    "N = inf": Deep(math.inf),
    "N = 1/2": Deep(0.5),
    "N = 1/5": Deep(0.2),
    "N = 0.7": Deep(0.7),
    "inverse": InversePower(2),
    "polar": Polar(),
    "log": Log(),
    "difference": Difference(0.3),
    "u^3 + u": formula("u^3 + u"),
    "sinh": formula("sinh(u)"),
    "two": formula("a + b/2, b^2/4 + b"),
    "turned": formula("r cos(t), r sin(t)"),
}
OWN = {name: f"own_{k}" for k, name in enumerate(["u^3 + u", "sinh", "two", "turned"])}
LOSSES: dict[str, Loss] = {
    "point": POINT,
    "line": LINE,
    "own": loss_formula("(w1 w2 - 4)^2/20 + w1^2/10 + exp(-w2)"),
    "examples": SquaredLoss(Examples(np.array([[1.0, 2.0], [2.0, 0.5]]), np.array([9.0, 4.0]))),
}
PLACES = np.random.default_rng(3).uniform(0.05, 10.0, (1000, 2))


@pytest.fixture(scope="module")
def all_models(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """One page that knows all ``MODELS`` and ``LOSSES``."""
    usual = pages.codes

    def codes(show: Any) -> Any:
        charts, losses = usual(show)
        charts |= {kind: chart_code(MODELS[name]) for name, kind in OWN.items()}
        return charts, losses | {"examples": loss_code(LOSSES["examples"])}

    path = tmp_path_factory.mktemp("exact") / "live.html"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pages, "codes", codes)
        pages.write(show_of(LOSSES["own"], Deep(1), count=100), path)
    page = patient(browser, viewport={"width": 300, "height": 300}).new_page()
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.goto(f"{path.as_uri()}#paused=yes&loss=point")
    yield page
    assert page.wrong == []


def state_of(name: str) -> dict[str, Any]:
    """What a page calls one of ``MODELS``."""
    match MODELS[name]:
        case Power() as model:
            return {"kind": "depth", "s": model.inverse_depth}
        case Polar() | Log() | Difference() as model:
            return {"kind": type(model).__name__.lower(), "alpha": 0.3}
    return {"kind": OWN[name]}


def wanted(loss: Loss, model: Parameterization, pace: str, w: Any) -> Any:
    """The velocities of ``fields`` there."""
    if pace == "even":
        return EvenPace(GradientFlow(loss, model), 1.15, 0.3, loss).velocity(w)
    rate = even_rate(model, reference_weight(loss)) if isinstance(model, Power) else 1.0
    return GradientFlow(loss, model, TRUE_RATE * rate).velocity(w)


@in_browser
@pytest.mark.parametrize("name", MODELS)
def test_the_gpu_has_the_velocities_of_fields(all_models: Page, name: str) -> None:
    """At 1,000 places, to 1e-5 of what they are, for each loss and pace."""
    kinds = [kind for kind in LOSSES if kind != "examples" or name == "N = 2"]
    states = [{"loss": kind, "pace": pace} for kind in kinds for pace in ("even", "true")]
    found = all_models.evaluate(
        f"""([states, places]) => {{
            const z = new Map(), felt = states.map((state) => {{
                const {{ loss }} = {LIVE}.flow(state), {{ chart }} = {LIVE}.flow(state);
                const own = state.loss === "examples" ? {{ loss: "own" }} : {{}};
                const flow = {{ ...{LIVE}.flow({{ ...state, ...own }}), loss }};
                if (!z.has(chart)) z.set(chart, places.map((w) => {LIVE}.enter(flow, w)));
                return {LIVE}.panes[0].swarm.probe(z.get(chart), flow);
            }});
            const bytes = new Uint8Array(Float32Array.from(felt.flat(2)).buffer);
            return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
        }}""",
        [[state | state_of(name) for state in states], PLACES.tolist()],
    )
    felt = np.frombuffer(base64.b64decode(found), np.float32).reshape(-1, 1000, 4).astype(float)
    for state, values in zip(states, felt, strict=True):
        w, v = values[:, :2], values[:, 2:]
        assert np.abs(w - PLACES).max() < 1e-5
        right = wanted(LOSSES[state["loss"]], MODELS[name], state["pace"], w)
        off = np.linalg.norm(v - right, axis=1) / np.linalg.norm(right, axis=1)
        assert off.max() < 1e-5, (state, PLACES[np.argmax(off)])


@in_browser
@pytest.mark.parametrize("name", MODELS)
def test_the_path_is_that_of_integrate(all_models: Page, name: str) -> None:
    """Within half a pixel of 1080 lines, where the plane is 773.55 pixels wide."""
    losses, start, times = {"point": POINT, "line": LINE}, (0.3, 0.5), np.linspace(0, 10.5, 161)
    paths = all_models.evaluate(
        f"([states, start, times]) => states.map((state) => "
        f"{LIVE}.integrate({LIVE}.drawn(state), start, times))",
        [[{"loss": kind} | state_of(name) for kind in losses], start, times.tolist()],
    )
    for path, loss in zip(paths, losses.values(), strict=True):
        right = integrate(EvenPace(GradientFlow(loss, MODELS[name]), 1.0, 0.3, loss), start, times)
        assert np.shape(path) == right.shape
        assert np.abs(np.array(path) - right).max() * 77.355 < 0.5


@in_browser
def test_the_path_that_is_shown_is_that_path(all_models: Page) -> None:
    shown, right = all_models.evaluate(
        f"""() => {{
            {LIVE}.set({{ loss: "line", kind: "depth", s: 1 / 3, start: [0.3, 0.5] }});
            const times = Array.from({{ length: 161 }}, (_, k) => (k * 10.5) / 160);
            return [{LIVE}.panes[0].path, {LIVE}.integrate({LIVE}.drawn({{}}), [0.3, 0.5], times)];
        }}"""
    )
    assert shown == right


def lands_at(page: Page, states: list[dict[str, Any]]) -> list[str]:
    """Where training lands, as it is shown, in each of some states."""
    shown: list[str] = page.evaluate(
        f"""(states) => states.map((state) => {{
            {LIVE}.set(state);
            const rows = [...document.querySelectorAll(".numbers tr")];
            return rows.find((row) => row.innerText.startsWith("lands at")).cells[1].textContent;
        }})""",
        states,
    )
    return shown


@in_browser
@pytest.mark.parametrize("line", [(-1.0, -2.0, 15.0), (2.0, 1.0, -9.0), (-1.0, 2.0, -3.0)])
def test_landing_numbers_are_those_of_landing(
    all_models: Page, line: tuple[float, float, float]
) -> None:
    states, right = [], []
    for name in ("N = 1", "N = 2", "N = inf", "N = 1/2", "N = 1/5", "polar"):
        for start in [(0.6, 0.001), (0.02, 7.0)]:
            states.append({"loss": "line", "line": line, "start": start} | state_of(name))
            x, y = landing(LineLoss(*line), MODELS[name], start)
            there = f"({x:.3f}, {y:.3f})" if np.isfinite([x, y]).all() else "–"
            right.append(re.sub(r"-(0\.000)", r"\1", there))
    assert dict(enumerate(lands_at(all_models, states))) == dict(enumerate(right))


@in_browser
@pytest.mark.parametrize("name", ["log", "difference", "u^3 + u"])
def test_other_landings_are_where_integrate_goes(all_models: Page, name: str) -> None:
    start, flow = (0.5, 0.25), EvenPace(GradientFlow(LINE, MODELS[name]), 1.0, 0.3, LINE)
    x, y = integrate(flow, start, [0, 45])[-1]
    asked = {"loss": "line", "line": [-1, -2, 15], "start": start} | state_of(name)
    (where,) = all_models.evaluate(
        f"(states) => states.map((state) => {LIVE}.landing("
        f'{LIVE}.drawn(state), state.kind.replace(/_.*/, ""), "line", state.start))',
        [asked],
    )
    assert [f"{value:.3f}" for value in where] == [f"{x:.3f}", f"{y:.3f}"]


@in_browser
@pytest.mark.parametrize("name", ["N = 2", "difference"])
def test_real_steps_are_those_of_train(all_models: Page, name: str) -> None:
    """Of every optimizer that has a name in ``fields``.

    For 800 steps: where gradients are rounding alone, RMSProp takes large steps of either sign.
    """
    common = {"loss": "line", "line": [-1, -2, 15], "start": [0.6, 0.4], "eta": 0.01}
    runs = all_models.evaluate(
        f"([names, state]) => names.map((optimizer) => ({LIVE}.set({{ ...state, optimizer }}), "
        f"{LIVE}.panes[0].run.path.slice(0, 801)))",
        [list(NAMES), common | state_of(name)],
    )
    offered = all_models.eval_on_selector_all(
        "option", "options => options.map((option) => option.value)"
    )
    for rule, run in zip(NAMES, runs, strict=True):
        steps = optimizer(f"{rule} lr=0.01")
        right = train(LINE, MODELS[name], steps, (0.6, 0.4), steps=800).weights[:, 0]
        assert np.allclose(run, right, rtol=1e-12), rule
        assert rule in offered
