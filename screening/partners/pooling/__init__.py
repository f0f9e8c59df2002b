"""Figures of several municipalities together: exact counts go sealed to one processor, and only sums return."""
