"""A version of a rule as its page shows it: what it declares, its parameters, its dossier, and what can be done now."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from screening.base.datasets import datasets
from screening.base.frames import Row
from screening.base.legal_facts import law_of_article
from screening.base.powers import served
from screening.casework.figures.rule_load import LOAD
from screening.casework.figures.small_counts import STEP, TensRange, rounded_to_tens
from screening.review.i18n import Translator, in_dutch, long_date
from screening.store.rules.dossier import AS_SHIPPED, DOSSIER_STEPS
from screening.store.rules.drafts import RuleDraft
from screening.store.rules.governance import RuleVersion
from screening.store.rules.states import ConfiguredRules, RuleState
from screening.wording.hit import quantity
from screening.wording.register_names import column_name, columns_of, register_name
from screening.wording.single_sentence import sentence_outline

#: Counts of a back-test that are of addresses: told in tens, as every figure, for they may be sensitive ones.
_OF_ADDRESSES = frozenset({"added", "dropped"})
#: What can be done about a version: the names of the forms of its page.
PROPOSE, APPROVE, ACTIVATE = "propose", "approve", "activate"


@dataclass(frozen=True)
class RuleLine:
    """One rule in the list. `version_id`: of the page to look at, where a version of it was proposed."""

    code: str
    name: str
    state: str
    until: date | None
    version_id: str | None


@dataclass(frozen=True)
class RuleView:
    """A draft or a version.

    `path`: of its page. `facts`: names and values. `says`: headings and texts of the declaration. `parameters`: label,
    value of this version, value in force. `dossier`: heading, text, date and whether the text is as the programme wrote
    it; text None: not written down. `act`: what comes next, or None. `hindrances`: why it cannot be done, by keys of
    texts. `examined`: a sentence on how the rule was tried; `examined_files`: the hash of the files of its extension;
    `trials`: name, question and outcome of each.
    """

    path: str
    code: str
    name: str
    digest: str
    facts: list[tuple[str, str]]
    says: list[tuple[str, list[str]]]
    parameters: list[tuple[str, str, str]]
    dossier: list[tuple[str, str | None, str, bool]]
    backtest: list[tuple[str, str]]
    act: str | None
    hindrances: tuple[str, ...] = ()
    examined: str = ""
    examined_files: str = ""
    trials: tuple[tuple[str, str, str], ...] = ()

    @property
    def unchanged(self) -> int:
        """How many texts of the dossier are as the programme wrote them."""
        return sum(is_shipped for *_, is_shipped in self.dossier)


def rule_lines(states: Sequence[RuleState], t: Translator) -> list[RuleLine]:
    """The rules of this version of the programme, in their order."""
    return [
        RuleLine(
            state.code,
            state.name_nl if t.language == "nl" else state.name_en,
            _state(state, t),
            state.active.expires_on if state.active else None,
            state.active.version_id if state.active else next((v.version_id for v in reversed(state.versions)), None),
        )
        for state in states
    ]


def view_of_draft(draft: RuleDraft, rules: ConfiguredRules | None, t: Translator) -> RuleView:
    """A draft: it can be proposed."""
    day = long_date(draft.prepared_at, t.language)
    facts = [(t("rules.prepared"), t("rules.by_on", by=draft.prepared_by, day=day))]
    return _view(f"/regels/concept/{draft.draft_id}", draft, rules, t, facts=facts, act=PROPOSE)


def view_of_version(
    version: RuleVersion,
    rules: ConfiguredRules | None,
    t: Translator,
    *,
    day: date,
    viewer: str,
    ticked: Mapping[int, TensRange],
) -> RuleView:
    """A version: another person than its author approves it, and then it can be let run.

    `ticked`: in how many cases judges ticked each of its innocent explanations (`explanations_ticked`).
    """
    facts = [(t("rules.author"), t("rules.by_on", by=version.author, day=long_date(version.proposed_at, t.language)))]
    until = t("rules.nobody")
    if version.approved_by and version.expires_on:
        until = t("rules.until", by=version.approved_by, day=long_date(version.expires_on, t.language))
    facts += [(t("rules.approval"), until), (t("rules.runs"), t("rules.yes" if version.activated else "rules.no"))]
    act, hindrances = _next_act(version, rules, day=day, viewer=viewer)
    view = _view(f"/regels/versie/{version.version_id}", version, rules, t, facts=facts, act=act, hindrances=hindrances)
    return replace(view, says=[*view.says, (t("rules.ticked"), _ticked(version, ticked, t))])


def _ticked(version: RuleVersion, ticked: Mapping[int, TensRange], t: Translator) -> list[str]:
    """The explanations that are not seldom ticked, with their counts."""
    texts = json.loads(version.declaration)[f"innocent_{t.language}"]
    lines = [
        t("rules.ticked_in", text=text, n=str(ticked[place]))
        for place, text in enumerate(texts, start=1)
        if place in ticked and not ticked[place].is_small
    ]
    return lines or [t("rules.seldom_ticked", n=STEP)]


def _next_act(
    version: RuleVersion, rules: ConfiguredRules | None, *, day: date, viewer: str
) -> tuple[str | None, tuple[str, ...]]:
    if not version.digest:
        return None, ("of_before",)
    if not version.is_approved(day):
        return (None, ("own",)) if version.author == viewer else (APPROVE, ())
    if version.activated or rules is None or all(rule.code != version.code for rule in rules.rules):
        return None, ()
    configured = rules.configured(version.code)
    hindrances = {
        "not_configured": configured.version_id != version.version_id,
        "not_examined": configured.unexamined is not None,
        "grounds": not all(configured.grounds.values()),
        "dossier": configured.needs_dossier and bool(version.missing_steps()),
    }
    why_not = tuple(name for name, holds in hindrances.items() if holds)
    return (None, why_not) if why_not else (ACTIVATE, ())


def _to_check(inputs: Iterable[str], language: str) -> list[str]:
    """What a lawyer has yet to look at, of each law on which a register rests that the rule reads; once each."""
    registers = [datasets()[name] for name in inputs if name in datasets()]
    laws = [law_of_article(article) for register in registers for article in register.legal_basis]
    points = [f"{law.name}: {law.note}" for law in laws if law is not None and law.to_check]
    return [in_dutch(point, language) for point in dict.fromkeys(points)]


def _view(
    path: str,
    version: RuleDraft | RuleVersion,
    rules: ConfiguredRules | None,
    t: Translator,
    *,
    facts: list[tuple[str, str]],
    act: str | None,
    hindrances: tuple[str, ...] = (),
) -> RuleView:
    declaration, language = json.loads(version.declaration), t.language
    says = [
        (t("rules.rationale"), [declaration[f"rationale_{language}"]]),
        (t("rules.powers"), served(declaration.get("powers", ()), language)),
        (t("rules.to_check"), _to_check(declaration["inputs"], language)),
        (t("rules.evidence"), [sentence_outline(declaration[f"evidence_{language}"], version.parameters, language)]),
        (t("rules.ruled_out"), list(declaration[f"ruled_out_{language}"])),
        (t("rules.innocent"), list(declaration[f"innocent_{language}"])),
        (t("rules.inputs"), [_read(name, columns, language) for name, columns in declaration["inputs"].items()]),
    ]
    steps = [(t(f"rules.step.{step}"), version.dossier.get(step)) for step in DOSSIER_STEPS]
    return RuleView(
        path=path,
        code=version.code,
        name=declaration[f"name_{language}"],
        digest=version.digest,
        facts=[(t("rules.version"), f"{version.version} ({version.version_id})"), *facts],
        says=[(head, lines) for head, lines in says if lines],
        parameters=_parameters(version, declaration["params"], rules, language),
        dossier=[
            (head, str(step["text"]) if step else None, _day(step, language), bool(step and step.get(AS_SHIPPED)))
            for head, step in steps
        ],
        backtest=[
            (t(f"rules.tried.{name}"), _tried(name, count))
            for name, count in version.backtest.items()
            if name != LOAD and count is not None
        ],
        act=act,
        hindrances=hindrances,
        **_examination(version.code, rules, t),
    )


def _read(table: str, columns: Sequence[str], language: str) -> str:
    """The columns that a rule reads of a register, as its contract calls them, or of a table that is made of those."""
    contract_columns = columns_of(table)
    own = [name if name in contract_columns else name.removesuffix("_min").removesuffix("_max") for name in columns]
    names = [column_name(table, name, language) for name in own if name in contract_columns or not contract_columns]
    return f"{register_name(table, language)}: {', '.join(dict.fromkeys(names))}"


def _examination(code: str, rules: ConfiguredRules | None, t: Translator) -> Row:
    """How a rule was tried: one of the programme in its tests, one of an extension in an examination that is kept."""
    if "." not in code:
        return {"examined": t("rules.examined.programme")}
    examination = rules.read_examinations().get(code) if rules else None
    if examination is None:
        return {"examined": t("rules.examined.gone")}
    if examination.day is None:
        return {"examined": t("rules.examined.not_yet"), "examined_files": examination.digest}
    return {
        "examined": t("rules.examined.on", day=long_date(examination.day, t.language)),
        "examined_files": examination.digest,
        "trials": tuple(trial.told(t.language) for trial in examination.trials),
    }


def _tried(name: str, count: object) -> str:
    return str(rounded_to_tens(int(str(count))) if name in _OF_ADDRESSES else count)


def _parameters(
    version: RuleDraft | RuleVersion, declared: Row, rules: ConfiguredRules | None, language: str
) -> list[tuple[str, str, str]]:
    """A row a parameter: its label, what it is in this version, and what the configuration has it at now."""
    in_force: Row = {}
    if rules is not None and any(rule.code == version.code for rule in rules.rules):
        activation = rules.activations.get(version.code)
        in_force = rules.rule(version.code).parameters(activation.parameters if activation else {})
    return [
        (
            param.get(f"label_{language}") or name,
            quantity(version.parameters[name], param["unit"], language),
            quantity(in_force[name], param["unit"], language) if name in in_force else "–",
        )
        for name, param in declared.items()
    ]


def _day(step: Row | None, language: str) -> str:
    return long_date(date.fromisoformat(str(step["date"])), language) if step else ""


def _state(state: RuleState, t: Translator) -> str:
    if state.is_stopped:
        return t("rules.state.stopped")
    if state.held is not None:
        return state.held.reason_nl if t.language == "nl" else state.held.reason_en
    if state.awaits_norm:
        return t("rules.state.awaits_norm")
    return t("rules.state.runs" if state.is_configured else "rules.state.not_configured")
