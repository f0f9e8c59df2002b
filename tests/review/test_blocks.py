"""Blocks say the same on a page and in a print, whatever stands in them, and nothing where they hold nothing."""

from __future__ import annotations

import html
import re
import subprocess
from dataclasses import asdict
from pathlib import Path

import pytest

from screening.base.typeset import pdf
from screening.review.blocks import (
    PAGE,
    PRINT,
    Block,
    Bullets,
    Cell,
    Container,
    DatedRow,
    Details,
    Framed,
    Grid,
    Heading,
    Pairs,
    Paragraph,
    Piece,
    Quote,
    Section,
    Steps,
    Timeline,
)
from screening.review.pages.printing import DOCUMENT
from screening.review.rendering import environment

NASTY = "#panic() *vet* $x$ = kop \\ <label> `code` //"
#: A word; numbers are on every print.
WORD = r"[^\W\d]\w+"
EVERY: list[Block] = [
    Heading("Kop", 2),
    Paragraph(
        [Piece("Zie "), Piece("het gegeven", href="#gegeven-1"), Piece(" van "), Piece("1 mei", moment="2026-05-01")]
    ),
    Quote("Gezien."),
    Bullets(["een", [Piece("twee", css="d-also")]]),
    Pairs([("Naam", "waarde")]),
    Pairs([("Naam", "waarde"), ("Lijst", ["a", "b"])], is_silent=True, css="d-told"),
    Grid("", ["Wie", "Wat"], [["houder", Cell(["vergunning"], "vergunning")]]),
    Timeline(
        ["Dag", "Wat", "Gegeven", "Bron"],
        [(2026, [DatedRow("1 mei", "2026-05-01", "", "Besluit", "", Piece("ZW-1"), "x")])],
    ),
    Details("Meer", [Paragraph("dieper")]),
    Container([Heading("Eigen kop", 2, id="gegeven-1-kop", note="bv")], id="gegeven-1", css="d-record"),
    Steps([[Paragraph("eerst")], [Paragraph("dan"), Quote("zo")]]),
    Section("deel", "Deel", [Paragraph("binnen")]),
]


def page(blocks: list[Block]) -> str:
    template = environment().from_string('{% import "blocks.html.j2" as blocks %}{{ blocks.all(given) }}')
    return template.render(given=blocks)


def printed(blocks: list[Block], folder: Path, *command: str, large: bool = False, text: str = "") -> str:
    names = ("title", "author", "marking", "reference", "printed", "expires", "page", "of")
    data = dict.fromkeys(names, text or "-") | {"language": "nl", "large": large}
    file = folder / "print.pdf"
    file.write_bytes(pdf(DOCUMENT, {**data, "blocks": [asdict(block) for block in blocks]}))
    done = subprocess.run(
        [*command[:1], *command[1:], str(file), *["-"] * ("pdftotext" in command)], capture_output=True, check=True
    )
    return done.stdout.decode()


@pytest.mark.parametrize("block", EVERY, ids=lambda block: block.kind)
def test_a_page_and_a_print_say_the_same(block: Block, tmp_path: Path) -> None:
    said = set(re.findall(WORD, html.unescape(re.sub(r"<[^>]+>", " ", page([block])))))
    read = set(re.findall(WORD, printed([block], tmp_path, "pdftotext")))
    # the events of a year are a table with heads in a print
    assert said <= read
    assert read - said <= ({"Dag", "Wat", "Gegeven", "Bron"} if block.kind == "timeline" else set())


def test_text_is_never_markup(tmp_path: Path) -> None:
    blocks = [
        Paragraph(NASTY),
        Quote(NASTY),
        Framed(NASTY),
        Heading(NASTY, 2),
        Bullets([NASTY]),
        Pairs([(NASTY, NASTY)]),
        Grid("", ["a", "b"], [[NASTY, [Piece(NASTY)]]]),
        Grid("", list("abcde"), [[NASTY] * 5]),
    ]
    for large in (False, True):
        read = " ".join(printed(blocks, tmp_path, "pdftotext", "-layout", large=large, text=NASTY).split())
        assert read.count("*vet*") >= 12
    assert "<label>" not in page(blocks)


def test_what_is_for_one_of_the_two_is_left_out_by_the_other(tmp_path: Path) -> None:
    blocks: list[Block] = [Container([Paragraph("scherm", on=PAGE), Paragraph("papier", on=PRINT)])]
    assert "scherm" in page(blocks)
    assert "papier" not in page(blocks)
    read = printed(blocks, tmp_path, "pdftotext")
    assert "papier" in read
    assert "scherm" not in read


def test_nothing_makes_no_empty_list(tmp_path: Path) -> None:
    blocks: list[Block] = [Bullets([]), Pairs([]), Grid("", ["a"], []), Timeline([""] * 4, [])]
    structure = printed(blocks, tmp_path, "pdfinfo", "-struct")
    assert not re.search(r"^\s*(?:L|Grid)\b", structure, re.M)
