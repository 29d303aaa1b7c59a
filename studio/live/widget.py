"""A live picture in a notebook, ``Live(flow)``: in JupyterLab, marimo and others, by anywidget."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from fields import Flow, LineLoss
from studio.extras import import_extra
from studio.live.page import PAGE, library, spec, usual
from studio.live.show import Show, of_flow

_anywidget = import_extra("anywidget", "A live picture in a notebook")
_traitlets = import_extra("traitlets", "A live picture in a notebook")

_RENDER = """
function render({ model, el }) {
  const spec = JSON.parse(model.get("spec"));
  let asked = false;
  el.style.height = `${model.get("height")}px`;
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


class Live(_anywidget.AnyWidget):  # type: ignore[name-defined, misc]
    """A flow of ``fields`` under the hand: ``live.depth = 4``, ``live.start``, both ways.

    Traits: ``start``, ``target``, ``line``, ``depth`` (N, ``math.inf`` too), ``kind``, ``loss``,
    ``alpha``, ``pace``, ``optimizer``, ``eta``, ``paused``, ``beads``. Needs the extra ``live``.
    Raises ValueError where a flow is known to Python alone, or a trait is out of range.
    """

    names: Any = _traitlets.List(_traitlets.Unicode()).tag(sync=True)
    spec: Any = _traitlets.Unicode().tag(sync=True)
    height: Any = _traitlets.Int(680).tag(sync=True)
    start: Any = _traitlets.List(_traitlets.Float()).tag(sync=True)
    target: Any = _traitlets.List(_traitlets.Float()).tag(sync=True)
    line: Any = _traitlets.List(_traitlets.Float()).tag(sync=True)
    beads: Any = _traitlets.List().tag(sync=True)
    s: Any = _traitlets.Float(min=-8.0, max=8.0).tag(sync=True)
    depth: Any = _traitlets.Float()
    alpha: Any = _traitlets.Float(min=1e-3, max=10.0).tag(sync=True)
    eta: Any = _traitlets.Float(min=1e-6, max=10.0).tag(sync=True)
    kind: Any = _traitlets.Unicode().tag(sync=True)
    loss: Any = _traitlets.Unicode().tag(sync=True)
    pace: Any = _traitlets.Enum(["even", "true"]).tag(sync=True)
    optimizer: Any = _traitlets.Unicode().tag(sync=True)
    paused: Any = _traitlets.Bool().tag(sync=True)

    def __init__(self, flow: Flow | Show, **traits: Any) -> None:
        show = flow if isinstance(flow, Show) else of_flow(flow)
        told = usual(show)
        names = [name for name in told if name in _SHARED]
        self._esm = f"{library(show)}\n{_RENDER}"
        self._css = (PAGE / "style.css").read_text(encoding="utf-8")
        first = {name: told[name] for name in names}
        super().__init__(names=names, spec=json.dumps(spec(show)), **first)
        self.depth = _depth(self.s)
        for name, value in traits.items():
            setattr(self, name, value)

    @_traitlets.validate("start", "target")  # type: ignore[untyped-decorator]
    def _check_place(self, proposal: Any) -> Any:
        value = [float(x) for x in np.atleast_1d(proposal["value"])]
        if len(value) != 2 or not all(0 <= x <= 10 for x in value):
            raise ValueError(f"Live: {value!r} is no place; give two weights from 0 to 10.")
        return value

    @_traitlets.validate("line")  # type: ignore[untyped-decorator]
    def _check_line(self, proposal: Any) -> Any:
        LineLoss(*proposal["value"])
        return proposal["value"]

    @_traitlets.observe("depth")  # type: ignore[untyped-decorator]
    def _turn(self, change: Any) -> None:
        if not (change["new"] and abs(change["new"]) >= 1 / 8):
            raise ValueError(f"Live: the depth N is {change['new']!r}; give 1/8 or more, or inf.")
        if _depth(self.s) != change["new"]:
            self.s = 1.0 / change["new"]

    @_traitlets.observe("s")  # type: ignore[untyped-decorator]
    def _turned(self, change: Any) -> None:
        if self.depth == 0.0 or not math.isclose(1.0 / self.depth, change["new"], abs_tol=1e-15):
            self.depth = _depth(change["new"])


_SHARED = {
    "start", "target", "line", "beads", "s", "alpha", "eta", "kind", "loss", "pace", "optimizer",
    "paused",
}  # fmt: skip


def _depth(s: float) -> float:
    return 1.0 / s if s else math.inf
