"""A live picture in a notebook, ``Live(flow)``: in JupyterLab, marimo and others, by anywidget."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from typing import Any

from fields import Flow, LineLoss
from fields.optimizers.named import NAMES
from studio.extras import import_extra
from studio.live.page import PAGE, codes, library, spec, usual
from studio.live.show import Show, of_flow

_RENDER = """
function render({ model, el }) {
  const spec = JSON.parse(model.get("spec"));
  let asked = false;
  el.style.height = `${model.get("height")}px`;
  el.style.overflow = "auto"; // in a narrow cell the controls are below the picture
  const shown = mount(el, spec, {
    changed(state) {
      asked = true;
      for (const name of model.get("names")) model.set(name, state[name]);
      model.save_changes();
      asked = false;
    },
  });
  const patch = () => Object.fromEntries(model.get("names").map((name) => [name, model.get(name)]));
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) model.set("paused", true);
  shown.set(patch());
  for (const name of model.get("names")) {
    model.on(`change:${name}`, () => {
      if (!asked) shown.set({ [name]: model.get(name) });
    });
  }
  el.live = shown;
  return () => shown.end();
}
export default { render };
"""


OPTIMIZERS = ["none", *NAMES]
"""Those of ``page/theory.js``."""


_CHECKED = ("start", "target", "line", "depth", "s", "alpha", "eta", "kind", "loss", "optimizer")


def checked(name: str, value: Any, known: Sequence[str]) -> Any:
    """A value that a trait may have, one of those that are ``known``; ValueError for others."""
    if name in ("kind", "loss", "optimizer"):
        if value not in known:
            raise ValueError(f"Live: the {name} is {value!r}; there are {', '.join(known)}.")
    elif name in ("start", "target"):
        if len(value) != 2 or not all(0 <= x <= 10 for x in value):
            raise ValueError(f"Live: {name} is {value!r}; give two weights from 0 to 10.")
    elif name == "line":
        LineLoss(*value)
    elif name == "depth":
        if not abs(value) >= 1 / 8:
            raise ValueError(f"Live: the depth N is {value!r}; give 1/8 or more, or math.inf.")
    elif not math.isfinite(value):
        raise ValueError(f"Live: {name} is {value!r}; give a number.")
    return value


@cache
def live_class() -> type[Any]:
    """The class ``Live``; MissingError without the extra ``live``, which is not loaded before."""
    anywidget = import_extra("anywidget", "A live picture in a notebook")
    traitlets = import_extra("traitlets", "A live picture in a notebook")

    # Its bases and decorators are of packages that are loaded here and nowhere else: to the type
    # checker, which must not need them, they are anything.
    class Live(anywidget.AnyWidget):  # type: ignore[name-defined, misc]
        """A flow of ``fields`` under the hand: ``live.depth = 4``, ``live.start``, both ways.

        Traits: ``start``, ``target``, ``line``, ``depth`` (N, ``math.inf`` too), ``kind``,
        ``loss``, ``alpha``, ``pace``, ``optimizer``, ``eta``, ``paused``, ``beads``.
        Raises ValueError where a flow is known to Python alone, or a trait is out of range.
        """

        names: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
        spec: Any = traitlets.Unicode().tag(sync=True)
        height: Any = traitlets.Int(680).tag(sync=True)
        start: Any = traitlets.List(traitlets.Float()).tag(sync=True)
        target: Any = traitlets.List(traitlets.Float()).tag(sync=True)
        line: Any = traitlets.List(traitlets.Float()).tag(sync=True)
        beads: Any = traitlets.List().tag(sync=True)
        s: Any = traitlets.Float(min=-8.0, max=8.0).tag(sync=True)
        depth: Any = traitlets.Float()
        alpha: Any = traitlets.Float(min=1e-3, max=10.0).tag(sync=True)
        eta: Any = traitlets.Float(min=1e-6, max=10.0).tag(sync=True)
        kind: Any = traitlets.Unicode().tag(sync=True)
        loss: Any = traitlets.Unicode().tag(sync=True)
        pace: Any = traitlets.Enum(["even", "true"]).tag(sync=True)
        optimizer: Any = traitlets.Unicode().tag(sync=True)
        paused: Any = traitlets.Bool().tag(sync=True)

        def __init__(self, flow: Flow | Show, **traits: Any) -> None:
            show = flow if isinstance(flow, Show) else of_flow(flow)
            told = usual(show)
            names = [name for name in told if name in _SHARED]
            self._esm = f"{library(show)}\n{_RENDER}"
            self._css = (PAGE / "style.css").read_text(encoding="utf-8")
            charts, losses = codes(show)
            self._known = {
                "kind": sorted({name.partition("_")[0] for name in charts}),
                "loss": list(losses),
                "optimizer": OPTIMIZERS,
            }
            first = {name: told[name] for name in names} | {"depth": _depth(told["s"])}
            super().__init__(names=names, spec=json.dumps(spec(show)), **first)
            for name, value in traits.items():
                setattr(self, name, value)

        @traitlets.validate(*_CHECKED)  # type: ignore[untyped-decorator]
        def _check(self, proposal: Any) -> Any:
            name = proposal["trait"].name
            return checked(name, proposal["value"], self._known.get(name, []))

        @traitlets.observe("depth")  # type: ignore[untyped-decorator]
        def _turn(self, change: Any) -> None:
            if _depth(self.s) != change["new"]:
                self.s = 1.0 / change["new"]

        @traitlets.observe("s")  # type: ignore[untyped-decorator]
        def _turned(self, change: Any) -> None:
            if self.depth == 0.0 or not math.isclose(
                1.0 / self.depth, change["new"], abs_tol=1e-15
            ):
                self.depth = _depth(change["new"])

    return Live


_SHARED = {
    "start", "target", "line", "beads", "s", "alpha", "eta", "kind", "loss", "pace", "optimizer",
    "paused",
}  # fmt: skip


def _depth(s: float) -> float:
    return 1.0 / s if s else math.inf
