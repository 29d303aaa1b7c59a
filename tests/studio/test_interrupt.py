"""An interrupt is taken, though it came where no exception gets through."""

import gc
import signal

import pytest

from studio.render.interrupt import noted_interrupts, raise_noted


class Finalized:
    """Interrupted while it is let go: Python prints that, and goes on."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_in_a_finalizer_is_not_lost() -> None:
    with noted_interrupts():
        raise_noted()
        Finalized()
        gc.collect()
        with pytest.raises(KeyboardInterrupt):
            raise_noted()
    with noted_interrupts():
        raise_noted()


def test_an_interrupt_is_raised_where_it_comes() -> None:
    with noted_interrupts(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
