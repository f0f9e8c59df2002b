"""A note as Markdown: the same text as its blocks, and nothing that somebody wrote becomes markup."""

from __future__ import annotations

import pytest

from screening.review.blocks import Block, Bullets, Grid, Heading, Pairs, Paragraph, Piece, Quote, Section
from screening.review.markdown import markdown


def test_every_block_of_a_note_is_told() -> None:
    blocks: list[Block] = [
        Paragraph("Een zin."),
        Section("a", "Deel", [Heading("Kop", 3), Pairs([("Wet", "art. 1"), ("Bron", ["x", "y"])]), Bullets(["een"])]),
        Grid("Tabel", ["Naam", "Aantal"], [["Bibob", "2"]]),
    ]
    assert markdown("Nota", blocks) == (
        "# Nota\n\nEen zin.\n\n## Deel\n\n### Kop\n\n- **Wet**: art. 1\n- **Bron**: x; y\n\n- een\n\n"
        "| Naam | Aantal |\n| --- | --- |\n| Bibob | 2 |\n"
    )


def test_what_somebody_wrote_is_no_markup() -> None:
    told = markdown("Nota", [Paragraph("[klik](x) <b>*ja*</b>\n# kop")])
    assert told.splitlines()[2] == r"\[klik\](x) \<b\>\*ja\*\</b\> \# kop"


@pytest.mark.parametrize("block", [Quote("x"), Paragraph([Piece("x")])])
def test_what_a_note_does_not_have_is_refused(block: Block) -> None:
    with pytest.raises(TypeError):
        markdown("Nota", [block])
