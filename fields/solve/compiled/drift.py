"""Compiled: the drift of many particles at once.

Places are (2, n): x and y, that is ln w₁ and ln w₂.
"""

from __future__ import annotations

import math

from fields.compiled import apart, inlined, shared
from fields.solve.compiled.exponential import beyond, exponentials

_LEAST = 745.0  # as in ``LogChart.scale``


@inlined
def scale(z):
    """As ``LogChart.scale``."""
    return max(-z / _LEAST, 1.0)


@shared
def _velocity(z, p, reference, target, n, weight, to):
    """Write the ``weight`` w and the rate of ln w, w^(p-1) w_ref^-p (w* - w), of one coordinate."""
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
    for i in range(n):
        to[i] = to[i] * -(weight[i] - target)


@shared
def drift(law, z, time, n, memory, to):
    """Write ``EvenPace.drift`` of a ``MorphingFlow`` in ln w, at n places, each at its ``time``.

    Up to three numbers more are lost in each row of ``to`` and of ``memory``, of which it needs
    three rows.
    """
    apart()
    first, second, start, stop, begin, end, reference, speed, softness = law
    p, u, v = memory[0], memory[1], memory[2]
    dx, dy = to[0], to[1]
    for i in range(n):
        part = min(max((time[i] - begin) / (end - begin), 0.0), 1.0)
        p[i] = 2.0 - 2.0 * ((1.0 - part) * start + part * stop)
    _velocity(z[0], p, reference, first, n, u, dx)
    _velocity(z[1], p, reference, second, n, v, dy)
    for i in range(n):
        across, up = u[i] * dx[i], v[i] * dy[i]
        factor = speed / math.sqrt(across * across + up * up + softness)
        dx[i] = factor * dx[i]
        dy[i] = factor * dy[i]
