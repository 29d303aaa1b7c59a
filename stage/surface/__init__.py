"""Losses and models as surfaces, seen aslant."""
