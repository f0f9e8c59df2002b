"""What a rule saw, as blocks: the sentence, the records it rests on, the links, and what speaks against it.

What a hit that was read above it says is not said again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from screening.base.local_formats import without_repeated_years
from screening.review import blocks as b
from screening.review.blocks import PAGE, Block, Line, Piece
from screening.review.dossier_view import DossierView
from screening.review.i18n import in_dutch
from screening.review.link_blocks import LinkBlocks, capitalised
from screening.review.views.case_pictures import drawn_elsewhere
from screening.review.views.evidence import Cited, HitView
from screening.review.views.facts import short_address
from screening.review.views.likeness import grouped
from screening.review.views.words import word
from screening.wording import HEADS

#: So many names or addresses of records that are told together.
MOST_TOGETHER = 3


class HitBlocks:
    """The blocks of the hits of one dossier, for after the own reading."""

    def __init__(self, view: DossierView) -> None:
        self.view, self.t, self._lang = view, view.page.t, view.page.lang
        self._links = LinkBlocks(self.t)

    def hit(self, hit: HitView) -> list[Block]:
        """Return the blocks of a hit that was opened.

        Folded away is what is said of the rule itself, and each record where many alike are told as one.
        """
        t = self.t
        of_rule = [
            *self._told(hit, "window", "thresholds"),
            *((t(f"dossier.evidence.{key}"), x) for key, x in hit.rule),
        ]
        return [
            b.Pairs(self._told(hit, "seen"), is_silent=True, css="d-told"),
            *self._facts_of(hit),
            *self._links_of(hit),
            *self._doubts_of(hit),
            b.Details(
                t("dossier.evidence.rule_more"),
                [
                    *self._each_fact_of(hit),
                    b.Pairs(of_rule, css="d-told"),
                    b.Heading(HEADS[self._lang]["records"], 4),
                    b.Bullets(_lines(hit.part["records"]), css="d-plain"),
                ],
            ),
        ]

    def _told(self, hit: HitView, *names: str) -> list[tuple[str, str | Sequence[str]]]:
        """The sentences of a hit under their heads, where there are any."""
        named = [(HEADS[self._lang][name], hit.part[name]) for name in names if hit.part[name]]
        return [(head, text if isinstance(text, str) else _lines(text)) for head, text in named]

    def _doubts_of(self, hit: HitView) -> list[Block]:
        """What speaks against a hit, and what nobody knows; what a hit before it says too is said there."""
        before = self._read_before(hit)
        same = next((other for other in before if other.title == hit.title), None)
        rows = []
        for name in ("checked", "can_also_mean", "cannot_see", "unknown"):
            earlier = before if name == "unknown" else [same] if same else []
            again = {line for other in earlier for line in _lines(other.part[name])}
            lines = [line for line in _lines(hit.part[name]) if line not in again]
            rows += [(self.t(f"dossier.evidence.{name}"), lines)] if lines else []
        also = [b.Paragraph(self.t("dossier.evidence.as_before"))] if same else []
        return [b.Pairs(rows, css="d-told"), *also]

    def _facts_of(self, hit: HitView) -> list[Block]:
        """The records that a hit rests on, those that are alike in a row together."""
        caption, heads = self.t("dossier.evidence.facts"), self._heads()
        earlier = [group for other in self._read_before(hit) for group in other.cited_together]
        anew = [group for group in hit.cited_together if group not in earlier]
        rows = [self._cited_together(group) if len(group) > 1 else [*self._cited(group[0])] for group in anew]
        blocks: list[Block] = [b.Grid(caption, heads, rows, whole=(1,))] if rows else []
        if len(anew) < len(hit.cited_together):
            blocks.append(b.Paragraph(self.t("dossier.evidence.same_records")))
        return blocks

    def _read_before(self, hit: HitView) -> list[HitView]:
        """The hits above this one that the reader opened: what they say needs not be said again.

        One that no print tells is left out, so that a print is whole without it.
        """
        above = self.view.hits[: hit.place - 1]
        return [other for other in above if other.is_opened and not other.stays_on_screen]

    def _each_fact_of(self, hit: HitView) -> list[Block]:
        """Each record that was told together with others, and what those of other addresses say."""
        caption, heads = self.t("dossier.evidence.facts"), self._heads()
        rows = [self._cited(cited) for group in hit.cited_together if len(group) > 1 for cited in group]
        blocks: list[Block] = [b.Grid(caption, heads, rows, whole=(1,))] if rows else []
        for cited in hit.cited:
            if cited.fields:
                blocks += [b.Heading(capitalised(cited.head), 4, size=5, on=PAGE), b.Pairs(cited.fields, on=PAGE)]
        return blocks

    def _links_of(self, hit: HitView) -> list[Block]:
        """Ask whether mentions are of one party; a link that was asked in sight above is called to mind."""
        earlier = [*self.view.links, *(link for other in self._read_before(hit) for link in other.links)]
        asked = {link.link_id for link in earlier}
        again = [link for link in hit.links if link.link_id in asked]
        blocks = self._links.questions(grouped(link for link in hit.links if link not in again))
        if again:
            blocks.append(self._links.compared(again, self.t("dossier.evidence.alike")))
        return blocks

    def _cited(self, cited: Cited) -> list[Line]:
        t = self.t
        elsewhere = f"{cited.head} ({self._place(cited) or t('dossier.evidence.elsewhere')})"
        record: Line = [Piece(cited.head, f"#{cited.anchor}")] if cited.anchor else elsewhere
        return [
            record,
            in_dutch(", ".join(cited.names), self._lang) or "–",
            cited.date or t("dossier.evidence.no_date"),
        ]

    def _cited_together(self, group: Sequence[Cited]) -> list[Line | b.Cell]:
        """Records of one register in one row: how many, where, who is on them, and their first and last date.

        Of reports and inspections the number counts; of others each date stands there, by name where names differ.
        """
        t, first = self.t, group[0]
        is_drawn = self._drawn_elsewhere.issuperset(cited.record for cited in group)
        places = [*dict.fromkeys(place for cited in group if (place := self._place(cited)) and not is_drawn)]
        head = t("dossier.records.register", register=first.register, n=len(group))
        dated = sorted((cited for cited in group if cited.day), key=lambda cited: cited.order)
        days = " – ".join(without_repeated_years([*dict.fromkeys(cited.day for cited in (dated[:1] + dated[-1:]))]))
        date = f"{first.column}: {days}" if days else t("dossier.evidence.no_date")
        who: Line | b.Cell = self._names(group)
        if not first.counts_together:
            is_alike = len({cited.day for cited in group}) == 1
            by_name = {name: "" if is_alike else days for name, days in self._days_by_name(group).items()}
            if is_drawn and is_alike:
                who = t("dossier.evidence.network")
            elif len(by_name) == 1:
                [(who, days)] = by_name.items()
                date = f"{first.column}: {days}" if days else date
            else:
                lines = [[Piece(name), Piece(f": {days}" if days else "")] for name, days in by_name.items()]
                who = b.Cell(lines, "; ".join(f"{name.text}{days.text}" for name, days in lines))
                date = date if is_alike else t("dossier.evidence.by_name", column=first.column)
        return [f"{head} ({cut(places, self._lang, separator='; ')})" if places else head, who, date]

    def _names(self, group: Sequence[Cited]) -> str:
        """Who is on these records: those on most of them first, and of who is on several on how many."""
        counts = Counter(name for cited in group for name in cited.parties)
        names = [
            name if count in (1, len(group)) else self.t("dossier.evidence.on", name=name, n=count)
            for name, count in counts.most_common()
        ]
        return in_dutch(cut(names, self._lang), self._lang) or "–"

    def _days_by_name(self, group: Sequence[Cited]) -> dict[str, str]:
        """Who is on each of these records -> every date of those records, by date."""
        days: dict[str, list[str]] = {}
        for cited in sorted(group, key=lambda cited: (not cited.day, cited.order)):
            name = in_dutch(cut(cited.parties, self._lang), self._lang) or cited.head
            days.setdefault(name, []).append(cited.day or self.t("dossier.evidence.no_date"))
        return {name: ", ".join(without_repeated_years(of_name)) for name, of_name in days.items()}

    @cached_property
    def _drawn_elsewhere(self) -> set[str]:
        """Records of other addresses that stand in the drawn network."""
        return drawn_elsewhere(self.view.parties, self.view.material.network)

    def _place(self, cited: Cited) -> str:
        return short_address(cited.place, self.view.case.address)

    def _heads(self) -> list[str]:
        return [self.t(f"dossier.evidence.{name}") for name in ("record", "who", "date")]


def cut(texts: Sequence[str], language: str, *, separator: str = ", ") -> str:
    """The texts in a line; of more than a few the first, and how many more there are."""
    more = len(texts) - MOST_TOGETHER
    shown = [*texts[:MOST_TOGETHER], word("gist", "more", language).format(n=more)] if more > 0 else texts
    return separator.join(shown)


def _lines(value: object) -> list[str]:
    """The sentences of a part of an explanation, which is a list there."""
    return [str(line) for line in value] if isinstance(value, list) else []
