"""The papers of a municipality as the page of the mandate shows them: made anew when somebody asks."""

from __future__ import annotations

from flows.configuration import Configuration
from flows.papers.papers import papers_of, papers_with_counts
from screening.papers.render import ENTRY, QUESTIONS
from screening.review.settings import PaperFile


def papers_to_read(configuration: Configuration) -> dict[str, PaperFile]:
    """File name -> paper. ConfigurationError: they cannot be made of this configuration."""
    papers = papers_with_counts(configuration)
    listed = {
        name: PaperFile(paper.title, paper.text, len(paper.points), paper.to_check) for name, paper in papers.items()
    }
    texts, points = papers_of(configuration), {point.key for paper in papers.values() for point in paper.points}
    return {
        **listed,
        ENTRY: PaperFile("Algoritmeregister, als bestand om in te lezen", texts[ENTRY], 0, 0),
        QUESTIONS: PaperFile("Alle open punten, als bestand om in te vullen", texts[QUESTIONS], len(points), 0),
    }
