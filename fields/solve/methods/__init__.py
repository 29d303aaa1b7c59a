"""Coefficients of the two methods, explicit and implicit."""
