"""Formulas in words: elements of Typst as plain text, and signs as they are read out."""
