"""The declaration of an indicator: everything that must be said of a rule before it may look at an address."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from screening.base.datasets import datasets
from screening.base.errors import ConfigurationError, RuleDefinitionError
from screening.base.vocabulary import INDICATOR_CODE, Barrier, IndicatorClass
from screening.rules.lines_of_business import LINES_FOLLOW_FROM, follows_from_others
from screening.rules.placeholders import check_placeholders
from screening.rules.powers import checked_powers
from screening.rules.purposes import checked_purposes
from screening.rules.schema import HITS_TABLE, TERMS_COLUMN, tables_for_rules
from screening.rules.suspicion_words import suspicion_word
from screening.rules.tables import Params, Tables

Number = float
#: A parameter in force: a number, or codes of a closed list.
Setting = Number | tuple[str, ...]
RuleFunction = Callable[[Tables, Params, date], pl.LazyFrame]

_CODE = re.compile(INDICATOR_CODE)
_SHOWN_OF_PARAM = ("unit", "label_nl", "label_en", "reason", "reason_nl", "floor", "ceiling", "choices")
#: Texts of several sentences.
_LISTS = ("ruled_out", "checked", "innocent", "limits")


@dataclass(frozen=True)
class Param:
    """A threshold of a rule: default, unit, why this default, and the bounds a configuration may not cross.

    `floor` and `ceiling` guard proportionality: a municipality can look at fewer addresses than the default does,
    but cannot turn a rule into a net that catches everyone. A parameter with `choices` is a list of codes, some of
    these and no others, and `choices` is its bound. `label_nl` / `label_en` name it for a reviewer, `reason_nl` says
    in Dutch what `reason` does.
    """

    default: Setting
    unit: str
    reason: str
    floor: Number | None = None
    ceiling: Number | None = None
    label_nl: str = ""
    label_en: str = ""
    reason_nl: str = ""
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """A list of an extension could be changed once it was judged."""
        object.__setattr__(self, "choices", tuple(self.choices))

    def refuse(self, value: object) -> str | None:
        """Why `value` cannot be used, or None."""
        if self.choices:
            return self._refuse_codes(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "it must be a number"
        if isinstance(self.default, int) and not isinstance(value, int):
            return "it must be a whole number"
        if self.floor is not None and value < self.floor:
            return f"it may not be below {self.floor} {self.unit}"
        if self.ceiling is not None and value > self.ceiling:
            return f"it may not be above {self.ceiling} {self.unit}"
        return None

    def _refuse_codes(self, value: object) -> str | None:
        allowed = ", ".join(self.choices)
        if not isinstance(value, list | tuple) or not value:
            return f"it must be a list of one or more of {allowed}, each between quotes"
        odd = [code for code in value if code not in self.choices]
        if odd:
            return f"{odd[0]!r} is none of {allowed} (each between quotes)"
        return "it names a code twice" if len(set(value)) != len(value) else None

    def settle(self, value: object) -> Setting:
        """`value` as it is in force: codes in the order of `choices`, so that one choice has one form."""
        if isinstance(value, int | float):
            return value
        assert isinstance(value, list | tuple)  # noqa: S101 - `refuse` let it pass
        return tuple(code for code in self.choices if code in value)


@dataclass(frozen=True, eq=False)
class Indicator:
    """One declared rule. `function(t, p, as_of)` gives one row a hit: docs/architecture.md, "What rules are handed"."""

    code: str
    version: int
    cls: IndicatorClass
    barrier: Barrier
    dataset: str
    after: tuple[str, ...]
    sensitive: bool
    name_nl: str
    name_en: str
    rationale_nl: str
    rationale_en: str
    ruled_out_nl: tuple[str, ...]
    ruled_out_en: tuple[str, ...]
    checked_nl: tuple[str, ...]
    checked_en: tuple[str, ...]
    innocent_nl: tuple[str, ...]
    innocent_en: tuple[str, ...]
    limits_nl: tuple[str, ...]
    limits_en: tuple[str, ...]
    decisive: Mapping[str, tuple[str, ...]]
    inputs: Mapping[str, tuple[str, ...]]
    params: Mapping[str, Param]
    evidence_nl: str
    evidence_en: str
    feedback_risk: str | None
    feedback_risk_nl: str | None
    needs: tuple[str, ...]
    is_finding: bool
    rests_on: tuple[str, ...]
    leans_on: str | None
    asks_norm: bool
    purposes: tuple[str, ...]
    powers: tuple[str, ...]
    function: RuleFunction = field(repr=False)

    @property
    def reads_terms(self) -> bool:
        """Whether the rule sees term ids, and so needs a word list to be configured."""
        table, column = TERMS_COLUMN
        return column in self.inputs.get(table, ())

    def parameters(self, configured: Mapping[str, object]) -> dict[str, Setting]:
        """The parameters in force: defaults, replaced by what is configured.

        Raises ConfigurationError for a parameter that is not declared, is no number (or no list of codes), or crosses
        a bound.
        """
        chosen = {name: param.default for name, param in self.params.items()}
        for name, value in configured.items():
            if name not in self.params:
                declared = ", ".join(self.params) or "none"
                raise ConfigurationError(
                    f'[indicators."{self.code}"] parameters: {name!r} is not a parameter of {self.code}. '
                    f"Its parameters: {declared}."
                )
            why = self.params[name].refuse(value)
            if why:
                raise ConfigurationError(f'[indicators."{self.code}"] parameters: {name} = {value!r}: {why}.')
            chosen[name] = self.params[name].settle(value)
        return chosen

    def declaration(self, parameters: Mapping[str, Setting] | None = None) -> dict[str, object]:
        """The declaration as a JSON-able dict, with `parameters` in force (default: the defaults)."""
        in_force = self.parameters({}) if parameters is None else parameters
        return {
            "code": self.code,
            "version": self.version,
            "class": str(self.cls),
            "barrier": str(self.barrier),
            "dataset": str(self.dataset),
            "after": list(self.after),
            "sensitive": self.sensitive,
            "is_finding": self.is_finding,
            "rests_on": list(self.rests_on),
            "leans_on": self.leans_on,
            "asks_norm": self.asks_norm,
            **{name: _as_json(text) for name, text in _in_both_languages(self, "name", "rationale", *_LISTS).items()},
            "decisive": {dataset: list(columns) for dataset, columns in self.decisive.items()},
            "inputs": {table: list(columns) for table, columns in self.inputs.items()},
            "needs": list(self.needs),
            "purposes": list(self.purposes),
            "powers": list(self.powers),
            "params": {
                name: {
                    "value": _as_json(in_force[name]),
                    "default": _as_json(param.default),
                    **{field: _as_json(getattr(param, field)) for field in _SHOWN_OF_PARAM},
                }
                for name, param in self.params.items()
            },
            "evidence_nl": self.evidence_nl,
            "evidence_en": self.evidence_en,
            "feedback_risk": self.feedback_risk,
            "feedback_risk_nl": self.feedback_risk_nl,
        }


def columns(names: str) -> tuple[str, ...]:
    """The names of columns in a text, for the `inputs` of a rule: `columns("record status address_id")`."""
    return tuple(names.split())


def indicator(
    *,
    code: str,
    version: int,
    cls: str,
    barrier: str,
    dataset: str,
    name_nl: str,
    name_en: str,
    rationale_nl: str,
    rationale_en: str,
    ruled_out_nl: tuple[str, ...],
    ruled_out_en: tuple[str, ...],
    innocent_nl: tuple[str, ...],
    innocent_en: tuple[str, ...],
    inputs: Mapping[str, tuple[str, ...]],
    evidence_nl: str,
    evidence_en: str,
    checked_nl: tuple[str, ...] = (),
    checked_en: tuple[str, ...] = (),
    decisive: Mapping[str, tuple[str, ...]] | None = None,
    limits_nl: tuple[str, ...] = (),
    limits_en: tuple[str, ...] = (),
    params: Mapping[str, Param] | None = None,
    after: tuple[str, ...] = (),
    sensitive: bool = False,
    is_finding: bool = False,
    rests_on: tuple[str, ...] = (),
    leans_on: str | None = None,
    asks_norm: bool = False,
    feedback_risk: str | None = None,
    feedback_risk_nl: str | None = None,
    needs: tuple[str, ...] | None = None,
    purposes: tuple[str, ...] = (),
    powers: tuple[str, ...] = (),
) -> Callable[[RuleFunction], Indicator]:
    """Turn a function `(t, p, as_of) -> LazyFrame` into an `Indicator`; raises RuleDefinitionError when it may not be.

    `inputs`: table -> columns the rule sees. `after`: the indicators whose hits it may look at, by code, or by class
    for all of ours in that class. `needs`: the data sets without which it does not run (default: all data sets in
    `inputs`; name fewer where one of several sources is enough). `purposes`: the uses for which its registers must be
    kept, and `powers`: the powers of the municipality that it serves, of `screening.base.powers`; a rule without either
    does not run. `ruled_out_*`: explanations that the rule
    itself excludes; `innocent_*`: those it cannot see, shown to the reviewer. `checked_*`: what was checked of one hit,
    sentences filled in as the evidence is; one of which a value is empty is not said of that hit. `decisive`: data set
    -> its dates that carry a hit, the first that the hit names or else the first that is known; of other data sets the
    date of the record. `limits_*`: what of its definition the rule does not look at, because no register says it; shown
    to the reviewer, and told of every run. `evidence_*`: the sentence of a hit, with {column} for a value of the hit
    row and {parameter} for one in force, in a form of `wording.forms` ({dagen:span}); a part
    between [ and ] is left out where a value in it is empty. `is_finding`: the rule says something of the quality of a
    register, not of an address. Its rows carry no address, are no evidence, flag nothing, and are reported by the run
    for the owner of the register; of another rule those are such rows whose column `is_finding` says so. For the review
    rule: `rests_on` names data sets beside its own of which a record that two hits share makes them one, and `leans_on`
    the value of a hit that lists the indicators without which there would be none. `asks_norm`: a municipality must
    have decided the norm that the parameters hold; no default is in force there.
    """

    def declare(function: RuleFunction) -> Indicator:
        _check_identity(code, version, cls, barrier, dataset)
        used = tuple(table for table in inputs if table in datasets())
        rule = Indicator(
            code=code,
            version=version,
            cls=IndicatorClass(cls),
            barrier=Barrier(barrier),
            dataset=dataset,
            after=tuple(after),
            sensitive=sensitive,
            is_finding=is_finding,
            rests_on=tuple(rests_on),
            leans_on=leans_on,
            asks_norm=asks_norm,
            name_nl=name_nl,
            name_en=name_en,
            rationale_nl=rationale_nl,
            rationale_en=rationale_en,
            ruled_out_nl=ruled_out_nl,
            ruled_out_en=ruled_out_en,
            checked_nl=checked_nl,
            checked_en=checked_en,
            decisive=MappingProxyType({name: tuple(columns) for name, columns in (decisive or {}).items()}),
            innocent_nl=innocent_nl,
            innocent_en=innocent_en,
            limits_nl=limits_nl,
            limits_en=limits_en,
            inputs=MappingProxyType({table: tuple(columns) for table, columns in inputs.items()}),
            params=MappingProxyType(dict(params or {})),
            evidence_nl=evidence_nl,
            evidence_en=evidence_en,
            feedback_risk=feedback_risk,
            feedback_risk_nl=feedback_risk_nl,
            needs=used if needs is None else tuple(needs),
            purposes=checked_purposes(code, purposes),
            powers=checked_powers(code, powers),
            function=function,
        )
        _check_texts(rule)
        _check_inputs(code, inputs, after)
        stray = sorted(set(rule.needs) - set(used))
        if stray:
            raise RuleDefinitionError(f"{code}: needs names {', '.join(stray)}, which is not a data set in its inputs.")
        for name, param in rule.params.items():
            why = param.refuse(param.default)
            if why or not param.unit or not param.reason:
                raise RuleDefinitionError(f"{code}: parameter {name}: {why or 'unit and reason are missing'}.")
        for nl, en in ((evidence_nl, evidence_en), *zip(checked_nl, checked_en, strict=True)):
            check_placeholders(code, nl, en)
        _check_decisive(rule)
        _check_counting(rule)
        return rule

    return declare


def _in_both_languages(rule: Indicator, *stems: str) -> dict[str, Any]:
    """Name of a text -> the text, in the order of the stems."""
    names = [f"{stem}_{language}" for stem in stems for language in ("nl", "en")]
    return {name: getattr(rule, name) for name in names}


def _as_json(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _check_identity(code: str, version: int, cls: str, barrier: str, dataset: str) -> None:
    if not _CODE.fullmatch(code):
        raise RuleDefinitionError(f"{code!r} is not an indicator code: three capitals, a hyphen, two digits (LIC-04).")
    if not isinstance(version, int) or version < 1:
        raise RuleDefinitionError(f"{code}: version must be a whole number from 1 up.")
    for what, value, kinds in (
        ("cls", cls, IndicatorClass),
        ("barrier", barrier, Barrier),
        ("dataset", dataset, datasets()),
    ):
        if value not in set(kinds):
            raise RuleDefinitionError(f"{code}: {what} {value!r} is unknown; one of {', '.join(kinds)}.")


def _check_texts(rule: Indicator) -> None:
    code = rule.code
    texts: dict[str, str] = _in_both_languages(rule, "name", "rationale", "evidence")
    lists: dict[str, tuple[str, ...]] = _in_both_languages(rule, *_LISTS)
    for name, text in texts.items():
        if not text or not text.strip():
            raise RuleDefinitionError(f"{code}: {name} is empty.")
    for name, items in lists.items():
        if not isinstance(items, tuple) or not all(isinstance(text, str) and text.strip() for text in items):
            raise RuleDefinitionError(f"{code}: {name} must be a tuple of sentences.")
    if not lists["innocent_nl"]:
        raise RuleDefinitionError(f"{code}: innocent_nl is empty; every deviation can have an innocent explanation.")
    for stem in _LISTS:
        if len(lists[f"{stem}_nl"]) != len(lists[f"{stem}_en"]):
            raise RuleDefinitionError(f"{code}: {stem}_nl and {stem}_en differ in length.")
    for name, text in [*texts.items(), *((name, text) for name, items in lists.items() for text in items)]:
        term = suspicion_word(text)
        if term:
            raise RuleDefinitionError(f"{code}: {name} says {term!r}. A text describes a deviation; it accuses no one.")


def _check_inputs(code: str, inputs: Mapping[str, tuple[str, ...]], after: tuple[str, ...]) -> None:
    if not inputs:
        raise RuleDefinitionError(f"{code}: inputs is empty.")
    for table, columns in inputs.items():
        if table not in tables_for_rules():
            raise RuleDefinitionError(f"{code}: table {table!r} is unknown; one of {', '.join(tables_for_rules())}.")
        if isinstance(columns, str) or not columns or len(set(columns)) != len(columns):
            raise RuleDefinitionError(f"{code}: inputs of {table} must be a tuple of different column names.")
        unknown = [column for column in columns if column not in tables_for_rules()[table]]
        if unknown:
            raise RuleDefinitionError(f"{code}: {table} has no column {', '.join(unknown)} that a rule may see.")
        following = [column for column in columns if follows_from_others(table, column)]
        if following and not set(LINES_FOLLOW_FROM) <= set(columns):  # who decides sees what is read of the register
            sources = " and ".join(LINES_FOLLOW_FROM)
            raise RuleDefinitionError(
                f"{code}: {', '.join(following)} of {table} follows from {sources}: name those too."
            )
    if HITS_TABLE in inputs and not after:
        raise RuleDefinitionError(f"{code}: reads {HITS_TABLE} but is not declared after any indicator.")
    if code in after or not all(other in set(IndicatorClass) or _CODE.fullmatch(other) for other in after):
        raise RuleDefinitionError(f"{code}: after must name the codes of other indicators, or a class (A, B, C).")


def _check_counting(rule: Indicator) -> None:
    strange = sorted(set(rule.rests_on) - set(rule.inputs) | set(rule.rests_on) - set(datasets()))
    if strange:
        raise RuleDefinitionError(f"{rule.code}: rests_on names {', '.join(strange)}, which is no data set it reads.")
    if rule.leans_on and HITS_TABLE not in rule.inputs:
        raise RuleDefinitionError(f"{rule.code}: leans_on {rule.leans_on}, but it does not read {HITS_TABLE}.")
    if rule.asks_norm and not rule.params:
        raise RuleDefinitionError(f"{rule.code}: asks_norm, but it has no parameter to hold one.")


def _check_decisive(rule: Indicator) -> None:
    for name, dates in rule.decisive.items():
        if name not in datasets():
            raise RuleDefinitionError(f"{rule.code}: decisive names {name}, which is not a data set.")
        dates_of_contract = {
            column.name for column in datasets()[name].columns.values() if column.logical_type == "date"
        }
        unknown = [column for column in dates if column not in dates_of_contract]
        if unknown or not dates:
            raise RuleDefinitionError(f"{rule.code}: decisive: {name} has no date {', '.join(unknown)}.")
