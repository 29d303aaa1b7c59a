"""Workers that tests share: a process that has loaded Manim once serves many pools."""

from __future__ import annotations

from typing import ClassVar

from studio.render.pool import Pool, Worker


class SharedPool(Pool):
    """A pool that takes its workers from a stock, and puts back those that are idle at its end.

    A worker that has loaded other scenes or settings replaces its process, as in one long command.
    Their logs are not in ``logs``: a test that reads or counts logs takes a ``Pool``.
    """

    _stock: ClassVar[list[Worker]] = []

    def _alive(self, name: str) -> Worker:
        with self._lock:
            if name not in self._at and not self._is_closed:
                while self._stock and name not in self._at:
                    worker = self._stock.pop()
                    if worker.is_alive:
                        self._at[name] = worker
        return super()._alive(name)

    def stop(self) -> None:
        """Put idle workers back, and end the others."""
        with self._lock:
            self._is_closed = True
            idle = [name for name in self._at if not self._one_at_a_time[name].locked()]
            self._stock.extend(self._at.pop(name) for name in idle)
        super().stop()

    @classmethod
    def clear(cls) -> None:
        """End all workers of the stock."""
        while cls._stock:
            cls._stock.pop().dismiss()
