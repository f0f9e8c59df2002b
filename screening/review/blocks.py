"""The text of a dossier as blocks: `templates/blocks.html.j2` makes a page of them, `documents/document.typ` PDF/UA."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from screening.pictures.picture import Picture

#: `on` of a block that only one of the two shows.
PAGE, PRINT = "page", "print"


@dataclass(frozen=True)
class Piece:
    """A piece of a line. `href`: a link on the page; in a print too, where it is an address of the internet.

    `moment`: a date for machines. `css`: its class on the page. `is_strong`: bold in a print.
    """

    text: str
    href: str = ""
    moment: str = ""
    css: str = ""
    is_strong: bool = False


#: A line of text. A table cell can be a list of lines; a print joins those by semicolons.
Line = str | Sequence[Piece]


@dataclass(frozen=True)
class Block:
    """One part. `kind`: for the templates. `on`: PAGE, PRINT, or empty for both. `css`: its class on the page."""

    kind: str = field(init=False)
    on: str = field(default="", kw_only=True)
    css: str = field(default="", kw_only=True)

    def __init_subclass__(cls) -> None:
        """Name the kind."""
        cls.kind = cls.__name__.lower()


@dataclass(frozen=True)
class Heading(Block):
    """A heading. `size`: as large as this level on a page. `note`: what is added to it in plain type."""

    text: str
    level: int
    size: int = 0
    id: str = ""
    note: str = ""


@dataclass(frozen=True)
class Paragraph(Block):
    """A paragraph."""

    text: Line


@dataclass(frozen=True)
class Framed(Block):
    """A paragraph in a frame."""

    text: str


@dataclass(frozen=True)
class Quote(Block):
    """A text that a person wrote."""

    text: str


@dataclass(frozen=True)
class Bullets(Block):
    """A list. `is_numbered`: a print numbers it from 1."""

    lines: Sequence[Line]
    is_numbered: bool = False


@dataclass(frozen=True)
class Pairs(Block):
    """Names and values; a value can be a list. `is_silent`: the page shows no names, as the heading says the same."""

    rows: Sequence[tuple[str, str | Sequence[str]]]
    is_silent: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of several lines. `printed`: the same in one line of a print."""

    lines: Sequence[Line]
    printed: str


@dataclass(frozen=True)
class Grid(Block):
    """A table. `has_row_heads`: the first cell names its row. `whole`: columns in which no word is broken in two.

    `is_stacked`: its rows stand below each other on a narrow screen; those of four columns and more always do.
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Line | Cell]]
    shows_caption: bool = False
    has_row_heads: bool = True
    whole: Sequence[int] = ()
    is_stacked: bool = False


@dataclass(frozen=True)
class DatedRow:
    """A date of a timeline. `moment`: for machines. `ahead`: words for what is to come. `source`: of the record."""

    day: str
    moment: str
    ahead: str
    what: str
    kind: str
    record: Piece
    source: str


@dataclass(frozen=True)
class Timeline(Block):
    """Events by year; a print has them in a table with these heads."""

    heads: Sequence[str]
    years: Sequence[tuple[int, Sequence[DatedRow]]]


@dataclass(frozen=True)
class Figure(Block):
    """A picture with the same in text under it: folded on the page, as its alternative text in a print.

    `fold`: the words on the fold; empty where the page has the text beside it.
    """

    picture: Picture
    caption: str
    fold: str


@dataclass(frozen=True)
class Details(Block):
    """Blocks that the page folds away under a summary; a print shows them all."""

    summary: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Container(Block):
    """Blocks that the page draws together. `id`: of the record that they are about; `<id>-kop` is its heading."""

    blocks: Sequence[Block]
    id: str = ""


@dataclass(frozen=True)
class Steps(Block):
    """Groups of blocks in the order in which they happened."""

    steps: Sequence[Sequence[Block]]


@dataclass(frozen=True)
class Section(Block):
    """A part of the document under a heading of its own."""

    id: str
    title: str
    blocks: Sequence[Block]
