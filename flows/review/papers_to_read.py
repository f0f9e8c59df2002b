"""The papers of a municipality as the page of the mandate shows them: made anew when somebody asks."""

from __future__ import annotations

from flows.configuration import Configuration
from flows.papers.papers import papers_with_counts
from screening.review.settings import PaperFile


def papers_to_read(configuration: Configuration) -> dict[str, PaperFile]:
    """File name -> paper. ConfigurationError: they cannot be made of this configuration."""
    return {
        name: PaperFile(paper.title, paper.text, len(paper.points), paper.to_check)
        for name, paper in papers_with_counts(configuration).items()
    }
