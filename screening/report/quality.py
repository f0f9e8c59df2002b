"""Render the quality page as one file: the body that the review shows too, under a title of its own."""

from __future__ import annotations

from screening.base.frames import Row
from screening.report.pages import page
from screening.wording.quality import quality_body, quality_texts


def render_quality(document: Row, municipality: str, language: str = "nl") -> str:
    """One self-contained HTML page for a `quality_document`."""
    context = {"municipality": municipality, "lang": language, "t": quality_texts(language)}
    return page("quality", {**context, "body": quality_body(document, language)})
