"""Compiled: the exponential of many numbers, without a call or a branch for each.

It is S. Nagy's (Arm's optimized routines, MIT licence), which the GNU C library has had since 2.28,
operation by operation: 2^(k/128) from a table, and a polynomial for the rest. So it is that
library's to the last bit where the processor multiplies and adds at once, and the same everywhere.
It is off by less than 0.52 units in the last place.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from typing import Any

import numpy as np

from fields.compiled import inlined, made_late

_PARTS = 128  # of an octave
_PART = float.fromhex("0x1.71547652b82fep7")  # 128 / ln 2
_HIGH = float.fromhex("-0x1.62e42fefa0000p-8")  # -ln 2 / 128, and what is left of it
_LOW = float.fromhex("-0x1.cf79abc9e3b39p-47")
_WHOLE = float.fromhex("0x1.8p52")  # added to a number, leaves its whole part in the lowest bits
_C2, _C3 = float.fromhex("0x1.ffffffffffdbdp-2"), float.fromhex("0x1.555555555543cp-3")
_C4, _C5 = float.fromhex("0x1.55555cf172b91p-5"), float.fromhex("0x1.1111167a4d017p-7")
_BEYOND = 512.0  # from here on a result may be no normal number


@made_late
def _table() -> Any:
    """2^(k/128) in two parts: bits of the first, but for k/128 in the exponent, and the rest."""
    with localcontext() as context:
        context.prec = 50
        exact = [(Decimal(2).ln() * k / _PARTS).exp() for k in range(_PARTS)]
        whole = np.array([float(one) for one in exact])
        rest = np.array([float(one / Decimal(float(one)) - 1) for one in exact])
    table = np.empty((_PARTS, 2), np.int64)
    table[:, 0] = rest.view(np.int64)
    table[:, 1] = whole.view(np.int64) - (np.arange(_PARTS) << 45)
    return table.ravel()


@made_late
def _joint() -> Any:
    """A b + c, rounded once."""
    from numba import types
    from numba.extending import intrinsic

    def code(context, builder, signature, values):
        return builder.fma(*values)

    real = types.float64
    return intrinsic(lambda typing, a, b, c: (real(real, real, real), code))


@made_late
def _bits() -> Any:
    """The bits of a number."""
    from llvmlite import ir
    from numba import types
    from numba.extending import intrinsic

    def code(context, builder, signature, values):
        return builder.bitcast(values[0], ir.IntType(64))

    return intrinsic(lambda typing, x: (types.int64(types.float64), code))


@made_late
def _number() -> Any:
    """The number that has some bits."""
    from llvmlite import ir
    from numba import types
    from numba.extending import intrinsic

    def code(context, builder, signature, values):
        return builder.bitcast(values[0], ir.DoubleType())

    return intrinsic(lambda typing, bits: (types.float64(types.int64), code))


@inlined
def exponential(x):
    """eˣ for |x| < 512."""
    shifted = _joint(_PART, x, _WHOLE)
    k = _bits(shifted)
    whole = shifted - _WHOLE
    r = _joint(whole, _LOW, _joint(whole, _HIGH, x))
    at = np.uint64(2) * np.uint64(k & np.int64(_PARTS - 1))
    rest = _number(_table[at])
    scale = _number(_table[at + np.uint64(1)] + (k << np.int64(45)))
    square = r * r
    small = _joint(square, _joint(r, _C3, _C2), rest + r)
    small = _joint(square * square, _joint(r, _C5, _C4), small)
    return _joint(scale, small, scale)


@inlined
def exponential_anywhere(x):
    """eˣ for any x."""
    return exponential(x) if abs(x) < _BEYOND else math.exp(x)


@inlined
def beyond(x):
    """1 where ``exponential`` does not do, also where x is no number; else 0."""
    return np.int64(not abs(x) < _BEYOND)
