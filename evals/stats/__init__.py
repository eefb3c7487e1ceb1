"""Intervals of figures, and whether two runs differ."""
