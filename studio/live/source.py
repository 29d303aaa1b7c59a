"""The generated part of a page's programs: GLSL and JavaScript from one set of expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.live.charts import ChartCode
from studio.live.losses import LossCode

SETTINGS = ("u_p", "u_a", "u_l0", "u_l1", "u_l2", "u_l3")
"""Numbers that expressions may name: uniforms of the GPU, arguments in the browser."""


def glsl_of_chart(chart: ChartCode) -> str:
    """Functions ``enter``, ``leave``, ``pull``, ``push`` and ``tolerated`` of a chart."""
    parts = [
        _glsl("leave", chart.leave, "z"),
        _glsl("pull", chart.pull, "zwg"),
        _glsl("push", chart.push, "zwd"),
        _glsl("tolerated", chart.scale, "z"),
    ]
    if chart.enter is None:
        parts.append("#define KEEPS_Z")
    else:
        parts.append(_glsl("enter", chart.enter, "w"))
    return "\n".join(parts)


def glsl_of_loss(loss: LossCode) -> str:
    """The function ``downhill``, −∇ℓ."""
    return _glsl("downhill", loss.pull, "w")


def _glsl(name: str, values: Sequence[str], arguments: str) -> str:
    taken = ", ".join(f"vec2 {letter}" for letter in arguments)
    split = " ".join(f"float {a}1 = {a}.x, {a}2 = {a}.y;" for a in arguments)
    return f"vec2 {name}({taken}) {{\n  {split}\n  return vec2({values[0]},\n    {values[1]});\n}}"


def script(charts: Mapping[str, ChartCode], losses: Mapping[str, LossCode]) -> str:
    """``CHARTS`` and ``LOSSES`` as JavaScript, each with its GLSL beside it."""
    rows = [f"  {name}: {_chart(chart)}," for name, chart in charts.items()]
    lines = ["const CHARTS = {", *rows, "};", "const LOSSES = {"]
    lines += [f"  {name}: {_loss(loss)}," for name, loss in losses.items()]
    return "\n".join([*lines, "};", ""])


def _chart(chart: ChartCode) -> str:
    functions = {
        "leave": _javascript(chart.leave, "z"),
        "pull": _javascript(chart.pull, "zwg"),
        "push": _javascript(chart.push, "zwd"),
        "tolerated": _javascript(chart.scale, "z"),
        "slopes": _javascript(chart.slopes, "z"),
        "enter": "null" if chart.enter is None else _javascript(chart.enter, "w"),
        "guess": str(list(chart.guess)),
        "train": _trained(chart),
        "glsl": _text(glsl_of_chart(chart)),
    }
    return "{\n" + "".join(f"    {name}: {made},\n" for name, made in functions.items()) + "  }"


def _trained(chart: ChartCode) -> str:
    trained, size = chart.trained, len(chart.trained.pull)
    u = f"[{', '.join(f'u{k}' for k in range(1, size + 1))}]"
    settings = "{" + ", ".join(SETTINGS) + "}"
    return (
        "{\n"
        f"      enter: ([w1, w2], [z1, z2], {settings}) => [{', '.join(trained.enter)}],\n"
        f"      leave: ({u}, {settings}) => [{', '.join(trained.leave)}],\n"
        f"      pull: ({u}, [w1, w2], [g1, g2], {settings}) => [{', '.join(trained.pull)}],\n"
        "    }"
    )


def _loss(loss: LossCode) -> str:
    settings = "{" + ", ".join(SETTINGS) + "}"
    return (
        "{\n"
        f"    value: ([w1, w2], {settings}) => {loss.value},\n"
        f"    downhill: {_javascript(loss.pull, 'w')},\n"
        f"    glsl: {_text(glsl_of_loss(loss))},\n"
        "  }"
    )


def _javascript(values: Sequence[str], arguments: str) -> str:
    taken = ", ".join(f"[{a}1, {a}2]" for a in arguments)
    settings = "{" + ", ".join(SETTINGS) + "}"
    return f"({taken}, {settings}) =>\n      [{', '.join(values)}]"


def _text(glsl: str) -> str:
    """A text of several lines as JavaScript has it; there is no back-tick or backslash in GLSL."""
    assert "`" not in glsl and "\\" not in glsl and "$" not in glsl
    return f"`{glsl}`"
