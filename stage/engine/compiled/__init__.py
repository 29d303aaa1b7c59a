"""Compiled code for light: where particles draw lines, what these leave, and how it is seen."""
