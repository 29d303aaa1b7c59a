"""One exponential for all flows in ln w, whoever follows them, and on every processor.

NumPy's is another one on some processors (with AVX-512, one number in twenty differs in its last
bit), and a trajectory would depend on whether compiled code or Python follows it.

It is S. Nagy's (Arm's optimized routines, MIT licence), which the GNU C library has had since 2.28,
operation by operation: 2^(k/128) from a table, and a polynomial for the rest. So it is that
library's to the last bit where the processor multiplies and adds at once, and the same everywhere.
It is off by less than 0.52 units in the last place. Compiled, four are found at once.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fields.compiled import apart, inlined, kernel, made_late, shared

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
    from decimal import Decimal, localcontext

    with localcontext() as context:
        context.prec = 50
        exact = [(Decimal(2).ln() * k / _PARTS).exp() for k in range(_PARTS)]
        whole = np.array([float(one) for one in exact])
        rest = np.array([float(one / Decimal(float(one)) - 1) for one in exact])
    bits = whole.view(np.int64) - (np.arange(_PARTS) << 45)
    return [int(one) for one in np.stack([rest.view(np.int64), bits], axis=1).ravel()]


@made_late
def _four() -> Any:
    """Let eˣ stand where four numbers x of an array stand, from an index on; for |x| < 512.

    Written as the compiler is to do it: of a loop it makes more, for what is looked up in a table
    are not four numbers side by side.
    """
    from llvmlite import ir
    from numba import types
    from numba.core import cgutils
    from numba.extending import intrinsic

    word, short, n = ir.IntType(64), ir.IntType(32), AT_ONCE
    reals, words = ir.VectorType(ir.DoubleType(), n), ir.VectorType(word, n)
    pair = ir.VectorType(word, 2)
    numbers = ir.Constant(ir.ArrayType(word, 2 * _PARTS), _table())

    def each(value):
        return ir.Constant(reals if isinstance(value, float) else words, [value] * n)

    def chosen(builder, a, b, *places):
        return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(short, len(places)), places))

    def looked_up(builder, k):
        """The two parts of 2^(k/128)."""
        table = cgutils.global_constant(builder, "powers", numbers)
        at = builder.shl(builder.and_(k, each(_PARTS - 1)), each(1))
        rows = []
        for lane in range(n):
            place = builder.gep(table, [word(0), builder.extract_element(at, word(lane))])
            place = builder.bitcast(place, pair.as_pointer())
            rows.append(builder.load(place, align=8))
        halves = [
            [chosen(builder, *rows[first : first + 2], part, part + 2) for first in (0, 2)]
            for part in (0, 1)
        ]
        return [chosen(builder, *half, 0, 1, 2, 3) for half in halves]

    def exponential(builder, x):
        kind = ir.FunctionType(reals, [reals] * 3)
        fused = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.v{n}f64")

        def joint(a, b, c):
            """A b + c, rounded once."""
            return builder.call(fused, [a, b, c])

        shifted = joint(x, each(_PART), each(_WHOLE))
        k, whole = builder.bitcast(shifted, words), builder.fsub(shifted, each(_WHOLE))
        r = joint(whole, each(_LOW), joint(whole, each(_HIGH), x))
        rest, bits = looked_up(builder, k)
        scale = builder.bitcast(builder.add(bits, builder.shl(k, each(45))), reals)
        square = builder.fmul(r, r)
        small = builder.fadd(builder.bitcast(rest, reals), r)
        small = joint(square, joint(r, each(_C3), each(_C2)), small)
        small = joint(builder.fmul(square, square), joint(r, each(_C5), each(_C4)), small)
        return joint(scale, small, scale)

    def code(context, builder, signature, values):
        data = context.make_array(signature.args[0])(context, builder, values[0]).data
        place = builder.bitcast(builder.gep(data, [values[1]]), reals.as_pointer())
        builder.store(exponential(builder, builder.load(place, align=8)), place, align=8)
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


@kernel
def _all(values: NDArray[np.float64], four: NDArray[np.float64]) -> None:
    all_exponentials(values, four)


def _compiled(x: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.array(x, dtype=float, order="C")
    _all(found.reshape(-1), np.empty(AT_ONCE))
    return found


@cache
def _numpy_agrees() -> bool:
    """Whether NumPy's exponential is this one: it takes less time to ask for."""
    x = np.linspace(-700.0, 700.0, 10_001)
    return np.array_equal(np.exp(x), _compiled(x))


def exponential(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """eˣ of an array, of its shape, to the last bit as compiled code has it.

    Beyond 709.78 it is ∞, with NumPy's warning or without.
    """
    return np.asarray(np.exp(x)) if _numpy_agrees() else _compiled(x)
