"""Every word of a paper's Markdown is in its blocks, and its blocks have the headings in their order."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

from flows.papers.papers import example, papers_of
from screening.review.blocks import Block, Bullets, Grid, Heading, Paragraph, Quote
from screening.review.paper_blocks import paper_blocks

PAPERS = {name: text for name, text in papers_of(example()).items() if name.endswith(".md")}


def words(block: Block) -> str:
    match block:
        case Heading() | Quote():
            return block.text
        case Paragraph():
            lines = [block.text]
        case Bullets():
            lines = block.lines
        case Grid():
            lines = [*block.heads, *(cell for row in block.rows for cell in row)]
    return " ".join(line if isinstance(line, str) else "".join(piece.text for piece in line) for line in lines)


@pytest.mark.parametrize("name", PAPERS)
def test_the_blocks_of_a_paper_hold_all_that_it_says(name: str) -> None:
    _, _, body = PAPERS[name].partition("\n")
    plain = re.sub(r"^(?:\d+\. |> ?|#+ |- |\|[-|]+\||---$)", " ", body, flags=re.MULTILINE)
    plain = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", plain)
    plain = unquote(plain)  # as an address is shown
    said = " ".join(words(block) for block in paper_blocks(f"# T\n{body}"))
    letters = re.compile(r"[^\W_]+")
    there = letters.findall(re.sub(r"\bOnderwerp Inhoud\b", "", said))
    assert there == letters.findall(plain)


def test_parts_of_a_paper_stand_under_its_title_and_open_points_keep_their_number() -> None:
    text = "# T\n\n# A. Deel\n\n## 1. Punt\n\nEen **vraag (1):** [hier](https://x.example).\n\n1. Wie?\n"
    blocks = paper_blocks(text)
    parts = [(block.text, block.level) for block in blocks if isinstance(block, Heading)]
    assert parts == [("A. Deel", 2), ("1. Punt", 3)]
    paragraph, points = blocks[2:]
    assert [(piece.text, piece.is_strong, piece.href) for piece in paragraph.text] == [
        ("Een ", False, ""),
        ("vraag (1):", True, ""),
        (" ", False, ""),
        ("hier", False, "https://x.example"),
        (".", False, ""),
    ]
    assert points.is_numbered
    assert [block.level for block in paper_blocks("# T\n\n## Punt\n") if isinstance(block, Heading)] == [2]


def test_what_no_paper_has_is_refused() -> None:
    with pytest.raises(ValueError, match="fence"):
        paper_blocks("# T\n\n```\ncode\n```\n")
