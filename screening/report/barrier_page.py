"""Render the page of the barrier model from a document of plain words: four pictures, and under each what they say."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined

from screening.report.chain import chain


def render_barrier_page(document: Mapping) -> str:
    """One self-contained HTML page. The document has `language`, `words`, `counts`, `models` and `heads`.

    `models`: a list with `title`, `about`, `boxes` (see `chain`) and `parts` (title, and lists under the keys of
    `heads`). Nothing in it is about a municipality.
    """
    source = files("screening.report").joinpath("templates/barrier_page.html.j2").read_text(encoding="utf-8")
    # autoescape must be said: by default Jinja leaves names that end in .j2 unescaped
    environment = Environment(
        loader=DictLoader({"page": source}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    words = document["words"]
    pictures = [chain(model["boxes"], title=model["title"], words=words) for model in document["models"]]
    return environment.get_template("page").render(**document, pictures=pictures)
