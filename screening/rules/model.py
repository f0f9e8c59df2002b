"""The barrier model: four ways in which legal structures are abused, the barriers in each, and what rules see of it.

The texts stand in `models/*.yaml`, one file a model. Which indicators make a barrier visible stands nowhere: it is
computed from the indicators that are handed in, by the barrier and the register each declares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from screening.base.datasets import datasets
from screening.base.errors import RuleDefinitionError
from screening.base.vocabulary import Barrier
from screening.base.word_lists import read_lists
from screening.rules.declare import Indicator
from screening.rules.suspicion_words import suspicion_word

LANGUAGES = ("nl", "en")

#: What a barrier is called, wherever it is shown.
BARRIER_NAMES: dict[str, dict[Barrier, str]] = {
    language: {Barrier(barrier): name for barrier, name in names.items()}
    for language, names in read_lists("screening.rules", "barriers.yaml").items()
}


class Reach(StrEnum):
    """How far the registers of a municipality reach at a barrier."""

    COVERED = "covered"  # at least one indicator makes it visible
    OPEN = "open"  # the registers could show it, but no indicator that was handed in does
    OUT = "out"  # no register of a municipality shows it, or the data may not be used


@dataclass(frozen=True)
class VisibleSign:
    """What can be noticed at a barrier. Without `registers` only a person can: for the checklist, not for the data."""

    nl: str
    en: str
    registers: tuple[str, ...]


@dataclass(frozen=True)
class BarrierPartner:
    """Who can raise the barrier, and by what power."""

    who_nl: str
    who_en: str
    power_nl: str
    power_en: str


@dataclass(frozen=True)
class BarrierStep:
    """A barrier within a model: the steps it blocks, what makes them easy, who helps, what shows, who can act.

    `registers`: the data sets that show it in this model (none where it is out of reach). `limits_*`: what they do not
    show even so; `why_out_*`: why it is out of reach. One of the two pairs is filled.
    """

    barrier: Barrier
    steps_nl: tuple[str, ...]
    steps_en: tuple[str, ...]
    opportunities_nl: tuple[str, ...]
    opportunities_en: tuple[str, ...]
    facilitators_nl: tuple[str, ...]
    facilitators_en: tuple[str, ...]
    signals: tuple[VisibleSign, ...]
    partners: tuple[BarrierPartner, ...]
    registers: tuple[str, ...] = ()
    limits_nl: str = ""
    limits_en: str = ""
    why_out_nl: str = ""
    why_out_en: str = ""

    @property
    def is_out_of_reach(self) -> bool:
        """Whether no register of a municipality shows the barrier, or the data may not be used."""
        return bool(self.why_out_nl)


@dataclass(frozen=True)
class BarrierModel:
    """One of the four barrier models, with its barriers in the order of the steps."""

    code: str
    letter: str
    name_nl: str
    name_en: str
    about_nl: str
    about_en: str
    barriers: tuple[BarrierStep, ...]


@dataclass(frozen=True)
class Coverage:
    """What a set of indicators makes visible of one barrier in one model.

    `indicators`: codes, sorted; `sources`: the data sets these read, sorted; `unseen`: registers of the step that none
    of them reads, sorted.
    """

    model: BarrierModel
    step: BarrierStep
    reach: Reach
    indicators: tuple[str, ...]
    sources: tuple[str, ...]
    unseen: tuple[str, ...]


@cache
def models() -> tuple[BarrierModel, ...]:
    """The four models, by letter. Raises RuleDefinitionError when a file says what the code does not understand."""
    read = [
        read_model(yaml.safe_load(file.read_text(encoding="utf-8")), file.name)
        for file in files("screening.rules").joinpath("models").iterdir()
    ]
    return tuple(sorted(read, key=lambda model: model.letter))


def read_model(document: Mapping[str, object], name: str) -> BarrierModel:
    """A model from its file. Raises RuleDefinitionError naming the file and the key that is wrong or missing."""
    given = _whole(document, BarrierModel, name)
    barriers = tuple(_step(step, name) for step in given.pop("barriers"))
    model = BarrierModel(barriers=barriers, **given)
    seen = [step.barrier for step in barriers]
    if len(set(seen)) != len(seen):
        raise RuleDefinitionError(f"{name}: a barrier stands in it twice.")
    for place, text in texts(model):
        if not text.strip():
            raise RuleDefinitionError(f"{name}: {place} is empty.")
        term = suspicion_word(text)
        if term:
            raise RuleDefinitionError(
                f"{name}: {place} says {term!r}. A text describes a deviation; it accuses no one."
            )
    return model


def coverage(indicators: Iterable[Indicator]) -> tuple[Coverage, ...]:
    """One row per barrier of each model: which of `indicators` make it visible, and from which registers.

    An indicator hangs on the barrier it declares, in each model of which that barrier shows in the register the
    indicator counts for. A rule on the quality of data (`is_finding`) makes no barrier visible.
    """
    rules = sorted((rule for rule in indicators if not rule.is_finding), key=lambda rule: rule.code)
    return tuple(_coverage(model, step, rules) for model in models() for step in model.barriers)


def loose(indicators: Iterable[Indicator]) -> tuple[str, ...]:
    """Codes of indicators that hang on no barrier of any model: the model or the declaration is wrong."""
    rules = tuple(rule for rule in indicators if not rule.is_finding)
    hung = {code for row in coverage(rules) for code in row.indicators}
    return tuple(sorted(rule.code for rule in rules if rule.code not in hung))


def texts(model: BarrierModel) -> Iterator[tuple[str, str]]:
    """(where, text) for each text of a model that a reviewer can read, in both languages."""
    for language in LANGUAGES:
        yield f"name_{language}", getattr(model, f"name_{language}")
        yield f"about_{language}", getattr(model, f"about_{language}")
        for step in model.barriers:
            barrier = f"{step.barrier}."
            for part in ("steps", "opportunities", "facilitators"):
                yield from ((f"{barrier}{part}_{language}", text) for text in getattr(step, f"{part}_{language}"))
            yield from ((f"{barrier}signals.{language}", getattr(signal, language)) for signal in step.signals)
            for partner in step.partners:
                yield f"{barrier}who_{language}", getattr(partner, f"who_{language}")
                yield f"{barrier}power_{language}", getattr(partner, f"power_{language}")
            last = "why_out" if step.is_out_of_reach else "limits"
            yield f"{barrier}{last}_{language}", getattr(step, f"{last}_{language}")


def _coverage(model: BarrierModel, step: BarrierStep, indicators: list[Indicator]) -> Coverage:
    visible = [rule for rule in indicators if rule.barrier == step.barrier and rule.dataset in step.registers]
    sources = sorted({table for rule in visible for table in rule.inputs if table in datasets()})
    reach = Reach.OUT if step.is_out_of_reach else Reach.COVERED if visible else Reach.OPEN
    unseen = sorted(set(map(str, step.registers)) - set(sources))
    return Coverage(model, step, reach, tuple(rule.code for rule in visible), tuple(sources), tuple(unseen))


_OPTIONAL = ("registers", "limits_nl", "limits_en", "why_out_nl", "why_out_en")


def _step(document: Mapping[str, object], name: str) -> BarrierStep:
    given = _whole(document, BarrierStep, name)
    place = f"{name}: {given['barrier']}"
    for part in ("steps", "opportunities", "facilitators"):
        given |= {f"{part}_{language}": tuple(given[f"{part}_{language}"]) for language in LANGUAGES}
        if len(given[f"{part}_nl"]) != len(given[f"{part}_en"]):
            raise RuleDefinitionError(f"{place}: {part}_nl and {part}_en differ in length.")
    given["barrier"] = _barrier(given["barrier"], place)
    given["registers"] = _registers(given.get("registers", ()), place)
    given["partners"] = tuple(BarrierPartner(**_whole(partner, BarrierPartner, place)) for partner in given["partners"])
    given["signals"] = tuple(
        VisibleSign(signal["nl"], signal["en"], _registers(signal["registers"], place))
        for signal in (_whole(signal, VisibleSign, place) for signal in given["signals"])
    )
    step = BarrierStep(**given)
    if step.is_out_of_reach == bool(step.limits_nl):
        raise RuleDefinitionError(f"{place}: say either why_out_nl or limits_nl: it is out of reach or it has limits.")
    if step.is_out_of_reach == bool(step.registers):
        raise RuleDefinitionError(f"{place}: registers are those that show it, and none where it is out of reach.")
    shown = {register for signal in step.signals for register in signal.registers}
    if step.is_out_of_reach and shown:
        raise RuleDefinitionError(f"{place}: a signal that a register shows is not out of reach.")
    if not step.is_out_of_reach and not shown:
        raise RuleDefinitionError(f"{place}: no signal names a register; then it is out of reach.")
    return step


def _whole(
    document: object, kind: type[BarrierModel | BarrierStep | BarrierPartner | VisibleSign], place: str
) -> dict[str, Any]:
    """The document as keyword arguments of `kind`: no key too few or too many."""
    names = {field.name for field in fields(kind)}
    given = dict(document) if isinstance(document, Mapping) else {}
    wrong = sorted(given.keys() - names) + sorted(names - given.keys() - set(_OPTIONAL))
    if wrong:
        raise RuleDefinitionError(f"{place}: {wrong[0]} is {'unknown' if wrong[0] in given else 'missing'}.")
    return given


def _registers(names: Iterable[str], place: str) -> tuple[str, ...]:
    for name in names:
        if name not in datasets():
            raise RuleDefinitionError(f"{place}: {name!r} is unknown; one of {', '.join(datasets())}.")
    return tuple(names)


def _barrier(value: str, place: str) -> Barrier:
    if value not in set(Barrier):
        raise RuleDefinitionError(f"{place}: {value!r} is unknown; one of {', '.join(Barrier)}.")
    return Barrier(value)
