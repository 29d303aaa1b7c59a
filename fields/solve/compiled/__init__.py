"""Compiled code for the flow that most swarms of the films follow."""
