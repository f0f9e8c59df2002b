"""Pages in one file, HTML with inline SVG: the report of a run (counts only) and the barrier model."""

from screening.report.barrier_page import render_barrier_page
from screening.report.html import render

__all__ = ["render", "render_barrier_page"]
