"""The papers of a municipality as the page of the mandate shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from flows.configuration import Configuration
from flows.papers.papers import papers_with_answers, read_answers
from screening.partners.pooling.kept_result import kept_result
from screening.review.settings import PaperFile


def papers_to_read(configuration: Configuration) -> Callable[[], Mapping[str, PaperFile]]:
    """What gives the papers, by file name: made once, and anew after the answers or the pooled result changed.

    It raises ConfigurationError where they cannot be made of this configuration.
    """

    @lru_cache(maxsize=1)
    def made_with(answers: tuple[tuple[str, str], ...], _result: bytes | None) -> Mapping[str, PaperFile]:
        return {
            name: PaperFile(paper.title, paper.text, len(paper.points), len(paper.answered), paper.to_check)
            for name, paper in papers_with_answers(configuration, dict(answers)).items()
        }

    def made_now() -> Mapping[str, PaperFile]:
        result = kept_result(configuration.workspace)
        return made_with(tuple(read_answers(configuration).items()), result.content() if result else None)

    return made_now
