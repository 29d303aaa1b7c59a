"""What all tests share."""

import signal

from hypothesis import settings

# A busy machine is no fault of what is tested: speed belongs to benchmarks.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# A shell that runs the tests in the background has them ignore interrupts, and their processes too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
