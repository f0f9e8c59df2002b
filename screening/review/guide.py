"""The guide for officers, `docs/handleiding.md`, as a part of a page."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

#: In an installed package the guide lies beside this module (pyproject.toml); in the repository among the documents.
_PLACES = (Path(__file__).parent / "guide", Path(__file__).parents[2] / "docs")
_FILE, _PICTURES = "handleiding.md", "handleiding"
_NAME = re.compile(r"[a-z-]{1,40}\.png")


def _folder() -> Path:
    return next(place for place in _PLACES if (place / _FILE).exists())


@cache
def guide() -> tuple[str, Markup]:
    """The title of the guide, and the rest of it as HTML; each part under an anchor of its own title."""
    title, _, text = (_folder() / _FILE).read_text(encoding="utf-8").partition("\n")
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", part_anchor(following.content))
        for child in token.children or ():
            if child.type == "image":  # "handleiding/x.png"
                child.attrSet("src", f"/hulp/{child.attrGet('src')}")
                child.attrSet("loading", "lazy")
    # the text is ours, and markup in it is escaped
    return title.lstrip("# "), Markup(markdown.renderer.render(tokens, markdown.options, {}))  # noqa: S704


def part_anchor(title: str) -> str:
    """The anchor of a part: its title in small letters, with hyphens between the words."""
    return "-".join(re.findall(r"\w+", title.lower()))


def guide_picture(name: str) -> bytes | None:
    """A picture of the guide (PNG), or None where there is none of that name."""
    path = _folder() / _PICTURES / name
    return path.read_bytes() if _NAME.fullmatch(name) and path.is_file() else None
