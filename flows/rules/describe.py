"""`barrier describe`: the barrier model, a barrier, or an indicator, as it stands in this version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flows.catalogue import all_indicators
from flows.configuration import load_configuration
from flows.desk import Desk
from flows.papers.lists_in_force import lists_in_force
from screening.base.civil_time import day_of
from screening.base.errors import ConfigurationError
from screening.base.vocabulary import Barrier
from screening.casework.policy.answers import policy_answers
from screening.policy.checklist import PolicyState, policy_checklist
from screening.rules.describe_barrier_model import barrier_part, model_part, rule_part
from screening.rules.model import coverage, models
from screening.wording.hit import as_lines

_LANGUAGES = ("nl", "en")
#: What the lists of a municipality can be asked for as.
_LISTS = ("lists", "lijsten")
_CLOSING = {
    "nl": "De teksten over de modellen zijn kennis uit de praktijk. Laat een jurist de bevoegdheden controleren.",
    "en": "The texts on the models are practice knowledge. Have a lawyer check the powers.",
}


@dataclass(frozen=True)
class Described:
    """What was asked for: `kind` is models, model, barrier, indicator or lists; `parts` holds it per language."""

    kind: str
    subject: str | None
    parts: dict[str, list[dict[str, object]]]

    def document(self) -> dict[str, object]:
        """As JSON: each part is a title with the sentences and lists under it."""
        return {"kind": self.kind, "subject": self.subject, **self.parts}

    def lines(self, language: str) -> list[str]:
        """As plain lines for a terminal."""
        lines: list[str] = []
        for part in self.parts[language]:
            lines += [*as_lines(part, language), ""]
        return [*lines, _CLOSING[language]] if self.kind not in {"indicator", "lists"} else lines[:-1]


def describe(asked: str | None = None, config: Path | None = None) -> Described:
    """The whole model, or the model, barrier, indicator or lists that were asked for, in either case of letters.

    `config`: the configuration of a municipality, whose answers to the policy checklist are told with each barrier, and
    whose lists are those in force.

    Raises ConfigurationError that lists what can be asked for.
    """
    if (asked or "").strip().lower() in _LISTS:
        settings = load_configuration(config) if config else None
        return Described("lists", None, {language: [lists_in_force(settings, language)] for language in _LANGUAGES})
    stands = _stands(config) if config else None  # first: its extensions have rules too
    rules, rows = all_indicators(), coverage(all_indicators())
    by_code = {rule.code: rule for rule in rules}
    by_model = {name: model for model in models() for name in (model.code, model.letter)}
    names = {language: {rule.code: getattr(rule, f"name_{language}") for rule in rules} for language in _LANGUAGES}
    name = (asked or "").strip()
    if not name:
        return Described("models", None, {g: [model_part(m, rows, g) for m in models()] for g in _LANGUAGES})
    if name.lower() in by_model:
        model = by_model[name.lower()]
        barriers = [row for row in rows if row.model is model]
        parts = {
            g: [model_part(model, barriers, g), *(barrier_part(r, names[g], g, stands) for r in barriers)]
            for g in _LANGUAGES
        }
        return Described("model", model.code, parts)
    if name.upper() in set(Barrier):
        barriers = [row for row in rows if row.step.barrier == name.upper()]
        return Described(
            "barrier", name.upper(), {g: [barrier_part(r, names[g], g, stands) for r in barriers] for g in _LANGUAGES}
        )
    if name.upper() in by_code:
        declaration = by_code[name.upper()].declaration()
        return Described("indicator", name.upper(), {g: [rule_part(declaration, g)] for g in _LANGUAGES})
    raise ConfigurationError(
        f"{name!r} is no model, barrier or indicator.\n"
        f"  models:     {', '.join(model.code for model in models())}\n"
        f"  barriers:   {', '.join(Barrier)}\n"
        f"  indicators: {', '.join(by_code)}\n"
        f"  lists:      {_LISTS[0]} (lines of business, kinds of permit, areas)"
    )


def _stands(config: Path) -> dict[str, PolicyState]:
    """How each question of the policy checklist stands in a municipality today."""
    with Desk(load_configuration(config), reads_only=True) as desk:
        lines = policy_checklist(policy_answers(desk.store), day_of(desk.now))
    return {line.question.id: line.state for line in lines}
