"""What the Markdown of a paper says as blocks, to set as every document is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from screening.review.blocks import Block, Bullets, Grid, Heading, Line, Paragraph, Piece, Quote

#: Heads of a table of names and values, which has none in Markdown.
_NAME, _VALUE = "Onderwerp", "Inhoud"


def paper_blocks(text: str) -> list[Block]:
    """What the Markdown of a paper says after its title. ValueError: a kind of part that no paper has."""
    tree = SyntaxTreeNode(MarkdownIt("commonmark", {"html": False}).enable("table").parse(text))
    title, *nodes = tree.children
    # parts of a paper, where it has any, are under its title
    lowered = any(node.tag == title.tag for node in nodes)
    return [block for node in nodes for block in _blocks(node, lowered=lowered)]


def _blocks(node: SyntaxTreeNode, *, lowered: bool) -> Iterator[Block]:
    match node.type:
        case "heading":
            yield Heading(_plain(node), int(node.tag[1:]) + lowered)
        case "paragraph":
            yield Paragraph(_line(node))
        case "bullet_list" | "ordered_list":
            yield Bullets([_line(point) for point in node.children], is_numbered=node.type == "ordered_list")
        case "blockquote":
            yield from (Quote(_plain(part)) for part in node.children)
        case "table":
            heads, *rows = (row.children for part in node.children for row in part.children)
            names = [_plain(head) for head in heads]
            yield Grid("", names if any(names) else [_NAME, _VALUE], [[_line(cell) for cell in row] for row in rows])
        case "hr":
            return
        case _:
            raise ValueError(f"{node.type} is no part of a paper")


def _plain(node: SyntaxTreeNode) -> str:
    return "".join(piece.text for piece in _pieces(node.children))


def _line(node: SyntaxTreeNode) -> Line:
    return list(_pieces(node.children))


def _pieces(nodes: Iterable[SyntaxTreeNode], *, is_strong: bool = False, href: str = "") -> Iterator[Piece]:
    for node in nodes:
        if node.type == "softbreak":
            yield Piece(" ")
        elif node.children:
            link = str(node.attrs["href"]) if node.type == "link" else href
            yield from _pieces(node.children, is_strong=is_strong or node.type == "strong", href=link)
        else:
            yield Piece(node.content, href, is_strong=is_strong)
