"""A document of blocks as Markdown, for who works on in a text editor: the same text as the page and the PDF."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from screening.review.blocks import Block, Bullets, Grid, Heading, Pairs, Paragraph, Section

#: Signs that Markdown would read as markup. A link or number that somebody wrote stays as it is otherwise.
_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|])")


def markdown(title: str, blocks: Iterable[Block]) -> str:
    """The document with its title. TypeError: a kind of block that a note does not have."""
    return "\n".join([f"# {_plain(title)}", "", *_lines(blocks, 2)]).rstrip() + "\n"


def _lines(blocks: Iterable[Block], level: int) -> Iterator[str]:
    for block in blocks:
        match block:
            case Section():
                yield from (f"{'#' * level} {_plain(block.title)}", "", *_lines(block.blocks, level + 1))
                continue
            case Heading():
                yield f"{'#' * block.level} {_plain(block.text)}"
            case Paragraph():
                yield _plain(block.text)
            case Bullets():
                yield from (f"- {_plain(line)}" for line in block.lines)
            case Pairs():
                for name, value in block.rows:
                    lines = [value] if isinstance(value, str) else value
                    yield f"- **{_plain(name)}**: {'; '.join(map(_plain, lines))}"
            case Grid():
                yield _row(block.heads)
                yield _row(["---"] * len(block.heads))
                yield from (_row([_plain(cell) for cell in row]) for row in block.rows)
            case _:
                raise TypeError(f"{block.kind} is no part of a note")
        yield ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: object) -> str:
    """A line of one text; pieces and lists are no part of a note."""
    if not isinstance(text, str):
        raise TypeError("a line of a note is one text")
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))
