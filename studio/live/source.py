"""The generated part of a page's programs: GLSL and JavaScript from one set of expressions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

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
    known, (one, other) = common(values)
    lines = [split, *known, f"return vec2({one},\n    {other});"]
    return f"vec2 {name}({taken}) {{\n" + "".join(f"  {line}\n" for line in lines) + "}"


def common(values: Sequence[str]) -> tuple[list[str], list[str]]:
    """Declarations of what is called more than once in expressions, and these with their names.

    A compiler for a processor without a GPU finds none of this by itself, and its time grows faster
    than a program does.
    """
    texts, known = list(values), list[str]()

    def declare(kind: str, of: str, uses: Mapping[str, str]) -> None:
        name = f"known{len(known)}"
        for use, part in uses.items():
            texts[:] = [text.replace(use, name + part) for text in texts]
            known[:] = [line.replace(use, name + part) for line in known]
        known.append(f"{kind} {name} = {of};")

    while True:
        found = Counter(call for text in texts for call in _calls(text))
        turns = [call[5:] for call in found if call[:5] == "f_sin" and f"f_cos{call[5:]}" in found]
        if turns:
            angle = min(turns, key=len)
            declare("vec2", f"f_turn{angle}", {f"f_cos{angle}": ".x", f"f_sin{angle}": ".y"})
            continue
        often = [call for call, times in found.items() if times > 1]
        if not often:
            return known, texts
        call = min(often, key=len)  # what stands in others comes before them
        declare("float", call, {call: ""})


def _calls(text: str) -> Iterator[str]:
    """All calls of functions in an expression."""
    for start in re.finditer(r"\bf_\w+\(", text):
        depth = 1
        end = start.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        yield text[start.start() : end]


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
