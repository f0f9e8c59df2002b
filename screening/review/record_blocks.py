"""What the registers hold of an address, as blocks: in short, as pictures, what they do not tell, and in full."""

from __future__ import annotations

from collections.abc import Iterable

from screening.pictures.picture import Picture
from screening.review import blocks as b
from screening.review.blocks import Block, Line, Piece
from screening.review.dossier_view import DossierView
from screening.review.i18n import in_dutch
from screening.review.link_blocks import LinkBlocks, capitalised
from screening.review.views.case_pictures import left_out_of_network
from screening.review.views.facts import DossierFact
from screening.review.views.likeness import grouped
from screening.review.views.parties import Party
from screening.review.views.timeline import Event

#: How the address of a record was found, where it may be another one (AddressMethod).
_GUESSED = {"fuzzy", "pin"}


class RecordBlocks:
    """The records of one dossier; the same for a flagged and a drawn address."""

    def __init__(self, view: DossierView) -> None:
        self.view, self.t, self._lang = view, view.page.t, view.page.lang

    def records(self) -> list[Block]:
        """All that the registers hold of the address: in short, as pictures, what they do not tell, and in full."""
        place = self._picture(self.view.map)
        title = self.t("dossier.pictures.map")
        map_section = [b.Section("kaart", title, place)] if place else []
        return [self._gist(), *map_section, self._timeline(), self._parties(), self._unknown(), self._by_register()]

    def _picture(self, picture: Picture | None) -> list[Block]:
        """A picture under the heading that says what it shows."""
        return [] if picture is None else [b.Figure(picture, "", self.t("dossier.pictures.fold"))]

    def _gist(self) -> Block:
        heads = {"business": "businesses"} if len(dict(self.view.gist)["business"]) > 1 else {}
        rows = [(self.t(f"dossier.gist.{heads.get(name, name)}"), [*lines]) for name, lines in self.view.gist]
        return self._section("gist", "kort", [b.Pairs(rows, css="d-gist")])

    def _timeline(self) -> Block:
        t, view = self.t, self.view
        years = [(year, [self._event(event) for event in events]) for year, events in view.timeline]
        dates = b.Timeline(self._each("printing.timeline", "day", "what", "record", "source"), years)
        number = sum(len(events) for _, events in years)
        whole = b.Details(t("dossier.timeline.list", n=number), [dates])
        none = b.Paragraph(t("dossier.timeline.none"))
        drawn = [b.Figure(view.time_line, "", "")] if view.time_line else []  # all dates are its text
        return self._section("timeline", "tijdlijn", [*drawn, whole if years else none])

    def _event(self, event: Event) -> b.DatedRow:
        fact, ahead = event.fact, self.t("dossier.timeline.ahead") if event.is_ahead else ""
        source = self.t("dossier.timeline.source", register=fact.register, age=fact.source.age)
        return b.DatedRow(event.when.text, event.when.iso, ahead, event.what, fact.kind or "", _record(fact), source)

    def _by_register(self) -> Block:
        t, blocks = self.t, list[Block]()
        for register, its_facts in self.view.registers:
            source = its_facts[0].source
            way = "dossier.records.delivered" if source.delivered else "dossier.records.delivered_unknown"
            summary = t("dossier.records.register", register=register, n=len(its_facts))
            age = b.Paragraph(t(way, day=source.delivered, age=source.age))
            records = b.Container([self._record(fact) for fact in its_facts], css="d-records")
            blocks.append(b.Details(summary, [age, records], css="d-register"))
        return self._section("records", "gegevens", blocks or [b.Paragraph(t("dossier.records.none"))])

    def _record(self, fact: DossierFact) -> Block:
        t, key = self.t, self.t("dossier.records.key", key=fact.key)
        if fact.row_number:
            key += f"; {t('dossier.records.place', row=fact.row_number)}"
        lines = [t("dossier.records.blank", fields=", ".join(fact.blank).lower())] if fact.blank else []
        lines.append(key)
        if fact.found_by and f"dossier.how.{fact.found_by}" in t:
            lines.append(t("dossier.records.found_by", how=t(f"dossier.how.{fact.found_by}")))
        notes = [part for part in (fact.kind, fact.status) if part]
        head, note = capitalised(fact.head), notes[0] if len(notes) == 1 else ", ".join(notes)
        return b.Container(
            [
                b.Heading(head, 3, size=5, id=f"{fact.anchor}-kop", note=note),
                b.Pairs(fact.fields),
                b.Details(t("dossier.records.more"), [b.Pairs(fact.asides), b.Bullets(lines, css="d-origin")]),
            ],
            id=fact.anchor,
            css="d-record",
        )

    def _parties(self) -> Block:
        t, view = self.t, self.view
        if not view.parties:
            return self._section("parties", "partijen", [b.Paragraph(t("dossier.parties.none"))])
        heads, rows = self._each("dossier.parties", "name", "kind", "roles", "numbers"), map(self._party, view.parties)
        table = b.Grid(t("dossier.parties.caption"), heads, [*rows], whole=(1, 3))
        more = left_out_of_network(view.parties, view.material.network)
        left_out = [t("dossier.parties.left_out", name=name, number=str(number)) for name, number in more]
        blocks: list[Block] = [
            *self._picture(view.network),
            *([b.Bullets(left_out)] if left_out else []),
            b.Details(t("dossier.parties.table"), [table]),
        ]
        return self._section("parties", "partijen", [*blocks, *LinkBlocks(t).questions(grouped(view.links), 3)])

    def _party(self, party: Party) -> list[Line | b.Cell]:
        t, name, lines = self.t, [Piece(in_dutch(party.name, self._lang))], []
        if len(party.names) > 1:
            also = t("dossier.parties.also", names=", ".join(party.names[1:]))
            name += [Piece(" "), Piece(f"({also})", css="d-also")]
        roles = [t("dossier.parties.role", role=role.role, head=role.head) for role in party.roles]
        for role, text in zip(party.roles, roles, strict=True):
            lines.append([Piece(f"{role.role}: "), Piece(role.head, f"#{role.anchor}")] if role.anchor else text)
        born = f", {t('dossier.parties.born', year=party.birth_year)}" if party.birth_year else ""
        return [name, party.kind + born, b.Cell(lines, "; ".join(roles)), ", ".join(party.kvk_numbers) or "–"]

    def _unknown(self) -> Block:
        """Return the gaps in the data of the address; the page never folds them."""
        t, view, gaps = self.t, self.view, self.view.unknown
        links = [
            t("dossier.links.heading", left=link.left.name or link.left.head, right=link.right.name or link.right.head)
            for link in gaps.open_links
        ]
        links = [*dict.fromkeys(links)]
        if gaps.elsewhere:
            key = "dossier.unknown.elsewhere_one" if gaps.elsewhere == 1 else "dossier.unknown.elsewhere"
            links.append(t(key, n=gaps.elsewhere))
        by_age: dict[str, list[str]] = {}
        for source in gaps.stale:
            by_age.setdefault(source.age, []).append(source.register)
        by_way: dict[str, list[str]] = {}
        for fact in view.facts:
            if fact.found_by in _GUESSED:
                by_way.setdefault(str(fact.found_by), []).append(fact.head)
        lists: dict[str, list[str]] = {
            "registers": [f"{register}: {why}" for register, why in gaps.missing],
            "stale": [f"{', '.join(registers)}: {age}" for age, registers in by_age.items()],
            "undated": [fact.head for fact in gaps.undated],
            "placed": [f"{', '.join(heads)}: {t(f'dossier.how.{way}')}" for way, heads in by_way.items()],
            "links": links,
        }
        rows = [(t(f"dossier.unknown.{key}"), lines) for key, lines in lists.items() if lines]
        always = self._each("dossier.unknown", "always", *["none"] * gaps.is_empty)
        return self._section("unknown", "onbekend", [*([b.Pairs(rows)] if rows else []), *map(b.Paragraph, always)])

    def _each(self, group: str, *names: str) -> list[str]:
        return [self.t(f"{group}.{name}") for name in names]

    def _section(self, group: str, anchor: str, blocks: Iterable[Block]) -> Block:
        return b.Section(anchor, self.t(f"dossier.{group}.title"), [*blocks])


def _record(fact: DossierFact) -> Piece:
    """The name of a record; on the page a link to it."""
    return Piece(fact.head, f"#{fact.anchor}")
