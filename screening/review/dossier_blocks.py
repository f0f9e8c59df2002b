"""The dossier of a case as blocks: what its page and its print say, each part once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from screening.pictures.picture import Picture
from screening.review import blocks as b
from screening.review.blocks import PAGE, Block, Line, Piece
from screening.review.dossier_view import DossierView
from screening.review.i18n import in_dutch, long_date
from screening.review.views.acts import CaseActs
from screening.review.views.case_pictures import left_out_of_network
from screening.review.views.evidence import Cited, HitView
from screening.review.views.facts import DossierFact
from screening.review.views.likeness import Link
from screening.review.views.parties import Party
from screening.review.views.timeline import Event
from screening.vocabulary import CaseState
from screening.wording import HEADS

#: How the address of a record was found, where it may be another one (AddressMethod).
_GUESSED = {"fuzzy", "pin"}


class DossierBlocks:
    """The parts of one dossier; all but `records` are for after the own reading.

    What colleagues said (`history`, `partner`, `tips`, `earlier`) is empty until the officer may know it.
    """

    def __init__(self, view: DossierView) -> None:
        self.view, self.t, self._lang = view, view.page.t, view.page.lang

    def printed(self) -> list[Block]:
        """The whole dossier in the order of a print. LookupError before the own reading."""
        if self.view.reveal is None:
            raise LookupError("not before the own reading")
        about = [*self._about(), self.own(), self._why(), *self.colleagues()]
        return [*about, *self.records()]

    def colleagues(self) -> list[Block]:
        """What colleagues said of the case or the address, once this officer may know it."""
        if not self.view.sees_colleagues:
            return []
        return [self.history(), *self._partner(), *self._tips(), *self._earlier()]

    def own(self) -> Block:
        """The reading that this officer gave."""
        t, blocks = self.t, list[Block]()
        for step in self.view.history:
            if step.kind == "own_reading" and step.actor == self.view.page.viewer.account:
                when = t("dossier.own.yours", when=self._day(step.done_at))
                blocks += [b.Paragraph(f"{when} {t(f'dossier.own.{step.reading}')}"), b.Quote(step.text or "")]
        return self._section("own", "eigen-lezing", blocks, css="d-own")

    def why_flagged(self) -> list[Block]:
        """Say that the address was flagged or drawn, and why; before the hits."""
        if self.view.is_sample:
            return [*map(b.Paragraph, self._each("dossier.why", "sample", "sample_help"))]
        return [*map(b.Paragraph, self.view.explanation.reason(self._lang))]

    def seen_since(self) -> list[Block]:
        """Return what changed in the last run; after the hits."""
        t, view, blocks = self.t, self.view, list[Block]()
        day = self._day(view.last_run.as_of) if view.last_run else ""
        if view.is_gone:
            gone = b.Paragraph(t("dossier.gone.text", day=day))
            blocks += [b.Heading(t("dossier.gone.title"), 3, on=PAGE), gone]
            if view.case.state is CaseState.OPEN:  # once somebody judged, the case goes on whatever the nights say
                blocks.append(b.Paragraph(t("dossier.gone.in_check")))
        if view.added_since:
            intro = b.Paragraph(t("dossier.since.intro", day=day))
            explanations = b.Bullets([str(row[f"explanation_{self._lang}"]) for row in view.added_since])
            blocks += [b.Heading(t("dossier.since.title"), 3), intro, explanations]
        return blocks

    def hit(self, hit: HitView) -> list[Block]:
        """Return the blocks of a hit that was opened. Only what is said of the rule itself is folded away."""
        t, facts = self.t, self.t("dossier.evidence.facts")
        named = "; ".join(t("dossier.evidence.on", name=name, n=n) for name, n in hit.named)
        pattern = [b.Paragraph(t("dossier.evidence.named", names=named))] if named else []
        if hit.places:
            pattern.append(b.Paragraph(t("dossier.evidence.places", places="; ".join(hit.places))))
        heads = self._each("dossier.evidence", "record", "who", "date")
        elsewhere = [
            b.Details(t("dossier.evidence.says", head=cited.head), [b.Pairs(cited.fields)], on=PAGE)
            for cited in hit.cited
            if cited.fields
        ]
        of_rule = [
            *self._told(hit, "window", "thresholds"),
            *((t(f"dossier.evidence.{key}"), x) for key, x in hit.rule),
        ]
        return [
            b.Paragraph(hit.title, css="d-title"),
            b.Pairs(self._told(hit, "seen"), is_silent=True, css="d-told"),
            *pattern,
            b.Grid(facts, heads, [self._cited(cited) for cited in hit.cited]),
            *elsewhere,
            *map(self._link, hit.links),
            b.Pairs(self._told(hit, "checked", "can_also_mean", "cannot_see", "unknown"), css="d-told"),
            b.Details(
                t("dossier.evidence.rule_more"),
                [
                    b.Pairs(of_rule, css="d-told"),
                    b.Heading(HEADS[self._lang]["records"], 4),
                    b.Bullets(_lines(hit.part["records"]), css="d-plain"),
                ],
            ),
        ]

    def history(self) -> Block:
        """Return the steps on the case."""
        t, view, about, steps = self.t, self.view, [], []
        if view.case.state is CaseState.DIFFERS and view.sees_both:
            about.append(b.Paragraph(t("dossier.history.differs"), on=PAGE))
        for step in view.steps:
            is_hidden = step.is_hidden and step.kind == "judgement"
            hidden = [b.Paragraph(t("dossier.history.hidden"))] if is_hidden else []
            quotes: list[Block] = [b.Quote(text) for text in (step.text, step.motivation) if text]
            if ticked := view.ticked_explanations(step):
                quotes += [b.Paragraph(t("judgement.ticked")), b.Bullets(ticked)]
            steps.append([b.Paragraph(view.step_sentence(step), css="d-step-head"), *hidden, *quotes])
        return self._section("history", "verloop", [*about, b.Steps(steps)])

    def records(self) -> list[Block]:
        """All that the registers hold of the address: in short, as pictures, what they do not tell, and in full."""
        place = self._picture(self.view.map)
        title = self.t("dossier.pictures.map")
        map_section = [b.Section("kaart", title, place)] if place else []
        return [self._gist(), *map_section, self._timeline(), self._parties(), self._unknown(), self._by_register()]

    def _picture(self, picture: Picture | None) -> list[Block]:
        """A picture under the heading that says what it shows."""
        return [] if picture is None else [b.Figure(picture, "", self.t("dossier.pictures.fold"))]

    # what colleagues said

    def _partner(self) -> list[Block]:
        """Return the state of the signal to a partner that was made of this case, where there is one."""
        if self.view.partner_signal is None:
            return []
        t, (signal, pending) = self.t, self.view.partner_signal
        lines: list[Block] = [b.Paragraph(t("dossier.partner.state", state=t(f"export.state.{signal.state}")))]
        if pending is not None:
            text = t("dossier.partner.in_check" if pending.is_held else "dossier.partner.pending")
            lines.append(b.Paragraph(text))
        return [self._section("partner", "riec", lines)]

    def _tips(self) -> list[Block]:
        """Return the tips of colleagues about the address, where there are any."""
        t, blocks = self.t, list[Block]()
        for tip in self.view.tips:
            blocks.append(b.Heading(t("printing.seen_on", day=self._day(tip.seen_on)), 3, size=4))
            blocks += [b.Bullets(tip.words(self._lang)), *([b.Quote(tip.text)] if tip.text else [])]
        help_text = b.Paragraph(t("printing.tips_help"))
        return [b.Section("tips", t("printing.tips"), [help_text, *blocks])] if blocks else []

    # the parts of the parts

    def _day(self, day: date | datetime) -> str:
        return long_date(day, self._lang)

    def _each(self, group: str, *names: str) -> list[str]:
        return [self.t(f"{group}.{name}") for name in names]

    def _section(self, group: str, anchor: str, blocks: Iterable[Block], css: str = "") -> Block:
        return b.Section(anchor, self.t(f"dossier.{group}.title"), [*blocks], css=css)

    def _about(self) -> list[Block]:
        t, view = self.t, self.view
        acts = CaseActs.load(view.page, view.case)
        lines = [acts.status if acts else t(view.status), t("dossier.as_of", day=self._day(view.material.run.as_of))]
        if purpose := view.page.purpose(view.case.case_id):
            lines.append(t("dossier.for_purpose", purpose=t(f"queue.purpose.{purpose.value}")))
        sensitive = [b.Framed(t("dossier.sensitive"))] if view.is_sensitive else []
        after = [b.Paragraph(t("acts.done.title")), b.Bullets([*acts.done])] if acts and acts.done else []
        return [b.Bullets(lines), *after, *sensitive, b.Framed(t("printing.never"))]

    def _why(self) -> Block:
        """Return the blocks that the page puts around the forms that open a hit."""
        t, blocks = self.t, self.why_flagged()
        for hit in self.view.hits:
            unread = [b.Paragraph(hit.title), b.Paragraph(t("dossier.evidence.not_opened"))]
            blocks.append(b.Heading(t("dossier.evidence.heading", place=hit.place, n=len(self.view.hits)), 3))
            blocks += self.hit(hit) if hit.is_opened else unread
        return self._section("why", "waarom", blocks + ([] if self.view.is_sample else self.seen_since()))

    def _told(self, hit: HitView, *names: str) -> list[tuple[str, str | Sequence[str]]]:
        """The sentences of a hit under their heads, where there are any."""
        named = [(HEADS[self._lang][name], hit.part[name]) for name in names if hit.part[name]]
        return [(head, text if isinstance(text, str) else _lines(text)) for head, text in named]

    def _cited(self, cited: Cited) -> list[Line]:
        t = self.t
        elsewhere = f"{cited.head} ({cited.place or t('dossier.evidence.elsewhere')})"
        record: Line = [Piece(cited.head, f"#{cited.anchor}")] if cited.anchor else elsewhere
        return [
            record,
            in_dutch(", ".join(cited.names), self._lang) or "–",
            cited.date or t("dossier.evidence.no_date"),
        ]

    def _link(self, link: Link, level: int = 4, on: str = "") -> Block:
        t = self.t
        sides = [t("dossier.links.mention", role=side.role, head=side.head) for side in (link.left, link.right)]
        heading = t("dossier.links.heading", left=link.left.name or sides[0], right=link.right.name or sides[1])
        rows, numbers = [], []
        for compared in link.compared:
            left = in_dutch(compared.left or "", self._lang) or t(f"dossier.links.{compared.left_why}")
            right = in_dutch(compared.right or "", self._lang) or t(f"dossier.links.{compared.right_why}")
            rows.append((compared.field, left, right, compared.alike))
            key = "dossier.links.number" if compared.number else "dossier.links.number_unknown"
            numbers.append(t(key, field=compared.field, number=compared.number))
        field, alike = self._each("dossier.links", "field", "alike")
        comparison: list[Block] = [
            b.Grid(t("dossier.links.caption"), [field, *sides, alike], rows),
            b.Details(t("dossier.links.numbers"), [b.Bullets(numbers, css="d-plain")], on=PAGE),
        ]
        blocks = [
            b.Heading(t("dossier.links.title"), level, size=5, on=PAGE),
            b.Paragraph(f"{capitalised(heading)}. {link.level}"),
            b.Details(t("dossier.links.compared"), comparison),
        ]
        return b.Container(blocks, on=on, css="d-link")

    def _gist(self) -> Block:
        rows = [(self.t(f"dossier.gist.{name}"), [*lines]) for name, lines in self.view.gist]
        return self._section("gist", "kort", [b.Pairs(rows, css="d-gist")])

    def _timeline(self) -> Block:
        t, view = self.t, self.view
        years = [(year, [self._event(event) for event in events]) for year, events in view.timeline]
        dates = b.Timeline(self._each("printing.timeline", "day", "what", "record", "source"), years)
        number = sum(len(events) for _, events in years)
        whole = b.Details(t("dossier.timeline.list", n=number), [dates])
        none = b.Paragraph(t("dossier.timeline.none"))
        return self._section("timeline", "tijdlijn", [*self._picture(view.time_line), whole if years else none])

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
        blocks += [self._link(link, 3, on=PAGE) for link in view.links]
        return self._section("parties", "partijen", blocks)

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

    def _earlier(self) -> list[Block]:
        t, rows = self.t, list[list[Line]]()
        for case in self.view.material.earlier:
            outcome = (
                f"judgement.outcomes.{case.outcome.value}.name" if case.outcome else "dossier.earlier.not_reviewed"
            )
            ground = f": {self.view.grounds.get(case.ground, case.ground)}" if case.ground else ""
            days: list[Line] = [
                [Piece(self._day(day), moment=day.isoformat())] for day in (case.opened_on, case.concluded_on)
            ]
            rows.append([*days, t(outcome) + ground])
        heads = self._each("dossier.earlier", "opened", "closed", "outcome")
        table = b.Grid(t("dossier.earlier.caption"), heads, rows, has_row_heads=False)
        return [self._section("earlier", "eerder", [table])] if rows else []

    def _unknown(self) -> Block:
        """Return the gaps in the data of the address; the page never folds them."""
        t, view, gaps = self.t, self.view, self.view.unknown
        links = [
            t("dossier.links.heading", left=link.left.name or link.left.head, right=link.right.name or link.right.head)
            for link in gaps.open_links
        ]
        if gaps.elsewhere:
            key = "dossier.unknown.elsewhere_one" if gaps.elsewhere == 1 else "dossier.unknown.elsewhere"
            links.append(t(key, n=gaps.elsewhere))
        by_age: dict[str, list[str]] = {}
        for source in gaps.stale:
            by_age.setdefault(source.age, []).append(source.register)
        lists: dict[str, list[str]] = {
            "registers": [f"{register}: {why}" for register, why in gaps.missing],
            "stale": [f"{', '.join(registers)}: {age}" for age, registers in by_age.items()],
            "undated": [fact.head for fact in gaps.undated],
            "placed": [
                f"{fact.head}: {t(f'dossier.how.{fact.found_by}')}" for fact in view.facts if fact.found_by in _GUESSED
            ],
            "links": links,
        }
        rows = [(t(f"dossier.unknown.{key}"), lines) for key, lines in lists.items() if lines]
        always = self._each("dossier.unknown", "always", *["none"] * gaps.is_empty)
        return self._section("unknown", "onbekend", [*([b.Pairs(rows)] if rows else []), *map(b.Paragraph, always)])


def capitalised(text: str) -> str:
    """The text with a capital at its head."""
    return text[:1].upper() + text[1:]


def _record(fact: DossierFact) -> Piece:
    """The name of a record; on the page a link to it."""
    return Piece(fact.head, f"#{fact.anchor}")


def _lines(value: object) -> list[str]:
    """The sentences of a part of an explanation, which is a list there."""
    return [str(line) for line in value] if isinstance(value, list) else []
