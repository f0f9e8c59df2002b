"""What follows a judgement, for the pages: the status in words, what is open, what can be done, and the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from screening.base.civil_time import day_of
from screening.base.powers import BIBOB_POWER, Power, powers_against
from screening.base.vocabulary import ActKind, Barrier, CaseState, ReviewOutcome
from screening.casework.acts.acts import ASKED, CHANNELS, DELAYS, DOCUMENTS, RESULTS, CaseAct, act_words
from screening.casework.acts.follow_up import GOES_ON, CaseStage, FollowUp, follow_ups
from screening.casework.address_history import HistoryEntry, address_history, cases_of_history, in_order
from screening.casework.cases.case import Case
from screening.casework.cases.independence import has_judged
from screening.casework.cases.judging import GROUNDS, REFER_TO
from screening.casework.cases.numbers import case_number
from screening.casework.person_hashes import subject_key
from screening.casework.tips.sightings import OBSERVATIONS
from screening.casework.visits.findings import FINDINGS, SITUATIONS, detail_lines
from screening.partners.desk.hand_overs import referral_of
from screening.partners.desk.signal_history import signal_history
from screening.partners.desk.signal_versions import signals
from screening.review.i18n import Translator, in_language, long_date
from screening.review.page import Page
from screening.store.access.accounts import names


def request_key(page: Page) -> bytes | None:
    """The key under which people who asked about their data are hidden; None where the review has no workspace."""
    return None if page.settings.workspace is None else subject_key(page.settings.workspace)


def statuses(page: Page, cases: Iterable[Case]) -> dict[str, str]:
    """How far each of these cases is, in words, by case id; the one place where a page takes it from."""
    each = follow_ups(page.store, page.viewer, list(cases), now=page.now, key=request_key(page))
    return {case_id: status_text(page.t, follow_up) for case_id, follow_up in each.items()}


def status_text(t: Translator, follow_up: FollowUp) -> str:
    """How far a case is: "Bevestigd, wacht op stukken tot 3 december 2026"."""
    stage, language = follow_up.stage, t.language
    key = f"acts.late.{stage}" if follow_up.is_wait_over else f"acts.status.{stage}"
    return t(key, what=_detail(t, follow_up), day=long_date(follow_up.day, language))


def _detail(t: Translator, follow_up: FollowUp) -> str:
    """What the stage is about: a result, a ground, an organisation, what stopped it."""
    code, language = follow_up.code, t.language
    if code is None:
        return ""
    if follow_up.stage is CaseStage.STOPPED:
        return t(f"acts.stopped.{code}.short")
    tables = {
        CaseStage.DONE: RESULTS,
        CaseStage.EXPLAINED: GROUNDS,
        CaseStage.REFERRED: REFER_TO,
        CaseStage.PASSED_ON: REFER_TO,
    }
    words = in_language(tables.get(follow_up.stage, {}), language).get(code, "")
    return words[:1].lower() + words[1:] if follow_up.stage in {CaseStage.DONE, CaseStage.EXPLAINED} else words


@dataclass(frozen=True)
class PowerChoice:
    """A power to choose: its words, and under which law: the local article, or the national one to be checked."""

    code: str
    words: str
    law: str


@dataclass
class CaseActs:
    """What the panel of a decided case shows."""

    page: Page
    follow_up: FollowUp

    @classmethod
    def load(cls, page: Page, case: Case) -> CaseActs | None:
        """Load the panel; None of a case that is not decided, and where this viewer may not know its outcome."""
        if case.state is not CaseState.CLOSED:
            return None
        key = request_key(page)
        follow_up = follow_ups(page.store, page.viewer, [case], now=page.now, key=key)[case.case_id]
        return None if follow_up.stage is CaseStage.CLOSED else cls(page, follow_up)

    @property
    def case(self) -> Case:
        """The case."""
        return self.follow_up.case

    @property
    def status(self) -> str:
        """How far it is, in words."""
        return status_text(self.page.t, self.follow_up)

    @property
    def goes_on(self) -> bool:
        """Whether something can be done."""
        return self.follow_up.stage in GOES_ON

    @property
    def is_confirmed(self) -> bool:
        """Whether two officers confirmed it."""
        return self.case.outcome is ReviewOutcome.BEVESTIGD_AFWIJKING

    @property
    def is_waiting(self) -> bool:
        """Whether documents were asked for and did not come."""
        return self.follow_up.stage is CaseStage.WAITING

    @cached_property
    def signal_path(self) -> str:
        """Where the signal of this case is prepared, or read once it was."""
        path = f"/riec/{self.case.case_id}"
        return path if signals(self.page.store, case_id=self.case.case_id) else f"{path}/voorbereiden"

    @property
    def today(self) -> date:
        """The day of today, at the town hall."""
        return day_of(self.page.now)

    @property
    def open_points(self) -> list[tuple[str, date]]:
        """What is still open, with the day by which it is due."""
        t, follow_up, points = self.page.t, self.follow_up, list[tuple[str, date]]()
        if self.is_waiting and follow_up.day:
            points.append((t("acts.open.documents"), follow_up.day))
        if follow_up.inform_by:
            points.append((t("acts.open.inform"), follow_up.inform_by))
        return sorted(points, key=lambda point: point[1])

    @property
    def done(self) -> list[str]:
        """What was done, oldest first, as sentences."""
        return self._sentences(self.follow_up.acts)

    @property
    def printed(self) -> list[str]:
        """What was done, as a print tells it: nothing of Bibob."""
        return self._sentences(act for act in self.follow_up.acts if BIBOB_POWER not in act.choices)

    def _sentences(self, acts: Iterable[CaseAct]) -> list[str]:
        language = self.page.lang
        lines = []
        for act in acts:
            until = self.page.t("acts.until", day=long_date(act.due_on, language)) if act.due_on else ""
            number = self.page.t("acts.number", number=act.reference) if act.reference else ""
            words = act_words(act.kind, act.choices, language)
            lines.append(f"{long_date(act.on_day, language)}: {words}{until}{number}.")
        return lines

    @cached_property
    def powers(self) -> list[PowerChoice]:
        """The powers that help here, the lightest first, with the local article where it is configured."""
        evidence = self.page.store.evidence(self.case.run_id, self.case.address_id)
        barriers = {Barrier(code) for code in evidence["barrier"].unique().to_list()}
        return [
            PowerChoice(power.code, power.words(self.page.lang), self._law(power)) for power in powers_against(barriers)
        ]

    def _law(self, power: Power) -> str:
        t, local_rules = self.page.t, self.page.settings.local_rules
        local = local_rules.get(power.topic) if power.topic else None
        if local is not None:
            return t("acts.power.local", rule=local.rule, article=local.article, partner=local.partner)
        if power.law:
            return t("acts.power.national", law=power.law)
        return t("acts.power.none")

    def choices(self, kind: str) -> list[tuple[str, str]]:
        """The list of a kind of act: (code, words)."""
        tables: Mapping[str, Mapping[str, tuple[str, str]]] = {
            ActKind.DOCUMENTS_ASKED: DOCUMENTS,
            ActKind.INFORM_LATER: DELAYS,
            ActKind.PASSED_ON: CHANNELS,
            ActKind.RESULT: RESULTS,
            "asked": ASKED,
        }
        return list(in_language(tables[kind], self.page.lang).items())

    @cached_property
    def asks_call(self) -> bool:
        """Whether two officers passed it on to another organisation, which is called."""
        return referral_of(self.page.store, self.case.case_id) is not None

    @property
    def refer_to(self) -> str:
        """The organisation that the case belongs to."""
        return in_language(REFER_TO, self.page.lang).get(self.follow_up.code or "", "")

    @cached_property
    def history(self) -> list[tuple[date, list[str]]]:
        """The history of the address by day, newest first, as far as this viewer may know it."""
        return history_sentences(self.page, self.case)


#: Whose a case was is in the ledger; in a history of what was found and done it is noise.
_NOT_TOLD = frozenset({"assigned", "released"})


def history_sentences(page: Page, case: Case) -> list[tuple[date, list[str]]]:
    """The one history of an address, newest first: (day, sentences); empty before the own judgement.

    Signals to partners tell what colleagues said of the case, so they are for who judged it.
    """
    entries = address_history(page.store, page.viewer, case, now=page.now)
    if has_judged(page.store, page.viewer, case.case_id):
        ids = cases_of_history(page.store, page.viewer, case)
        entries = sorted([*entries, *signal_history(page.store, page.viewer, ids)], key=in_order)
    people = names(page.store, {entry.actor for entry in entries if entry.actor})
    opened = {entry.case_id: entry.on for entry in entries if entry.kind == "case_opened" and entry.case_id}
    numbers = {case_id: case_number(on, case_id) for case_id, on in opened.items()}
    by_day: dict[date, list[str]] = {}
    for entry in reversed(entries):
        if entry.kind not in _NOT_TOLD:
            by_day.setdefault(entry.on, []).append(_sentence(page, case, entry, people, numbers))
    return list(by_day.items())


def _sentence(
    page: Page, case: Case, entry: HistoryEntry, people: Mapping[str, str], numbers: Mapping[str, str]
) -> str:
    t, language, details = page.t, page.lang, entry.details
    who = "" if entry.actor is None else people.get(entry.actor, entry.actor)
    who = t("acts.history.you") if entry.actor == page.viewer.account else who
    parts = _parts(t, details)
    if entry.kind.startswith("act."):
        choices = details["choices"]
        assert isinstance(choices, tuple)  # noqa: S101 - the codes of an act
        what = act_words(ActKind(entry.kind.removeprefix("act.")), choices, language)
        text = t("acts.history.act", what=what, who=who)
    else:
        text = t(f"acts.history.{entry.kind}", who=who)
    if entry.case_id is not None and entry.case_id != case.case_id:
        parts.append(t("acts.history.other_case", number=numbers[entry.case_id]))
    note = f" “{entry.note}”" if entry.note else ""
    about = f": {'; '.join(parts)}" if parts else ""
    return f"{text[:1].upper()}{text[1:]}{about}.{note}"


#: What of an entry is a code of a list, or several; each with the list.
_CODES = (
    ("ground", GROUNDS),
    ("refer_to", REFER_TO),
    ("asked", ASKED),
    ("situatie", SITUATIONS),
    ("bevindingen", FINDINGS),
    ("observations", OBSERVATIONS),
)


def _parts(t: Translator, details: Mapping[str, object]) -> list[str]:
    """What an entry is about, part by part, in words."""
    parts = []
    if reading := details.get("reading"):
        parts.append(t(f"dossier.own.{reading}"))
    if outcome := details.get("outcome"):
        parts.append(t(f"judgement.outcomes.{outcome}.name"))
    for name, table in _CODES:
        value = details.get(name)
        codes = value if isinstance(value, tuple) else (value,)
        parts += [in_language(table, t.language).get(code, code) for code in map(str, codes) if value]
    if isinstance(counted := details.get("counted"), dict):
        parts += [f"{label}: {value}" for label, value in detail_lines(counted, t.language)]
    if reason := details.get("reason"):
        parts.append(t(f"acts.stopped.{reason}.short"))
    if recipient := details.get("recipient"):
        parts.append(str(recipient))
    for name, key in (("due_on", "acts.history.until"), ("for_date", "acts.history.for_day")):
        if isinstance(day := details.get(name), date):
            parts.append(t(key, day=long_date(day, t.language)))
    if number := details.get("number_only"):
        parts.append(t("acts.history.number_only", number=number))
    if reference := details.get("reference"):
        parts.append(t("acts.history.number", number=reference))
    return parts
