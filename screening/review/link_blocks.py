"""The question whether mentions are of one party, as blocks: asked once, with what was compared in a fold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from screening.review import blocks as b
from screening.review.blocks import PAGE, Block
from screening.review.i18n import Translator, in_dutch
from screening.review.views.likeness import Link, Side


class LinkBlocks:
    """The blocks of links in the language of a page."""

    def __init__(self, t: Translator) -> None:
        self.t = t

    def questions(self, groups: Iterable[Sequence[Link]], level: int = 4) -> list[Block]:
        """The questions whether mentions are of one party, under one heading. `groups`: links that hang together."""
        heading = b.Heading(self.t("dossier.links.title"), level, size=5, on=PAGE)
        return [
            b.Container([*([heading] if place == 0 else []), *self._question(links)], css="d-link")
            for place, links in enumerate(groups)
        ]

    def _question(self, links: Sequence[Link]) -> list[Block]:
        """Whether these mentions are of one party."""
        t, first = self.t, links[0]
        ends = dict.fromkeys(side for link in links for side in (link.left, link.right))
        names = dict.fromkeys(map(self._named, ends))
        heading = t("dossier.links.heading", left=self._named(first.left), right=self._named(first.right))
        if len(links) > 1:
            heading = t("dossier.links.group", names=", ".join(names), n=len({(end.record, end.role) for end in ends}))
        return [b.Paragraph(f"{capitalised(heading).removesuffix('.')}. {first.level}"), self.compared(links)]

    def _side(self, side: Side) -> str:
        return self.t("dossier.links.mention", role=side.role, head=side.head)

    def _named(self, side: Side) -> str:
        return side.name or self._side(side)

    def compared(self, links: Sequence[Link], summary: str = "") -> Block:
        """What was compared of each pair, in a fold."""
        blocks = [block for link in links for block in self._comparison(link)]
        return b.Details(summary or self.t("dossier.links.compared"), blocks)

    def _comparison(self, link: Link) -> list[Block]:
        """What was compared of two mentions, field by field."""
        t, rows, numbers = self.t, [], []
        for compared in link.compared:
            left = in_dutch(compared.left or "", t.language) or t(f"dossier.links.{compared.left_why}")
            right = in_dutch(compared.right or "", t.language) or t(f"dossier.links.{compared.right_why}")
            rows.append((compared.field, left, right, compared.alike))
            key = "dossier.links.number" if compared.number else "dossier.links.number_unknown"
            numbers.append(t(key, field=compared.field, number=compared.number))
        field, alike = t("dossier.links.field"), t("dossier.links.alike")
        sides = [self._side(side) for side in (link.left, link.right)]
        return [
            b.Grid(t("dossier.links.caption"), [field, *sides, alike], rows),
            b.Details(t("dossier.links.numbers"), [b.Bullets(numbers, css="d-plain")], on=PAGE),
        ]


def capitalised(text: str) -> str:
    """The text with a capital at its head."""
    return text[:1].upper() + text[1:]
