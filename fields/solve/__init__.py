"""Numerical integration with error control, before the first frame: methods, steps, solutions."""
