"""Pages in one file, HTML with inline SVG: the report of a run (counts only) and the barrier model."""

from screening.report.barrier_page import render_barrier_page
from screening.report.html import render_run

__all__ = ["render_barrier_page", "render_run"]
