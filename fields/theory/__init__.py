"""Closed forms and first integrals: solutions, landing points, norms, times, limits, thresholds."""
