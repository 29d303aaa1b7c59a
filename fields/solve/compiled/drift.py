"""Compiled: the drift of many particles at once.

Places are (2, n): x and y, that is ln w₁ and ln w₂.
"""

from __future__ import annotations

import math

from fields.compiled import apart, inlined, shared
from fields.exponential import beyond, exponentials
from fields.solve.compiled.law import BY_FLOW, BY_LOSS

_LEAST = 745.0  # as in ``LogChart.scale``
_TINY = 1e-300  # as in ``EvenPace``


@inlined
def scale(z):
    """As ``LogChart.scale``."""
    return max(-z / _LEAST, 1.0)


@shared
def _powers(z, p, reference, n, weight, to):
    """Write the ``weight`` w, and w^(p-1) w_ref^-p, of one coordinate."""
    apart()
    far = 0
    for i in range(n):
        power = (p[i] - 1.0) * z[i] - p[i] * reference
        far |= beyond(z[i]) | beyond(power)
        weight[i], to[i] = z[i], power
    exponentials(weight, n)
    exponentials(to, n)
    if far:
        for i in range(n):
            power = (p[i] - 1.0) * z[i] - p[i] * reference
            weight[i] = math.exp(z[i]) if beyond(z[i]) else weight[i]
            to[i] = math.exp(power) if beyond(power) else to[i]


@inlined
def _pull(loss, u, v, n, x, y):
    """Write the gradient of the loss at weights u and v: as ``PointLoss`` or ``LineLoss``."""
    is_line, first, second, third, size, across, up = loss
    if is_line > 0.0:
        for i in range(n):
            away = (u[i] * first + v[i] * second + third) / size
            x[i], y[i] = away * across, away * up
    else:
        for i in range(n):
            x[i], y[i] = u[i] - first, v[i] - second


@inlined
def _even(pace, u, v, x, y, n, dx, dy):
    """Bring a drift to an even pace: as ``EvenPace``."""
    kind, speed, softness = pace
    if kind == BY_FLOW:
        for i in range(n):
            across, up = u[i] * dx[i], v[i] * dy[i]
            factor = speed / math.sqrt(across * across + up * up + softness)
            dx[i] = factor * dx[i]
            dy[i] = factor * dy[i]
    elif kind == BY_LOSS:
        for i in range(n):
            across, up = u[i] * dx[i], v[i] * dy[i]
            size, slope = across * across + up * up, x[i] * x[i] + y[i] * y[i]
            factor = speed * math.sqrt(slope / (slope + softness) / (size + _TINY))
            dx[i] = factor * dx[i]
            dy[i] = factor * dy[i]


@shared
def drift(law, z, time, n, memory, to):
    """Write the drift of a flow in ln w, at n places, each at its ``time``: see ``Law``.

    Up to three numbers more are lost in each row of ``to`` and of ``memory``, of which it needs
    five rows.
    """
    apart()
    loss, rate, (start, stop, begin, end, reference), pace = law
    p, u, v, x, y = memory[0], memory[1], memory[2], memory[3], memory[4]
    dx, dy = to[0], to[1]
    for i in range(n):
        part = min(max((time[i] - begin) / (end - begin), 0.0), 1.0)
        p[i] = 2.0 - 2.0 * ((1.0 - part) * start + part * stop)
    _powers(z[0], p, reference, n, u, dx)
    _powers(z[1], p, reference, n, v, dy)
    _pull(loss, u, v, n, x, y)
    for i in range(n):
        dx[i], dy[i] = dx[i] * (-rate * x[i]), dy[i] * (-rate * y[i])
    _even(pace, u, v, x, y, n, dx, dy)
