"""The barrier model and its rules in words: model, barrier, indicator as parts (see `wording.explain`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from screening.base.powers import served
from screening.base.vocabulary import Barrier, IndicatorClass
from screening.policy.checklist import STATES, PolicyState
from screening.policy.questions import questions_of
from screening.rules.model import BARRIER_NAMES, BarrierModel, Coverage, Reach
from screening.wording.forms import code_word
from screening.wording.hit import Part, declared_params, quantity, threshold
from screening.wording.register_names import register_name
from screening.wording.sentence import text_list
from screening.wording.single_sentence import sentence_outline

#: What a class of indicator means for the reviewer.
CLASSES = {
    "nl": {
        "A": "Klasse A: een afwijking op zichzelf. Eén is genoeg om te kijken.",
        "B": "Klasse B: een patroon dat uitleg nodig heeft. Het telt samen met een ander patroon.",
        "C": "Klasse C: een zwak signaal. Het telt alleen samen met andere.",
    },
    "en": {
        "A": "Class A: an irregularity in itself. One is enough to look.",
        "B": "Class B: a pattern that needs context. It counts together with another pattern.",
        "C": "Class C: a weak signal. It counts only together with others.",
    },
}
_SENSITIVE = {
    "nl": "Gevoelig: alleen wie daarvoor is aangewezen ziet dit dossier.",
    "en": "Sensitive: only who has been appointed for it sees this dossier.",
}
_FINDING = {
    "nl": "Dit zegt iets over de kwaliteit van een register. Er volgt nooit een aandachtspunt uit.",
    "en": "This says something of the quality of a register. No flag ever follows from it.",
}
#: A class that a rule comes after.
_OF_CLASS: dict[str, dict[str, str]] = {
    "nl": {str(name): f"alle indicatoren van klasse {name}" for name in IndicatorClass},
    "en": {str(name): f"all indicators of class {name}" for name in IndicatorClass},
}
#: How far the registers reach, in a few words.
REACH = {
    "nl": {
        Reach.COVERED: "In beeld",
        Reach.OPEN: "Kan in beeld komen, maar geen indicator kijkt er nog naar",
        Reach.OUT: "Buiten deze screening",
    },
    "en": {
        Reach.COVERED: "In view",
        Reach.OPEN: "Could be in view, but no indicator looks at it yet",
        Reach.OUT: "Outside this screening",
    },
}
#: Tables that the programme makes itself from the registers.
_DERIVED = {
    "nl": {
        "partijen": "partijen (personen in een rol en bedrijven, zonder naam)",
        "handelsnamen": "handelsnamen (om te vergelijken)",
        "gelijkende_namen": "gelijkende namen (om te vergelijken)",
        "mogelijk_een_partij": "partijen die één kunnen zijn (om niemand dubbel te tellen)",
        "groepen": "groepen van bedrijven",
        "branches": "branches van de gemeente",
        "plichten": "of een plicht op een adres geldt (ja of nee)",
        "koppelingen": "koppelingen",
        "treffers": "treffers van andere indicatoren",
    },
    "en": {
        "partijen": "parties (persons in a role and companies, without a name)",
        "handelsnamen": "trade names (to compare)",
        "gelijkende_namen": "similar names (to compare)",
        "mogelijk_een_partij": "parties that could be one (so that nobody is counted twice)",
        "groepen": "groups of companies",
        "branches": "lines of business of the municipality",
        "plichten": "whether a duty holds at an address (yes or no)",
        "koppelingen": "links",
        "treffers": "hits of other indicators",
    },
}
_BOUNDS = {
    "nl": {
        "floor": "niet lager dan {}",
        "ceiling": "niet hoger dan {}",
        "fixed": "zonder grens",
        "choices": "een of meer van {}",
        "why": "Waarom: {}",
    },
    "en": {
        "floor": "not below {}",
        "ceiling": "not above {}",
        "fixed": "no bounds",
        "choices": "one or more of {}",
        "why": "Why: {}",
    },
}


def rule_part(declaration: Mapping[str, object], language: str) -> Part:
    """An indicator as it declares itself, with the parameters in force (`Indicator.declaration`)."""
    kind = CLASSES[language][str(declaration["class"])]
    if declaration["sensitive"]:
        kind += f" {_SENSITIVE[language]}"
    if declaration.get("is_finding"):
        kind = _FINDING[language]
    feedback = declaration.get(f"feedback_risk{'_nl' if language == 'nl' else ''}")
    settings = {name: param["value"] for name, param in declared_params(declaration).items()}
    inputs = declaration["inputs"]
    assert isinstance(inputs, Mapping)  # noqa: S101 - `Indicator.declaration` makes one
    return {
        "title": f"{declaration['code']} {declaration[f'name_{language}']} "
        f"({'versie' if language == 'nl' else 'version'} {declaration['version']})",
        "kind": kind,
        "barrier": BARRIER_NAMES[language][Barrier(str(declaration["barrier"]))],
        "purposes": ", ".join(code_word(purpose, language) for purpose in text_list(declaration.get("purposes", ()))),
        "powers": "; ".join(served(text_list(declaration.get("powers", ())), language)),
        "why": declaration[f"rationale_{language}"],
        "sentence": sentence_outline(str(declaration[f"evidence_{language}"]), settings, language),
        "thresholds": [
            threshold(name, param, language) + bounds(param, language)
            for name, param in declared_params(declaration).items()
        ],
        "ruled_out": text_list(declaration[f"ruled_out_{language}"]),
        "can_also_mean": text_list(declaration[f"innocent_{language}"]),
        "cannot_see": text_list(declaration.get(f"limits_{language}", ())),
        "reads": [f"{_DERIVED[language].get(table, table)}: {', '.join(columns)}" for table, columns in inputs.items()],
        "needs": ", ".join(text_list(declaration["needs"])),
        "after": ", ".join(_OF_CLASS[language].get(name, name) for name in text_list(declaration["after"])),
        "feedback": feedback or "",
    }


def bounds(param: Mapping[str, object], language: str) -> str:
    """The bounds that a municipality may not cross and why the threshold is what it is, to follow a threshold."""
    words, unit = _BOUNDS[language], str(param["unit"])
    limits = [
        words[name].format(quantity(param[name], unit, language))
        for name in ("floor", "ceiling")
        if param[name] is not None
    ]
    if param.get("choices"):
        limits.append(words["choices"].format(", ".join(text_list(param["choices"]))))
    reason = str((param.get("reason_nl") if language == "nl" else None) or param["reason"])
    return f" ({', '.join(limits) or words['fixed']}). {words['why'].format(reason)}."


def model_part(model: BarrierModel, rows: Sequence[Coverage], language: str) -> Part:
    """A model with one line a barrier: which indicators see it, or why none can. `rows`: coverage of all models."""
    return {
        "title": f"{model.letter}. {getattr(model, f'name_{language}')} ({model.code})",
        "about": getattr(model, f"about_{language}"),
        "barriers": [
            f"{BARRIER_NAMES[language][row.step.barrier]}: {_reach(row, language)}"
            for row in rows
            if row.model.code == model.code
        ],
    }


def barrier_part(
    row: Coverage, names: Mapping[str, str], language: str, stands: Mapping[str, PolicyState] | None = None
) -> Part:
    """A barrier in one model, with its indicators and its policy.

    `names`: indicator code -> its name in this language. `stands`: question of the policy checklist -> how it stands in
    a municipality; None: of no municipality.
    """
    step = row.step

    def listed(name: str) -> list[str]:
        return list(getattr(step, f"{name}_{language}"))

    return {
        "title": f"{BARRIER_NAMES[language][step.barrier]} ({step.barrier}): "
        f"{getattr(row.model, f'name_{language}')} ({row.model.code})",
        "reach": f"{REACH[language][row.reach]}.",
        "why_out": getattr(step, f"why_out_{language}"),
        "steps": listed("steps"),
        "opportunities": listed("opportunities"),
        "facilitators": listed("facilitators"),
        "signals": [
            f"{getattr(signal, language)} ({_registers(signal.registers, language)})"
            for signal in step.signals
            if signal.registers
        ],
        "by_eye": [getattr(signal, language) for signal in step.signals if not signal.registers],
        "indicators": [f"{code} {names[code]}" for code in row.indicators],
        "policy": _policy(step.barrier, language, stands),
        "sources": _registers(row.sources, language),
        "unseen": _registers(row.unseen, language),
        "limits": getattr(step, f"limits_{language}"),
        "partners": [
            f"{getattr(partner, f'who_{language}')}: {getattr(partner, f'power_{language}')}"
            for partner in step.partners
        ],
    }


def _policy(barrier: Barrier, language: str, stands: Mapping[str, PolicyState] | None) -> list[str]:
    """The questions without which the barrier stands open, with the law, and how each stands where that is known."""
    return [
        f"{question.words('question', language)} ({question.law})"
        + (f" {STATES[language][stands[question.id]]}." if stands else "")
        for question in questions_of(barrier)
    ]


def _reach(row: Coverage, language: str) -> str:
    if row.reach is Reach.COVERED:
        return f"{', '.join(row.indicators)} (registers: {_registers(row.sources, language)})"
    if row.reach is Reach.OUT:
        return f"{REACH[language][Reach.OUT].lower()}. {getattr(row.step, f'why_out_{language}')}"
    return f"{REACH[language][row.reach].lower()}."


def _registers(names: Iterable[str], language: str) -> str:
    return ", ".join(register_name(name, language) for name in names)
