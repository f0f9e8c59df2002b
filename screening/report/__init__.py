"""The one-file report of a run: counts, shares and ages as HTML with inline SVG; nothing personal in it."""

from screening.report.html import render

__all__ = ["render"]
