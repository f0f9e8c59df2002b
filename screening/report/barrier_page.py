"""Render the page of the barrier model from a document of plain words: four pictures, and under each what they say."""

from __future__ import annotations

from screening.base.frames import Row
from screening.pictures.chain import chain
from screening.report.pages import page


def render_barrier_page(document: Row) -> str:
    """One self-contained HTML page. The document has `language`, `words`, `counts`, `models` and `heads`.

    `models`: a list with `title`, `about`, `boxes` (see `chain`) and `parts` (title, and lists under the keys of
    `heads`). Nothing in it is about a municipality.
    """
    words = document["words"]
    pictures = [chain(model["boxes"], title=model["title"], words=words) for model in document["models"]]
    return page("barrier_page", {**document, "pictures": pictures})
