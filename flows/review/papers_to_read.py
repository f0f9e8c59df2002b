"""The papers of a municipality as the page of the mandate shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from flows.configuration import Configuration
from flows.papers.papers import papers_with_answers, read_answers
from screening.review.settings import PaperFile


def papers_to_read(configuration: Configuration) -> Callable[[], Mapping[str, PaperFile]]:
    """What gives the papers, by file name: made once, and anew after the file of answers changed.

    It raises ConfigurationError where they cannot be made of this configuration.
    """

    @lru_cache(maxsize=1)
    def made_with(answers: tuple[tuple[str, str], ...]) -> Mapping[str, PaperFile]:
        return {
            name: PaperFile(paper.title, paper.text, len(paper.points), len(paper.answered), paper.to_check)
            for name, paper in papers_with_answers(configuration, dict(answers)).items()
        }

    return lambda: made_with(tuple(read_answers(configuration).items()))
