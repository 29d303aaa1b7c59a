"""An interrupt that is not lost, whatever was being done when it came.

Python raises it wherever it is. In a finalizer or a callback of the garbage collector it is printed
and forgotten; so it is noted as well, and asked for where there is nothing else to do.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_noted = threading.Event()


@contextmanager
def noted_interrupts() -> Iterator[None]:
    """Note an interrupt beside raising it; a way of one's own to take it is left alone."""
    _noted.clear()
    plain = threading.current_thread() is threading.main_thread() and (
        signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if plain:
        signal.signal(signal.SIGINT, _note)
    try:
        yield
    finally:
        _noted.clear()
        if plain:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def raise_noted() -> None:
    """Raise KeyboardInterrupt if one has come, whether or not it got through."""
    if _noted.is_set():
        raise KeyboardInterrupt


def _note(number: int, frame: FrameType | None) -> None:
    _noted.set()
    signal.default_int_handler(number, frame)
