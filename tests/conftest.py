"""What all tests share."""

from hypothesis import settings

# A busy machine is no fault of what is tested: speed belongs to benchmarks.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
