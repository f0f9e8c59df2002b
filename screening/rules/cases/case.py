"""One case of a case table, ready to be run by the rule that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Protocol

import polars as pl
import yaml

from screening.base.errors import RuleDefinitionError
from screening.base.frames import Row
from screening.rules.cases.rows import Keyed, days_of, frame_of, keyed_rows, patch
from screening.rules.declare import Indicator
from screening.rules.evaluate import Activation, Evaluation, evaluate
from screening.rules.local_lists import LISTS
from screening.rules.tables import Tables

#: `contents`: declared number -> the content that it stands for (`screening.rules.versions`), kept for our own rules.
_PARTS_OF_TABLE = {"indicator", "contents", "as_of", "defaults", "base", "cases"}
_PARTS_OF_CASE = {"name", "parameters", "tables", "change", "side", "step", "rules_out", "otherwise", "expect"}


class CaseFile(Protocol):
    """A file with a case table: a path, or a file of an extension."""

    @property
    def name(self) -> str:
        """The name without its folders."""

    def read_text(self, encoding: str | None = None) -> str:
        """The text. Raises UnicodeDecodeError."""


@dataclass(frozen=True)
class RuleCase:
    """One case: the rule, the day, and what the table says of it (`screening.rules.cases`)."""

    indicator: Indicator
    as_of: date
    defaults: Row
    base: Row
    spec: Row

    @property
    def id(self) -> str:
        """Code and name, as a test is called."""
        return f"{self.indicator.code}: {self.spec['name']}"

    @cached_property
    def as_written(self) -> list[Row]:
        """The evidence rows of the case as it stands."""
        return self.hits()

    def hits(
        self, *, parameters: Row | None = None, otherwise: Row | None = None, shuffle: int | None = None
    ) -> list[Row]:
        """The evidence rows of this case as dicts; bounds of parameters do not bind a case."""
        result = self.evaluated(self.tables(otherwise=otherwise, shuffle=shuffle), parameters=parameters)
        return (result.findings if self.indicator.is_finding else result.evidence).to_dicts()

    def rows(self, *, otherwise: Row | None = None) -> Keyed:
        """Every table of the case with its rows by key."""
        given = self.spec.get("tables") or {}
        together = {name: [*self.base.get(name, []), *given.get(name, [])] for name in {**self.base, **given}}
        rows = keyed_rows(together, self.defaults)
        patch(rows, self.spec.get("change") or {}, self.defaults)
        patch(rows, otherwise or {}, self.defaults)
        return rows

    def tables(self, *, otherwise: Row | None = None, shuffle: int | None = None) -> dict[str, pl.DataFrame]:
        """The tables that the rule is handed."""
        rows = self.rows(otherwise=otherwise)
        tables = {name: frame_of(name, list(by_key.values()), self.indicator, shuffle) for name, by_key in rows.items()}
        for name in self.indicator.inputs.keys() - set(LISTS):  # without rows of its own a case has those that ship
            tables.setdefault(name, frame_of(name, [], self.indicator))
        return tables

    def evaluated(self, tables: Mapping[str, pl.DataFrame], *, parameters: Row | None = None) -> Evaluation:
        """What the rule makes of these tables, with the parameters of the case."""
        loose = {name: replace(param, floor=None, ceiling=None) for name, param in self.indicator.params.items()}
        rule = replace(self.indicator, params=loose)
        chosen = {**(self.spec.get("parameters") or {}), **(parameters or {})}
        active = {rule.code: Activation("APV", "DPIA", self.as_of, chosen, has_word_list=rule.reads_terms)}
        result = evaluate([rule], Tables(tables), as_of=self.as_of, activations=active)
        if result.run != (rule.code,):
            raise RuleDefinitionError(f"{self.id}: the rule did not run: {result.not_run[rule.code].reason_en}")
        return result

    def in_force(self) -> Row:
        """The parameters of the case: its own, else the defaults."""
        return self.indicator.parameters({}) | (self.spec.get("parameters") or {})


def read_case_table(path: CaseFile, by_code: Mapping[str, Indicator]) -> list[RuleCase]:
    """The cases of a table, in its order.

    Raises RuleDefinitionError, naming the file, where it is no case table of one of these rules.
    """
    try:
        spec = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        place = "" if line is None else f", line {line + 1}"
        raise RuleDefinitionError(f"{path.name}{place}: this is not YAML in UTF-8.") from None
    _check_shape(path, spec)
    if spec["indicator"] not in by_code:
        raise RuleDefinitionError(f"{path.name}: there is no indicator {spec['indicator']}.")
    rule, as_of = by_code[spec["indicator"]], days_of(spec["as_of"])[0]
    if as_of is None:
        raise RuleDefinitionError(f"{path.name}: as_of must be a whole date, such as 2026-11-01.")
    defaults, base = spec.get("defaults") or {}, spec.get("base") or {}
    return [RuleCase(rule, as_of, defaults, base, case) for case in spec["cases"]]


def _check_shape(path: CaseFile, spec: object) -> None:
    if not isinstance(spec, dict) or not {"indicator", "as_of", "cases"} <= set(spec):
        raise RuleDefinitionError(f"{path.name}: a case table needs indicator, as_of and cases.")
    if odd := sorted(set(spec) - _PARTS_OF_TABLE):
        raise RuleDefinitionError(f"{path.name}: {odd[0]!r} is no part of a case table.")
    cases = spec["cases"]
    if not isinstance(cases, list) or not cases:
        raise RuleDefinitionError(f"{path.name}: cases must be a list of at least one case.")
    for place, case in enumerate(cases, 1):
        if not isinstance(case, dict) or not {"name", "expect"} <= set(case) or not isinstance(case["expect"], list):
            raise RuleDefinitionError(f"{path.name}: case {place} needs a name, and expect: a list of hits, or [].")
        if odd := sorted(set(case) - _PARTS_OF_CASE):
            raise RuleDefinitionError(f"{path.name}: case {place}: {odd[0]!r} is no part of a case.")
