"""``live.html``: everything of a live picture in one file that asks for nothing."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from fields import LineLoss, Log, Own, PointLoss, Polar, Power, formula
from fields.data.best import best
from fields.parameterization.difference import Difference
from fields.parameterization.power import Monomial
from stage.layout import Layout
from stage.text.language import current, gettext, gettext_noop
from stage.theme import DARK, LIGHT, PIXELS_PER_UNIT, Theme
from studio.catalogue.scripts import table
from studio.job.files import write_atomically
from studio.live.charts import POWERS, ChartCode, chart_code
from studio.live.equations import equations
from studio.live.losses import LINE, POINT, LossCode, loss_code
from studio.live.show import TRUE_RATE, Show
from studio.live.source import script
from studio.live.typeset import typeset

PAGE = Path(__file__).parent / "page"
EXTENT = 10.0
SCRIPTS = (
    "functions.js", "random.js", "flow.js", "theory.js", "gl.js", "swarm.js", "light.js",
    "painter.js", "tempo.js", "state.js", "plane.js", "panel.js", "pane.js", "live.js",
)  # fmt: skip
"""In the order in which they stand in a page: each knows those before it."""
SHADERS = (
    "functions.glsl", "flow.glsl", "advect.glsl", "streak.vert.glsl", "streak.frag.glsl",
    "tone.glsl", "probe.glsl", "whole.vert.glsl",
)  # fmt: skip
_DEPTH_OF_COLOUR = 1.6  # as in stage.engine.camera
_TITLES = {
    "depth": gettext_noop("depth: (1 + u/N)ᴺ"),
    "polar": gettext_noop("polar: r, θ"),
    "log": gettext_noop("logarithm: ln u"),
    "difference": gettext_noop("difference: u² − v²"),
    "own": gettext_noop("your own"),
    "loss point": gettext_noop("a point, w*"),
    "loss line": gettext_noop("a line of best weights"),
    "loss own": gettext_noop("your own"),
}


def write(show: Show, path: Path) -> Path:
    """Write the page of a show; where it is."""
    write_atomically(path, page(show))
    return path


def page(show: Show, *, still: bool = True) -> str:
    """The page as text. Its policy names the digests of its own script and style, and no more.

    With a ``still`` of its particles for browsers without WebGL2, which takes a second to paint.
    """
    from studio.live.poster import posters

    first = spec(show) | {"posters": posters(show, EXTENT) if still else {}}
    title = html.escape(gettext(show.title))
    code = f"{library(show)}\nbegin(document.getElementById('live'), {json.dumps(first)});"
    code = f'"use strict";\n(() => {{\n{code}\n}})();'.replace("</", "<\\/")
    needs = html.escape(gettext("This page needs JavaScript and WebGL2."))
    style = _read("page.css") + _read("style.css")
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"script-src '{_digest(code)}'; style-src '{_digest(style)}'; img-src data:"
    )
    made = _read("page.html")
    parts = {"tag": current().tag, "policy": policy, "title": title, "needs": needs}
    for name, text in {**parts, "style": style, "script": code}.items():
        made = made.replace(f"{{{{ {name} }}}}", text)
    return made


def library(show: Show) -> str:
    """The script without its last call: ``mount(root, spec, options)``."""
    show = _simple(show)
    charts, losses = codes(show)
    texts = typeset(equations(show.parameterization, show.loss))
    constants: dict[str, Any] = {
        "TYPESET": texts,
        "SHADERS": {name: _read(name) for name in SHADERS},
    }
    scripts = [_read(name) for name in SCRIPTS]
    constants |= {"WORDS": table("\n".join(scripts)), "DECIMAL": current().decimal}
    parts = [f"const {name} = {json.dumps(value)};" for name, value in constants.items()]
    return "\n".join([*parts, script(charts, losses), *scripts])


def codes(show: Show) -> tuple[dict[str, ChartCode], dict[str, LossCode]]:
    """Charts and losses that a page offers, by name: of the powers ``depth_log`` and others."""
    show = _simple(show)
    charts = {
        **{f"depth_{name}": chart for name, chart in POWERS.items()},
        "polar": chart_code(Polar()),
        "log": chart_code(Log()),
        "difference": chart_code(Difference()),
    }
    losses = {"point": POINT, "line": LINE}
    if isinstance(show.parameterization, Own):
        charts["own"] = chart_code(show.parameterization)
    if not isinstance(show.loss, PointLoss | LineLoss):
        losses["own"] = loss_code(show.loss)
    return charts, losses


def spec(show: Show) -> dict[str, Any]:
    """The state that a page begins with, and all that it does not change."""
    show = _simple(show)
    side = Layout(8 * 16 / 9, 8.0).size * PIXELS_PER_UNIT
    cycle = 0 if show.period is None else round(show.period * show.count / show.lifetime)
    is_own = not isinstance(show.loss, PointLoss | LineLoss)
    found = best(show.loss, EXTENT) if is_own else None
    return {
        "usual": usual(show),
        "look": {
            "count": show.count, "lifetime": show.lifetime, "trail": DARK.trail_seconds,
            "fade": [DARK.fade_in, DARK.fade_out], "edge": DARK.edge, "extent": EXTENT,
            "width": DARK.trail_pixels, "side": side,
            "strength": DARK.exposed(show.count).trail_light,
        },
        "seed": show.seed,
        "cycle": cycle,
        "speed": show.speed,
        "softness": show.softness,
        "byLoss": int(show.by_loss),
        "rate": TRUE_RATE,
        "themes": {"dark": colours(DARK), "light": colours(LIGHT)},
        "titles": {name: gettext(title) for name, title in _TITLES.items()},
        "minimizers": found.places.round(4).tolist() if found else [],
        "curves": [curve.round(3).tolist() for curve in found.curves] if found else [],
    }  # fmt: skip


def usual(show: Show) -> dict[str, Any]:
    """The state itself: see ``page/state.js``."""
    model, loss = show.parameterization, show.loss
    kind = {Polar: "polar", Log: "log", Difference: "difference", Own: "own"}.get(type(model))
    s = model.inverse_depth if isinstance(model, Power) else 1.0
    alpha = model.scale if isinstance(model, Difference) else 0.5
    kinds = {PointLoss: "point", LineLoss: "line"}
    return {
        "loss": kinds.get(type(loss), "own"),
        "target": list(loss.target) if isinstance(loss, PointLoss) else [3.0, 6.0],
        "line": list(asdict(loss).values()) if isinstance(loss, LineLoss) else [-1.0, -2.0, 15.0],
        "kind": kind or "depth", "s": s, "alpha": alpha,
        "kind2": "depth", "s2": 1.0, "alpha2": alpha,
        "panes": 1, "start": list(show.start), "beads": [],
        "optimizer": "none", "eta": 0.01, "pace": show.pace,
        "slow": 1, "paused": False, "time": 0, "theme": "auto",
    }  # fmt: skip


def colours(theme: Theme) -> dict[str, Any]:
    """A theme's ground and lights, as ``stage.engine.camera`` makes its palette."""

    def light(colour: str) -> list[float]:
        rgb = np.array(_rgb(colour))
        return [float(x) for x in (1 - rgb if theme.paper else rgb) ** _DEPTH_OF_COLOUR]

    return {
        "ground": _rgb(theme.background),
        "first": light(theme.first),
        "second": light(theme.second),
        "both": light(theme.both),
        "paper": theme.paper,
    }


def _rgb(colour: str) -> list[float]:
    """Red, green and blue of a colour in hex, each a part of 1."""
    return [part / 255 for part in bytes.fromhex(colour.removeprefix("#"))]


def _simple(show: Show) -> Show:
    """A show whose monomial is a formula."""
    match show.parameterization:
        case Monomial(degree):
            return replace(show, parameterization=formula(f"u^{degree}"))
    chart_code(show.parameterization)  # says what a page cannot show
    return show


def _read(name: str) -> str:
    return (PAGE / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
