"""Figures of several municipalities: what a municipality sends and reads in, and what the processor does."""
