"""The dossier of a case as blocks: what its page and its print say, each part once."""

from __future__ import annotations

from datetime import date, datetime

from screening.review.blocks import (
    PAGE,
    PRINT,
    Block,
    Bullets,
    Cell,
    Details,
    Event,
    Facts,
    Figure,
    Group,
    Heading,
    Line,
    Note,
    Paragraph,
    Piece,
    Quote,
    Section,
    Steps,
    Table,
    Timeline,
)
from screening.review.dossier_view import DossierView
from screening.review.i18n import long_date
from screening.review.views.evidence import Cited, HitView
from screening.review.views.facts import DossierFact
from screening.review.views.likeness import Link
from screening.review.views.network import Drawing
from screening.review.views.parties import Party
from screening.review.views.timeline import Event as DatedEvent
from screening.wording import HEADS


class DossierBlocks:
    """The parts of one dossier; `own`, `why` and `history` are for after the own reading."""

    def __init__(self, view: DossierView) -> None:
        self.view, self.t, self._lang = view, view.page.t, view.page.lang

    def printed(self) -> list[Block]:
        """The whole dossier in the order of a print. LookupError before the own reading."""
        if self.view.reveal is None:
            raise LookupError("not before the own reading")
        return [
            *self._about(), self.own(), self._why(), *self.signals(), self.history(), *self.records(), self.unknown(),
        ]  # fmt: skip

    def own(self) -> Section:
        """The reading that this officer gave."""
        given = [
            block
            for step in self.view.history
            if step.kind == "own_reading" and step.actor == self.view.page.viewer.account
            for block in (
                Paragraph(
                    f"{self.t('dossier.own.yours', when=self._day(step.at))} {self.t(f'dossier.own.{step.reading}')}"
                ),
                Quote(step.text or ""),
            )
        ]
        return self._section("own", "eigen-lezing", *given, css="d-own")

    def why_flagged(self) -> list[Block]:
        """That the address was flagged or drawn, and why; before the hits."""
        t, view = self.t, self.view
        lead = "utrecht-paragraph utrecht-paragraph--lead"
        if view.is_sample:
            return [Paragraph(t("dossier.why.sample"), lead), Paragraph(t("dossier.why.sample_help"))]
        number = len(view.hits)
        intro = t("dossier.why.flag_one") if number == 1 else t("dossier.why.flag", n=number)
        return [Paragraph(intro, lead), *map(Paragraph, view.explanation.reason(self._lang))]

    def seen_since(self) -> list[Block]:
        """What the last run says otherwise; after the hits."""
        t, view, last = self.t, self.view, self.view.last_run
        blocks: list[Block] = []
        if view.is_gone and last:
            blocks += [
                Heading(t("dossier.gone.title"), 3, on=PAGE),
                Paragraph(t("dossier.gone.text", day=self._day(last.as_of))),
            ]
        if view.added_since and last:
            blocks += [
                Heading(t("dossier.since.title"), 3),
                Paragraph(t("dossier.since.intro", day=self._day(last.as_of))),
                Bullets([str(row[f"explanation_{self._lang}"]) for row in view.added_since]),
            ]
        return blocks

    def hit(self, hit: HitView) -> list[Block]:
        """What is read of a hit that was opened."""
        t, heads = self.t, HEADS[self._lang]
        rules = [(t(f"dossier.evidence.{key}"), value) for key, value in hit.rule]
        links = (
            [Heading(t("dossier.links.title"), 4), Paragraph(t("dossier.links.intro"), on=PAGE)] if hit.links else []
        )
        return [
            Paragraph(hit.title, "d-title"),
            Group([
                Group(self._sentences(hit, "seen", ("seen", "window", "thresholds", "ruled_out"))),
                Group([
                    *self._sentences(hit, "innocent", ("can_also_mean",), is_silent=True),
                    *self._sentences(hit, "unknown", ("cannot_see", "unknown")),
                ]),
            ], "d-sides"),
            Heading(t("dossier.evidence.facts"), 4),
            Table(
                t("dossier.evidence.facts"),
                [t(f"dossier.evidence.{name}") for name in ("record", "register", "date", "age")],
                [self._cited(cited) for cited in hit.cited],
            ),
            *(
                Details(t("dossier.evidence.says", head=cited.head), [Facts(cited.fields)], on=PAGE)
                for cited in hit.cited if cited.fields
            ),
            Details(heads["records"], [Bullets(_lines(hit.part["records"]), "d-plain")]),
            *links,
            *map(self._link, hit.links),
            Heading(t("dossier.evidence.rule"), 4),
            Facts(rules),
        ]  # fmt: skip

    def history(self) -> Section:
        """What was done on the case."""
        t, view = self.t, self.view
        steps: list[list[Block]] = []
        for step in view.steps:
            blocks: list[Block] = [Paragraph(view.step_sentence(step), "d-step-head")]
            if step.is_hidden and step.kind == "judgement":
                blocks.append(Paragraph(t("dossier.history.hidden")))
            steps.append(blocks + [Quote(text) for text in (step.text, step.motivation) if text])
        about: list[Block] = []
        if view.case.state.value == "differs":
            about.append(
                Paragraph(t("dossier.history.differs" if view.sees_both else "dossier.history.third"), on=PAGE)
            )
        if view.ready.why_not == "judged":
            about.append(Paragraph(t("dossier.history.waits"), on=PAGE))
        return self._section("history", "verloop", *about, Steps(steps))

    def signals(self) -> list[Block]:
        """What colleagues saw here, where they saw something."""
        t, blocks = self.t, list[Block]()
        for signal in self.view.signals:
            seen_on = t("printing.seen_on", day=self._day(signal.seen_on))
            blocks += [
                Heading(seen_on, 3, size=4, on=PAGE),
                Paragraph(seen_on, on=PRINT),
                Bullets(signal.words(self._lang)),
                *([Quote(signal.text)] if signal.text else []),
            ]
        intro = Paragraph(t("printing.signals_help"))
        return [Section("signalen", t("printing.signals"), [intro, *blocks])] if blocks else []

    def records(self) -> list[Block]:
        """All that the registers hold of the address: by date, by register, by party; and the earlier dossiers."""
        return [self._timeline(), self._by_register(), self._parties(), self._earlier()]

    def unknown(self) -> Section:
        """What is not known here."""
        t, gaps = self.t, self.view.unknown
        links: list[Line] = [
            t("dossier.links.heading", left=link.left.name or link.left.head, right=link.right.name or link.right.head)
            for link in gaps.open_links
        ]
        if gaps.elsewhere:
            is_one = gaps.elsewhere == 1
            links.append(
                t("dossier.unknown.elsewhere_one") if is_one else t("dossier.unknown.elsewhere", n=gaps.elsewhere)
            )
        blocks: list[Block] = [Paragraph(t("dossier.unknown.always"))]
        if gaps.is_empty:
            blocks.append(Paragraph(t("dossier.unknown.none")))
        stale = [t("dossier.unknown.stale_one", register=source.register, age=source.age) for source in gaps.stale]
        lists: dict[str, list[Line]] = {
            "registers": [f"{register}: {why}" for register, why in gaps.missing],
            "stale": [*stale],
            "undated": [[Piece(fact.head, f"#{fact.anchor}")] for fact in gaps.undated],
            "links": links,
        }
        for key, lines in lists.items():
            if lines:
                blocks += [Heading(t(f"dossier.unknown.{key}"), 3, size=4), Bullets(lines)]
        return self._section("unknown", "onbekend", *blocks)

    # the parts of the parts

    def _day(self, day: date | datetime | None) -> str:
        return long_date(day, self._lang)

    def _section(self, group: str, anchor: str, *blocks: Block, css: str = "") -> Section:
        return Section(anchor, self.t(f"dossier.{group}.title"), blocks, css)

    def _about(self) -> list[Block]:
        t, view = self.t, self.view
        purpose = view.page.purpose(view.case.case_id)
        lines = [t("dossier.as_of", day=self._day(view.material.run.as_of))]
        if purpose:
            lines.append(t("dossier.for_purpose", purpose=t(f"queue.purpose.{purpose.value}")))
        sensitive = [Note(t("dossier.sensitive"))] if view.is_sensitive else []
        return [Bullets(lines), *sensitive, Note(t("printing.never"))]

    def _why(self) -> Section:
        """The part that the page builds around the forms that open a hit."""
        blocks = self.why_flagged()
        for hit in self.view.hits:
            blocks.append(Heading(self.t("dossier.evidence.heading", place=hit.place, n=len(self.view.hits)), 3))
            unread = [Paragraph(hit.title), Paragraph(self.t("dossier.evidence.not_opened"))]
            blocks += self.hit(hit) if hit.is_opened else unread
        since = [] if self.view.is_sample else self.seen_since()
        return self._section("why", "waarom", *blocks, *since)

    def _sentences(self, hit: HitView, title: str, names: tuple[str, ...], *, is_silent: bool = False) -> list[Block]:
        heads, part = HEADS[self._lang], hit.part
        rows = [
            (heads[name], text if isinstance(text := part[name], str) else _lines(text)) for name in names if part[name]
        ]
        return [Heading(self.t(f"dossier.evidence.{title}"), 4), Facts(rows, "d-told", is_silent)]

    def _cited(self, cited: Cited) -> list[Line]:
        elsewhere = f"{cited.head} ({self.t('dossier.evidence.elsewhere')})"
        return [
            [Piece(cited.head, f"#{cited.anchor}")] if cited.anchor else elsewhere,
            cited.register,
            cited.date or self.t("dossier.evidence.no_date"),
            f"{cited.age} ({cited.delivered})" if cited.delivered else cited.age,
        ]

    def _link(self, link: Link) -> Group:
        t = self.t
        sides = [t("dossier.links.mention", role=side.role, head=side.head) for side in (link.left, link.right)]
        heading = t("dossier.links.heading", left=link.left.name or sides[0], right=link.right.name or sides[1])
        numbers = [
            t("dossier.links.number", field=field.field, number=field.number)
            if field.number
            else t("dossier.links.number_unknown", field=field.field)
            for field in link.compared
        ]
        rows = [
            (
                field.field,
                field.left or t(f"dossier.links.{field.left_why}"),
                field.right or t(f"dossier.links.{field.right_why}"),
                field.alike,
            )
            for field in link.compared
        ]
        return Group(
            [
                Heading(capitalised(heading), 4, size=5, on=PAGE),
                Paragraph(link.level, on=PAGE),
                Paragraph(f"{heading}. {link.level}", on=PRINT),
                Table(
                    t("dossier.links.caption"), [t("dossier.links.field"), *sides, t("dossier.links.alike")], rows
                ),
                Details(t("dossier.links.numbers"), [Bullets(numbers, "d-plain")], on=PAGE),
            ],
            "d-link",
        )  # fmt: skip

    def _timeline(self) -> Section:
        t, view = self.t, self.view
        blocks: list[Block] = [Paragraph(t("dossier.timeline.intro"), on=PAGE)]
        years = [(year, [self._event(event) for event in events]) for year, events in view.timeline]
        if years:
            heads = [t(f"printing.timeline.{name}") for name in ("day", "what", "record", "source")]
            blocks.append(Timeline(heads, years))
        else:
            blocks.append(Paragraph(t("dossier.timeline.none")))
        if view.undated:
            pieces = [Piece(f"{t('dossier.timeline.more_undated')} ")]
            for fact in view.undated:
                pieces += [Piece(fact.head, f"#{fact.anchor}"), Piece(", ")]
            blocks.append(Paragraph([*pieces[:-1], Piece(".")]))
        return self._section("timeline", "tijdlijn", *blocks)

    def _event(self, event: DatedEvent) -> Event:
        fact = event.fact
        return Event(
            day=event.when.text,
            moment=event.when.iso,
            ahead=self.t("dossier.timeline.ahead") if event.is_ahead else "",
            what=event.what,
            kind=fact.kind or "",
            record=Piece(fact.head, f"#{fact.anchor}"),
            source=self.t("dossier.timeline.source", register=fact.register, age=fact.source.age),
        )

    def _by_register(self) -> Section:
        view = self.view
        blocks: list[Block] = [Paragraph(self.t("dossier.records.intro"), on="" if view.facts else PAGE)]
        for register, facts in view.registers:
            blocks += [Heading(register, 3), Group([self._record(fact) for fact in facts], "d-records")]
        if not view.facts:
            blocks.append(Paragraph(self.t("dossier.records.none")))
        return self._section("records", "gegevens", *blocks)

    def _record(self, fact: DossierFact) -> Group:
        t = self.t
        delivered = t("dossier.records.delivered_unknown")
        if fact.source.delivered:
            delivered = t("dossier.records.delivered", day=fact.source.delivered, age=fact.source.age)
        key = t("dossier.records.key", key=fact.key)
        if fact.row_number:
            key += f"; {t('dossier.records.place', row=fact.row_number)}"
        lines = [t("dossier.records.blank", fields=", ".join(fact.blank).lower())] if fact.blank else []
        lines += [delivered, key]
        if fact.found_by and f"dossier.how.{fact.found_by}" in t:
            lines.append(t("dossier.records.found_by", how=t(f"dossier.how.{fact.found_by}")))
        head, note = capitalised(fact.head), ", ".join(part for part in (fact.kind, fact.status) if part)
        headings = [Heading(head, 4, size=5, id=f"{fact.anchor}-kop", note=note if fact.kind else "", on=PAGE)]
        headings.append(Heading(head, 4, note=note, on=PRINT))
        return Group([*headings, Facts(fact.fields), Bullets(lines, "d-origin")], "d-record", fact.anchor)

    def _parties(self) -> Section:
        t, view = self.t, self.view
        if not view.parties:
            return self._section("parties", "partijen", Paragraph(t("dossier.parties.none")))
        blocks: list[Block] = [Paragraph(t("dossier.parties.intro"))]
        if view.drawing:
            blocks.append(Figure(view.drawing, self._caption(view.drawing)))
        heads = [t(f"dossier.parties.{name}") for name in ("name", "kind", "roles", "numbers")]
        rows = [self._party(party) for party in view.parties]
        blocks.append(Table(t("dossier.parties.caption"), heads, rows, shows_caption=True, whole=(1, 3)))
        if view.links:
            links = [Heading(t("dossier.links.title"), 3), Paragraph(t("dossier.links.intro"))]
            blocks.append(Group([*links, *map(self._link, view.links)], on=PAGE))
        return self._section("parties", "partijen", *blocks)

    def _caption(self, drawing: Drawing) -> str:
        caption = f"{self.t('dossier.parties.figure')}. {self.t('dossier.parties.figure_help')}"
        if drawing.drawn < drawing.total:
            caption += f" {self.t('dossier.parties.figure_part', drawn=drawing.drawn, total=drawing.total)}"
        return caption

    def _party(self, party: Party) -> list[Line | Cell]:
        t = self.t
        name = [Piece(party.name)]
        if len(party.names) > 1:
            also = t("dossier.parties.also", names=", ".join(party.names[1:]))
            name += [Piece(" "), Piece(f"({also})", css="d-also")]
        roles = [t("dossier.parties.role", role=role.role, head=role.head) for role in party.roles]
        lines: list[Line] = [
            [Piece(f"{role.role}: "), Piece(role.head, f"#{role.anchor}")] if role.anchor else text
            for role, text in zip(party.roles, roles, strict=True)
        ]
        return [
            name,
            party.kind + (f", {t('dossier.parties.born', year=party.birth_year)}" if party.birth_year else ""),
            Cell(lines, "; ".join(roles)),
            ", ".join(party.kvk_numbers) or "–",
        ]

    def _earlier(self) -> Section:
        t = self.t
        rows: list[list[Line]] = []
        for case in self.view.material.earlier:
            how = (
                t(f"judgement.outcomes.{case.outcome.value}.name")
                if case.outcome
                else t("dossier.earlier.not_reviewed")
            )
            how += f": {self.view.grounds.get(case.ground, case.ground)}" if case.ground else ""
            days = [[Piece(self._day(day), moment=day.isoformat())] for day in (case.opened_on, case.concluded_on)]
            rows.append([*days, how])
        heads = [t(f"dossier.earlier.{name}") for name in ("opened", "closed", "outcome")]
        table = Table(t("dossier.earlier.caption"), heads, rows, has_row_heads=False)
        return self._section("earlier", "eerder", table if rows else Paragraph(t("dossier.earlier.none")))


def capitalised(text: str) -> str:
    """The text with a capital at its head."""
    return text[:1].upper() + text[1:]


def _lines(value: object) -> list[str]:
    """The sentences of a part of an explanation, which is a list there."""
    return [str(line) for line in value] if isinstance(value, list) else []
