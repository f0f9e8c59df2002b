"""The views of one case: its material, and after the own reading the hits of the rules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from screening.base.civil_time import day_of
from screening.base.datasets import addressed_datasets, sensitive_datasets
from screening.base.vocabulary import CaseState, LinkLevel
from screening.casework.cases.case import Case, CaseMaterial, case_dossier, material
from screening.casework.cases.history import CaseStep, case_history, ended_at
from screening.casework.cases.independence import has_judged
from screening.casework.cases.judging import GROUNDS, REFER_TO
from screening.casework.cases.numbers import case_number
from screening.casework.cases.readings import Readiness, Reveal, readiness, reveal
from screening.casework.cases.sensitive import became_sensitive
from screening.casework.links.explain_dossier import judged_link_ids, stopped_among
from screening.casework.tips.address_tips import DossierTip, dossier_tips
from screening.partners.desk.corrections import Pending
from screening.partners.desk.signal_versions import RiecSignal, signal_of
from screening.pictures.picture import Picture
from screening.review.i18n import in_language, long_date
from screening.review.page import Page
from screening.review.pending_signals import pending_of
from screening.review.views import case_pictures, evidence, facts, gist, likeness, parties, timeline, unknown
from screening.review.views.facts import DossierFact
from screening.review.views.visits import VisitView, visit_views
from screening.store.access.accounts import names
from screening.store.schema.cases import DOSSIER
from screening.store.schema.runs import SAMPLED, dossier_place
from screening.store.schema.runs import flag as flag_table
from screening.store.store import PublishedRun
from screening.wording import AddressExplanation, explain_address, set_by_configuration
from screening.wording import unavailable as missing_registers
from screening.wording.sentence import text_list


@dataclass
class DossierView:
    """The views for the templates: those of the material, and after the own reading those of the hits."""

    page: Page
    case: Case
    material: CaseMaterial
    reveal: Reveal | None
    ready: Readiness

    @classmethod
    def load(cls, page: Page, case_id: str) -> DossierView:
        """Load the view of a case that this officer may see."""
        case = page.require_case(case_id)
        dossier = case_dossier(page.store, case)
        return cls(
            page=page,
            case=case,
            material=material(page.store, case, page.settings.workspace, dossier=dossier),
            reveal=reveal(page.store, page.viewer, case_id, now=page.now, dossier=dossier),
            ready=readiness(page.store, page.viewer, case_id),
        )

    # the records: the same for a flagged and for a drawn address

    @cached_property
    def run_summary(self) -> dict[str, object]:
        """`run.json` of the run that the case shows."""
        return self.page.store.summary(self.case.run_id)

    @cached_property
    def judged(self) -> frozenset[str]:
        """Ids of links that a person judged. Not asked for where no record has a link that waits for a judgement."""
        places = self.places if self.reveal is None else self.reveal.places
        return judged_link_ids(self.page.store) if places["probable_links"].list.len().sum() else frozenset()

    @cached_property
    def places(self) -> pl.DataFrame:
        """Places in the files of the records at the address. Those of others would show that a hit cites them."""
        is_here = (dossier_place.c.address_id == self.case.address_id) & dossier_place.c.is_here
        return self.page.store.rows(dossier_place, self.case.run_id, is_here)

    @cached_property
    def sources(self) -> dict[str, facts.Source]:
        """The registers of the run and their age."""
        return facts.sources(
            self.material.sources,
            today=day_of(self.page.now),
            language=self.page.lang,
            configured=set_by_configuration(self.run_summary),
        )

    @cached_property
    def facts(self) -> list[DossierFact]:
        """Every record at the address."""
        return facts.facts(self.material.records, self.sources, language=self.page.lang, places=self.places.to_dicts())

    @property
    def registers(self) -> list[tuple[str, list[DossierFact]]]:
        """The records by register."""
        return facts.by_register(self.facts)

    @property
    def timeline(self) -> list[tuple[int, list[timeline.Event]]]:
        """Dated events by year."""
        return timeline.events_by_year(self.facts, today=day_of(self.page.now), language=self.page.lang)

    @property
    def undated(self) -> list[DossierFact]:
        """Records that the timeline cannot place."""
        return timeline.undated(self.facts)

    @cached_property
    def parties(self) -> list[parties.Party]:
        """The parties named on the records."""
        return parties.parties(self.material.parties, self.facts, language=self.page.lang)

    @cached_property
    def links(self) -> list[likeness.Link]:
        """Links between parties of this address that were made by similarity."""
        return likeness.links(
            self.material.links,
            self.material.parties,
            language=self.page.lang,
            heads=self.record_heads,
            records_here=self.records_here,
        )

    @cached_property
    def record_heads(self) -> dict[str, str]:
        """Name of each record on this page; after the own reading also of records that a hit cites."""
        return {fact.record: fact.head for fact in (*self.facts, *self.elsewhere)}

    @cached_property
    def records_here(self) -> set[str]:
        """The records whose address is that of the dossier: managers and officers have none of their own."""
        return {fact.record for fact in self.facts if fact.dataset in (*addressed_datasets(), "bag_adressen")}

    # the pictures: of the material alone, so the same for a flagged and for a drawn address

    @cached_property
    def map(self) -> Picture | None:
        """The address, its neighbours and the other addresses of the network."""
        around, network = self.material.surroundings, self.material.network
        return case_pictures.map_picture(around, network, address=self.case.address, language=self.page.lang)

    @cached_property
    def network(self) -> Picture | None:
        """The parties, their roles here and elsewhere."""
        return case_pictures.network_picture(
            self.parties,
            self.facts,
            self.links,
            self.material.network,
            address=self.case.address,
            language=self.page.lang,
        )

    @cached_property
    def time_line(self) -> Picture | None:
        """What the registers date, as bars and marks up to the day of the data."""
        return case_pictures.timeline_picture(
            self.facts, self.parties, as_of=self.material.run.as_of, language=self.page.lang
        )

    @cached_property
    def gist(self) -> list[gist.GistRow]:
        """Business, licences, premises, people and reports in a few lines."""
        return gist.gist(self.facts, self.parties, as_of=self.material.run.as_of, language=self.page.lang)

    @property
    def unknown(self) -> unknown.Unknown:
        """Gaps in the data of this address."""
        probable = self.places["probable_links"].explode().drop_nulls().to_list()
        return unknown.unknown(
            self.sources,
            missing_registers(self.run_summary),
            self.facts,
            self.links,
            language=self.page.lang,
            probable=probable,
            judged=self.judged,
        )

    @cached_property
    def tips(self) -> list[DossierTip]:
        """Tips that the contact person kept for the address: background, alike in both arms; after the judgement."""
        if not self.has_judged:
            return []
        store, case, now = self.page.store, self.case, self.page.now
        until = ended_at(store, [case.case_id])
        return dossier_tips(store, case.address, now=now, until=until)

    @cached_property
    def has_judged(self) -> bool:
        """Whether the viewer judged this case: from then on they may know what colleagues said of it or the address."""
        return has_judged(self.page.store, self.page.viewer, self.case.case_id)

    @property
    def is_sensitive(self) -> bool:
        """Whether the page says so: before the own reading only by what the records themselves tell."""
        holds = any(record["dataset"] in sensitive_datasets() for record in self.material.records)
        return holds or (self.reveal is not None and self.case.sensitive)

    # what the rules saw: after the own reading

    @property
    def is_sample(self) -> bool:
        """Whether no rule pointed here. Known after the own reading."""
        return self.reveal is not None and self.reveal.arm == SAMPLED

    @cached_property
    def explanation(self) -> AddressExplanation:
        """The words of `barrier explain`."""
        if self.reveal is None:
            raise LookupError("not before the own reading")
        reveal = self.reveal
        flag = None if reveal.reason is None else {"reason": reveal.reason, "first_flagged": reveal.first_seen}
        return explain_address(
            address_id=self.case.address_id,
            address=self.case.address,
            document=self.run_summary,
            flag=flag,
            evidence=reveal.evidence.drop("position").to_dicts(),
            declarations=reveal.declarations,
            places=reveal.places.to_dicts(),
            records=[*self.material.records, *reveal.cited_records],
            judged=self.judged,
            stopped=stopped_among(self.page.store, reveal.evidence["indicator"].to_list()),
        )

    @cached_property
    def hits(self) -> list[evidence.HitView]:
        """Each piece of evidence."""
        if self.reveal is None:
            return []
        return evidence.hits(
            self.explanation,
            self.reveal.evidence["position"].to_list(),
            self.reveal.opened,
            facts=self.facts,
            elsewhere=self.elsewhere,
            parties=self.all_parties,
            language=self.page.lang,
            links=[link for link in self.contestable_links if link.is_alike],
        )

    @property
    def all_parties(self) -> pl.DataFrame:
        """Every mention that may be shown now; after the own reading also those of other addresses that a hit cites."""
        if self.reveal is None:
            return self.material.parties
        return pl.concat([self.material.parties, self.reveal.cited_parties]).unique("mention", maintain_order=True)

    @cached_property
    def elsewhere(self) -> list[DossierFact]:
        """Records of other addresses that a hit cites."""
        if self.reveal is None:
            return []
        return facts.facts(
            self.reveal.cited_records, self.sources, language=self.page.lang, places=self.reveal.places.to_dicts()
        )

    @cached_property
    def contestable_links(self) -> list[likeness.Link]:
        """Links that an officer can call wrong: those of the evidence, and those between parties of this address."""
        if self.reveal is None:
            return []
        return likeness.links(
            self.reveal.links,
            self.all_parties,
            language=self.page.lang,
            levels=tuple(LinkLevel),
            heads=self.record_heads,
            records_here=self.records_here,
        )

    @cached_property
    def last_run(self) -> PublishedRun | None:
        """The last published run."""
        return self.page.store.last_published()

    @property
    def newer_run(self) -> PublishedRun | None:
        """The last run, where it came after that of the case, this officer read the case and nothing is decided."""
        is_open = self.reveal is not None and self.case.concluded_on is None
        last = self.last_run if is_open else None
        return None if last is None or last.run_id == self.case.run_id else last

    @cached_property
    def added_since(self) -> list[dict[str, object]]:
        """New hits of the last run, of a case that is not decided. The case stays with the dossier that was read.

        Of a decided one they can have opened another case, in which they come after the own reading. Hits that make
        the address sensitive are shown only in a case of their own, to those who may see it.
        """
        last = self.newer_run
        if self.reveal is None or last is None:
            return []
        if not self.page.viewer.may_see_sensitive and became_sensitive(
            self.page.store, last.run_id, self.case.address_id
        ):
            return []
        codes = set(self.reveal.evidence["indicator"])
        newer = self.page.store.evidence(last.run_id, self.case.address_id)
        return [row for row in newer.to_dicts() if row["indicator"] not in codes]

    @property
    def is_gone(self) -> bool:
        """Whether an undecided case was flagged in its run and is not in the last one: the case stays what it was."""
        last = self.newer_run
        if last is None or self.is_sample:
            return False
        return self.page.store.rows(flag_table, last.run_id, flag_table.c.address_id == self.case.address_id).is_empty()

    @cached_property
    def partner_signal(self) -> tuple[RiecSignal, Pending | None] | None:
        """The signal to a partner that was made of this case, and what is pending; after the judgement."""
        signal = signal_of(self.page.store, self.page.viewer, self.case.case_id) if self.has_judged else None
        return None if signal is None else (signal, pending_of(self.page, signal))

    @cached_property
    def visits(self) -> list[VisitView]:
        """The visits of the case and what was found: none before the own reading of an undecided case."""
        return visit_views(self.page, self.case.case_id)

    @property
    def may_look_first(self) -> bool:
        """Whether this officer can visit before the judgement: a flagged case of which everything was opened."""
        return self.stage in ("rules", "judge") and not (self.is_sample or self.unopened or self.visits)

    @property
    def unopened(self) -> int:
        """How many pieces of evidence are still to be read."""
        return sum(not hit.is_opened for hit in self.hits)

    @cached_property
    def history(self) -> list[CaseStep]:
        """The steps on this case; what a colleague found is left out while this officer has to judge without it."""
        return case_history(self.page.store, self.case.case_id, viewer=self.page.viewer)

    @property
    def steps(self) -> list[CaseStep]:
        """The steps that the page tells: of openings that of the dossier alone."""
        return [step for step in self.history if step.kind != "opened" or step.piece == DOSSIER]

    @cached_property
    def _names(self) -> dict[str, str]:
        return names(self.page.store, {step.actor for step in self.history})

    def step_sentence(self, step: CaseStep) -> str:
        """A step and its result as a sentence: who did it, in the second person when it was the reader."""
        t = self.page.t
        if step.actor == self.page.viewer.account:
            did = t(f"dossier.did.{step.kind}")
        else:
            did = t(f"dossier.step.{step.kind}", who=self._names.get(step.actor, step.actor))
        result = ""
        if step.outcome:
            result = t(f"judgement.outcomes.{step.outcome}.name")
            result += f": {self.grounds[step.ground]}" if step.ground else ""
            result += f": {self.referrals[step.refer_to]}" if step.refer_to else ""
        if step.reading:
            result = t(f"dossier.own.{step.reading}")
        return f"{long_date(step.done_at, self.page.lang)}: {did}." + (f" {result}." if result else "")

    def ticked_explanations(self, step: CaseStep, *, stays_on_screen: bool) -> list[str]:
        """The explanations ticked with a judgement, of the hits that no print tells or of the others, in words."""
        those = [hit for hit in self.hits if hit.stays_on_screen == stays_on_screen]
        of_position = {hit.position: text_list(hit.part["can_also_mean"]) for hit in those}
        return [
            texts[explanation - 1]
            for position, explanation in step.explanations
            if len(texts := of_position.get(position, [])) >= explanation
        ]

    @property
    def grounds(self) -> dict[str, str]:
        """Names of the grounds of a judgement."""
        return in_language(GROUNDS, self.page.lang)

    @property
    def referrals(self) -> dict[str, str]:
        """Names of the organisations to which a dossier can be passed on."""
        return in_language(REFER_TO, self.page.lang)

    @property
    def sees_both(self) -> bool:
        """Whether every judgement so far is on the table for this officer."""
        return not any(step.is_hidden for step in self.history if step.kind == "judgement")

    @property
    def number(self) -> str:
        """The number by which people call the case."""
        return case_number(self.case.opened_on, self.case.case_id)

    @property
    def status(self) -> str:
        """The text key of what the case is now to this officer: of an undecided case nothing of what colleagues did."""
        if self.case.concluded_on is not None:
            return "acts.status.closed"
        if self.ready.why_not == "judged":
            return "dossier.status.waits"
        if self.case.state is CaseState.DIFFERS and self.has_judged:
            return "dossier.status.differs"
        return "dossier.status.to_review"

    @property
    def stage(self) -> str:
        """Which of the steps is now: own, rules, judge, or done when this officer can do nothing more."""
        if self.ready.why_not in {"decided", "judged"} or self.case.state is CaseState.CLOSED:
            return "done"
        if self.reveal is None:
            return "own"
        return "judge" if self.ready.may_judge else "rules"
