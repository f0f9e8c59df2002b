"""The dossier of a case as blocks: what its page and its print say, each part once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from screening.base.civil_time import day_of
from screening.base.powers import declared_on_bibob
from screening.base.vocabulary import CaseState
from screening.review import blocks as b
from screening.review.blocks import PAGE, Block
from screening.review.dossier_view import DossierView
from screening.review.hit_blocks import HitBlocks
from screening.review.i18n import long_date, purpose_name
from screening.review.record_blocks import RecordBlocks
from screening.review.views.acts import CaseActs


class DossierBlocks:
    """The parts of one dossier; all but `records` are for after the own reading.

    What colleagues said (`history`, `partner`, `tips`) is empty until the officer may know it.
    """

    def __init__(self, view: DossierView) -> None:
        self.view, self.t, self._lang = view, view.page.t, view.page.lang
        self.hit, self.records = HitBlocks(view).hit, RecordBlocks(view).records

    def printed(self) -> list[Block]:
        """The whole dossier in the order of a print. LookupError before the own reading."""
        if self.view.reveal is None:
            raise LookupError("not before the own reading")
        about = [*self._about(), self.own(), self._why(), *self.colleagues()]
        return [*about, *self.records()]

    def colleagues(self) -> list[Block]:
        """What colleagues said of the case or the address, once this officer may know it."""
        if not self.view.has_judged:
            return []
        return [self.history(), *self._partner(), *self._tips()]

    def own(self) -> Block:
        """The reading that this officer gave."""
        t, blocks = self.t, list[Block]()
        for step in self.view.history:
            if step.kind == "own_reading" and step.actor == self.view.page.viewer.account:
                when = t("dossier.own.yours", when=self._day(day_of(step.done_at)))
                blocks += [b.Paragraph(f"{when} {t(f'dossier.own.{step.reading}')}"), b.Quote(step.text or "")]
        return self._section("own", "eigen-lezing", blocks, css="d-own")

    def why_flagged(self) -> list[Block]:
        """Say that the address was flagged or drawn, and why; before the hits."""
        if self.view.is_sample:
            return [*map(b.Paragraph, self._each("dossier.why", "sample", "sample_help"))]
        t, explained = self.t, self.view.explanation
        lines = []
        if explained.flag:
            first_flagged = date.fromisoformat(str(explained.flag["first_flagged"]))
            lines.append(t("dossier.why.since", day=self._day(first_flagged)))
        blocks: list[Block] = [*map(b.Paragraph, lines)]
        stopped = [explained.declarations[code] for code in explained.stopped]
        for on in ("", PAGE):
            names = [str(rule[f"name_{self._lang}"]) for rule in stopped if declared_on_bibob(rule) == (on == PAGE)]
            if names:
                blocks.append(b.Paragraph(t("dossier.why.stopped", rules=", ".join(names)), on=on))
        return blocks

    def seen_since(self) -> list[Block]:
        """Return what changed in the last run; after the hits."""
        t, view, blocks = self.t, self.view, list[Block]()
        day = self._day(view.newer_run.as_of) if view.newer_run else ""
        if view.is_gone:
            gone = b.Paragraph(t("dossier.gone.text", day=day))
            blocks += [b.Heading(t("dossier.gone.title"), 3, on=PAGE), gone]
            if view.case.state is CaseState.OPEN:  # once somebody judged, the case goes on whatever the nights say
                blocks.append(b.Paragraph(t("dossier.gone.in_check")))
        if view.added_since:
            intro = b.Paragraph(t("dossier.since.intro", day=day))
            blocks += [b.Heading(t("dossier.since.title"), 3), intro, *self._added()]
        return blocks

    def _added(self) -> Iterator[Block]:
        """The sentences of the new hits of the last run; on the page alone of a rule that reads of Bibob."""
        last = self.view.newer_run
        declared = {} if last is None else self.view.page.store.declarations(last.run_id)
        of_bibob = {code for code, declaration in declared.items() if declared_on_bibob(declaration)}
        for on in ("", PAGE):
            rows = [row for row in self.view.added_since if (row["indicator"] in of_bibob) == (on == PAGE)]
            if rows:
                yield b.Bullets([str(row[f"explanation_{self._lang}"]) for row in rows], on=on)

    def history(self) -> Block:
        """Return the steps on the case."""
        t, view, about, steps = self.t, self.view, [], []
        if view.case.state is CaseState.DIFFERS and view.sees_both:
            about.append(b.Paragraph(t("dossier.history.differs"), on=PAGE))
        for step in view.steps:
            is_hidden = step.is_hidden and step.kind == "judgement"
            hidden = [b.Paragraph(t("dossier.history.hidden"))] if is_hidden else []
            quotes: list[Block] = [b.Quote(text) for text in (step.text, step.motivation) if text]
            for on in ("", PAGE):
                if ticked := view.ticked_explanations(step, stays_on_screen=on == PAGE):
                    quotes += [b.Paragraph(t("judgement.ticked"), on=on), b.Bullets(ticked, on=on)]
            steps.append([b.Paragraph(view.step_sentence(step), css="d-step-head"), *hidden, *quotes])
        return self._section("history", "verloop", [*about, b.Steps(steps)])

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
            blocks.append(b.Paragraph(t("printing.seen_at", address=tip.address)))
            if tip.number_only is not None:
                blocks.append(b.Paragraph(t("printing.number_only", number=tip.number_only)))
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
            lines.append(purpose_name(purpose, self._lang))
        sensitive = [b.Framed(t("dossier.sensitive"))] if view.is_sensitive else []
        after = [b.Paragraph(t("acts.done.title")), b.Bullets(acts.printed)] if acts and acts.printed else []
        return [b.Bullets(lines), *after, *sensitive, b.Framed(t("printing.never"))]

    def _why(self) -> Block:
        """Return the blocks that the page puts around the forms that open a hit."""
        t, blocks = self.t, self.why_flagged()
        if any(hit.stays_on_screen for hit in self.view.hits):
            blocks.append(b.Paragraph(t("printing.on_screen")))
        for hit in self.view.hits:
            if hit.stays_on_screen:
                continue
            blocks.append(b.Heading(hit.title, 3))
            blocks += self.hit(hit) if hit.is_opened else [b.Paragraph(t("dossier.evidence.not_opened"))]
        return self._section("why", "waarom", blocks + ([] if self.view.is_sample else self.seen_since()))
