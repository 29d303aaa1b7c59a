"""Compiled: exponentials of many numbers, four at once.

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

from fields.compiled import apart, inlined, made_late, shared

AT_ONCE = 4
"""Numbers of which exponentials are found together: arrays are a multiple of it long."""
_BEYOND = 512.0  # from here on a result may be no normal number

_PARTS = 128  # of an octave
_PART = float.fromhex("0x1.71547652b82fep7")  # 128 / ln 2
_HIGH = float.fromhex("-0x1.62e42fefa0000p-8")  # -ln 2 / 128, and what is left of it
_LOW = float.fromhex("-0x1.cf79abc9e3b39p-47")
_WHOLE = float.fromhex("0x1.8p52")  # added to a number, leaves its whole part in the lowest bits
_C2, _C3 = float.fromhex("0x1.ffffffffffdbdp-2"), float.fromhex("0x1.555555555543cp-3")
_C4, _C5 = float.fromhex("0x1.55555cf172b91p-5"), float.fromhex("0x1.1111167a4d017p-7")


def _table() -> list[int]:
    """2^(k/128) in two parts: what it is more than a number, and that one's bits.

    The bits are less by k/128 in the exponent, where k is added.
    """
    with localcontext() as context:
        context.prec = 50
        exact = [(Decimal(2).ln() * k / _PARTS).exp() for k in range(_PARTS)]
        whole = np.array([float(one) for one in exact])
        rest = np.array([float(one / Decimal(float(one)) - 1) for one in exact])
    bits = whole.view(np.int64) - (np.arange(_PARTS) << 45)
    return [int(one) for one in np.stack([rest.view(np.int64), bits], axis=1).ravel()]


@made_late
def _four() -> Any:
    """Let eˣ stand where four numbers x of an array stand, from an index on; for |x| < 512."""
    from llvmlite import ir
    from numba import types
    from numba.core import cgutils
    from numba.extending import intrinsic

    word, n = ir.IntType(64), AT_ONCE
    reals, words, pair = (
        ir.VectorType(of, k) for of, k in ((ir.DoubleType(), n), (word, n), (word, 2))
    )

    def all_(value: float) -> Any:
        kind = reals if isinstance(value, float) else words
        return ir.Constant(kind, [value] * n)

    def exponential(builder, x, table):
        kind = ir.FunctionType(reals, [reals] * 3)
        fused = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.v{n}f64")

        def joint(a, b, c):
            return builder.call(fused, [a, b, c])

        shifted = joint(x, all_(_PART), all_(_WHOLE))
        k = builder.bitcast(shifted, words)
        whole = builder.fsub(shifted, all_(_WHOLE))
        r = joint(whole, all_(_LOW), joint(whole, all_(_HIGH), x))
        at = builder.shl(builder.and_(k, all_(_PARTS - 1)), all_(1))
        found = []
        for lane in range(n):
            place = builder.gep(
                table, [ir.Constant(word, 0), builder.extract_element(at, word(lane))]
            )
            found.append(builder.load(builder.bitcast(place, pair.as_pointer()), align=8))
        rest, scale = (ir.Constant(words, ir.Undefined) for _ in range(2))
        low, high = (
            [
                builder.shuffle_vector(
                    a, b, ir.Constant(ir.VectorType(ir.IntType(32), 2), [c, c + 2])
                )
                for a, b in zip(found[::2], found[1::2], strict=True)
            ]
            for c in (0, 1)
        )
        both = ir.Constant(ir.VectorType(ir.IntType(32), n), list(range(n)))
        rest = builder.bitcast(builder.shuffle_vector(*low, both), reals)
        scale = builder.add(builder.shuffle_vector(*high, both), builder.shl(k, all_(45)))
        scale = builder.bitcast(scale, reals)
        square = builder.fmul(r, r)
        small = joint(square, joint(r, all_(_C3), all_(_C2)), builder.fadd(rest, r))
        small = joint(builder.fmul(square, square), joint(r, all_(_C5), all_(_C4)), small)
        return joint(scale, small, scale)

    numbers = _table()

    def code(context, builder, signature, values):
        kind = ir.ArrayType(word, len(numbers))
        table = cgutils.global_constant(builder, "powers", ir.Constant(kind, numbers))
        data = context.make_array(signature.args[0])(context, builder, values[0]).data
        place = builder.bitcast(builder.gep(data, [values[1]]), reals.as_pointer())
        builder.store(exponential(builder, builder.load(place, align=8), table), place, align=8)
        return context.get_dummy_value()

    return intrinsic(lambda typing, array, index: (types.void(array, index), code))


@inlined
def beyond(x):
    """1 where ``exponentials`` does not do, also where x is no number; else 0."""
    return np.int64(not abs(x) < _BEYOND)


@inlined
def exponentials(values, n):
    """Let eˣ stand where n numbers x stand, and some more up to a multiple of ``AT_ONCE``."""
    for i in range(0, n, AT_ONCE):
        _four(values, i)


@shared
def all_exponentials(values, four):
    """The same, for any x, and for no more than there are; ``four`` numbers are lost."""
    apart()
    whole = values.shape[0] - values.shape[0] % AT_ONCE
    far = 0
    for i in range(whole):
        far |= beyond(values[i])
    if far:
        whole = 0
    exponentials(values, whole)
    for i in range(whole, values.shape[0], AT_ONCE):
        n = min(values.shape[0] - i, AT_ONCE)
        for j in range(n):
            four[j] = values[i + j]
        _four(four, 0)
        for j in range(n):
            values[i + j] = math.exp(values[i + j]) if beyond(values[i + j]) else four[j]
