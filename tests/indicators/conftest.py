"""Case tables: an indicator's cases as data. One YAML file an indicator, at the path that mirrors the indicator's.

    indicator: LIC-04                    # the code
    as_of: 2026-11-01
    defaults:                            # optional: column values of a table that a row need not repeat
      vergunningen: {status: verleend}
    base:                                # optional: tables that every case begins with
      bag_adressen: [{adresseerbaar_object_id: a, pand_id: [p]}]
    cases:
      - name: Verlopen en 61 dagen later nog actief      # the reason
        parameters: {grace_days: 60}     # optional
        tables:                          # rows; only columns that the indicator declares, the others are empty
          vergunningen: [{zaaknummer: Z-1, einddatum: 2026-05}]
        change: {bag_adressen: {r1: {pand_id: [q]}}}        # optional: what is different from the base
        side: {grace_days: above}        # optional: this case lies on the edge of the parameter, on that side
        step: {min_share: 0.1}           # optional: how far the edge is, where 1 is too coarse
        rules_out: 0                     # optional: index (or list) in ruled_out_nl of what makes this no hit
        otherwise: {vergunningen: {Z-1: {status: verlopen}}}    # with rules_out: the change that makes it a hit
        expect: [{address_id: "…01", record_ids: ["vergunningen:Z-1"], values: {…}}]     # empty list: no hit

A row of mogelijk_een_partij may tell why, with `left` and `right` (name, born; number or registered of a company) and
`is_probable`: test_names_of_pairs sees that the matching says so too.

A row's key is its key column (zaaknummer …), or `key`, else `r` + its place in the list. A date may be partial
("2026-05", 2026): then the column is empty and its bounds are filled. A row of partijen or handelsnamen names its
`record`; its dataset, key and mention follow. `change` and `otherwise` go by key (partijen: mention; handelsnamen:
`record#place`) and change a row, remove it (null), or add it (a new key). `expect` lists every hit (of a rule that is a
finding on data: every finding, with `address_id: null`); `record_ids`, `values` (those named), `window_start`,
`window_end`, `dataset`, `says_nl` (a part of the sentence) and `begins_nl` (its beginning) are compared where given.
"""

from __future__ import annotations

import calendar
import copy
import dataclasses
import random
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl
import pytest
import yaml

from screening.datasets import datasets
from screening.rules import Activation, Evaluation, Indicator, Tables, evaluate, load_indicators
from screening.rules.schema import DATE_COLUMNS, TABLES

HERE = Path(__file__).parent
_BY_RECORD = ("partijen", "handelsnamen")
#: What a row of mogelijk_een_partij tells of the two, beside its columns.
TOLD_OF_PAIRS = ("left", "right", "is_probable")


@dataclasses.dataclass(frozen=True)
class Case:
    """One case of one table, ready to be run."""

    indicator: Indicator
    as_of: date
    defaults: dict
    base: dict
    spec: dict

    @property
    def id(self) -> str:
        return f"{self.indicator.code}: {self.spec['name']}"

    @cached_property
    def as_written(self) -> list[dict]:
        """The evidence rows of the case as it stands."""
        return self.hits()

    def hits(
        self, *, parameters: dict | None = None, otherwise: dict | None = None, shuffle: int | None = None
    ) -> list[dict]:
        """The evidence rows of this case as dicts; bounds of parameters do not bind a test."""
        rows = self.tables(otherwise=otherwise, shuffle=shuffle)
        result = self.evaluated(rows, parameters=parameters)
        return (result.findings if self.indicator.is_finding else result.evidence).to_dicts()

    def tables(self, *, otherwise: dict | None = None, shuffle: int | None = None) -> dict[str, pl.DataFrame]:
        """The tables that the rule is handed."""
        given = self.spec.get("tables") or {}
        together = {name: [*self.base.get(name, []), *given.get(name, [])] for name in {**self.base, **given}}
        rows = keyed_rows(together, self.defaults)
        patch(rows, self.spec.get("change") or {}, self.defaults)
        patch(rows, otherwise or {}, self.defaults)
        tables = {name: frame(name, list(of.values()), self.indicator, shuffle) for name, of in rows.items()}
        for name in self.indicator.inputs:
            tables.setdefault(name, frame(name, [], self.indicator, None))
        return tables

    def evaluated(self, tables: dict[str, pl.DataFrame], *, parameters: dict | None = None) -> Evaluation:
        """What the rule makes of these tables, with the parameters of the case."""
        loose = {n: dataclasses.replace(p, floor=None, ceiling=None) for n, p in self.indicator.params.items()}
        rule = dataclasses.replace(self.indicator, params=loose)
        chosen = {**(self.spec.get("parameters") or {}), **(parameters or {})}
        active = {rule.code: Activation("APV", "DPIA", self.as_of, chosen, has_word_list=rule.reads_terms)}
        result = evaluate([rule], Tables(tables), as_of=self.as_of, activations=active)
        assert result.run == (rule.code,), result.not_run
        return result

    def in_force(self) -> dict:
        return self.indicator.parameters({}) | (self.spec.get("parameters") or {})


def keyed_rows(tables: dict, defaults: dict) -> dict[str, dict[str, dict]]:
    """Table -> key -> row with defaults filled in, `key` and `record` set."""
    return {
        name: {(row := complete(name, given, defaults, place))["key"]: row for place, given in enumerate(rows, 1)}
        for name, rows in tables.items()
    }


def _key_of(name: str) -> str | None:
    """The column that names a record of a data set; None of any other table."""
    return datasets()[name].key if name in datasets() else None


def complete(name: str, given: dict, defaults: dict, place: int) -> dict:
    row = {**defaults.get(name, {}), **given}
    if name in _BY_RECORD:
        row["dataset"], row["_key"] = row["record"].split(":", 1)
        if name == "partijen":
            row["mention"] = f"{row['record']}:{row['role']}:{row['kind']}"
        return {**row, "key": row.get("mention") or f"{row['record']}#{place}"}
    return {**row, "key": str(row.get("key") or row.get(_key_of(name), f"r{place}"))}


def patch(rows: dict[str, dict[str, dict]], changes: dict, defaults: dict) -> None:
    """Apply `otherwise` in place."""
    for name, by_key in changes.items():
        table = rows.setdefault(name, {})
        for key, change in by_key.items():
            if change is None:
                del table[str(key)]
            elif str(key) in table:
                table[str(key)] = {**table[str(key)], **change}
            else:
                added = complete(name, {"key": key, **change} if name not in _BY_RECORD else change, defaults, 0)
                if _key_of(name) and _key_of(name) not in added:
                    added[_key_of(name)] = str(key)
                table[str(key)] = added


def frame(name: str, rows: list[dict], rule: Indicator, shuffle: int | None) -> pl.DataFrame:
    """Typed frame of one table; refuses a column that the indicator does not declare."""
    declared = set(rule.inputs.get(name, ()))
    assert declared, f"{rule.code} does not declare the table {name}"
    helpers = {"key", "_key", "record", _key_of(name) or "key"}
    if name in _BY_RECORD:
        helpers |= {"dataset", "role", "kind", "mention"}
    if name == "mogelijk_een_partij":
        helpers |= set(TOLD_OF_PAIRS)
    dates = DATE_COLUMNS.get(name, ())
    bounds = {column for column in dates for bound in ("", "_min", "_max") if f"{column}{bound}" in declared}
    done = []
    for row in rows:
        stray = set(row) - declared - helpers - bounds
        assert not stray, f"{rule.code} does not declare {name}.{', '.join(sorted(stray))}"
        done.append(typed(name, row))
    if shuffle is not None:
        random.Random(shuffle).shuffle(done)
    schema = TABLES[name]
    return pl.DataFrame([{c: row.get(c) for c in schema} for row in done], schema=schema)


def typed(name: str, row: dict) -> dict:
    row = copy.deepcopy(row)
    if name in datasets():
        row["record"] = f"{name}:{row['key']}"
    if "_key" in row:
        row["key"] = row.pop("_key")
    for column in DATE_COLUMNS.get(name, ()):
        if column in row:
            row[column], row[f"{column}_min"], row[f"{column}_max"] = days(row[column])
    if isinstance(row.get("birth_date"), str):
        row["birth_date"] = days(row["birth_date"])[0]
    return row


def days(value: object) -> tuple[date | None, date | None, date | None]:
    """(the day or None, first day it can be, last day it can be)."""
    if value is None:
        return None, None, None
    if isinstance(value, date):
        return value, value, value
    parts = [int(part) for part in str(value).split("-")]
    if len(parts) == 3:
        day = date(*parts)
        return day, day, day
    first = parts[1] if len(parts) == 2 else 1
    last = parts[1] if len(parts) == 2 else 12
    end = date(parts[0], last, calendar.monthrange(parts[0], last)[1])
    return None, date(parts[0], first, 1), end


def read_table(path: Path, by_code: dict[str, Indicator]) -> list[Case]:
    spec = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return [
        Case(
            by_code[spec["indicator"]], days(spec["as_of"])[0], spec.get("defaults") or {}, spec.get("base") or {}, case
        )
        for case in spec["cases"]
    ]


INDICATORS = {one.code: one for one in load_indicators("indicators")}
TABLE_FILES = sorted(HERE.rglob("*.yaml"))
CASES = {path: read_table(path, INDICATORS) for path in TABLE_FILES}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    cases = [case for path in TABLE_FILES for case in CASES[path]]
    of_fixture = {
        "case": cases,
        "case_on_an_edge": [case for case in cases if case.spec.get("side")],
        "case_that_rules_out": [case for case in cases if case.spec.get("rules_out") is not None],
    }
    for fixture, chosen in of_fixture.items():
        if fixture in metafunc.fixturenames:
            metafunc.parametrize(fixture, chosen, ids=[case.id for case in chosen])
    if "eighth_case" in metafunc.fixturenames:  # enough of each rule to see that it sorts; all of them in the long run
        marks = [() if place % 8 == 0 else pytest.mark.long for place in range(len(cases))]
        metafunc.parametrize(
            "eighth_case", [pytest.param(case, id=case.id, marks=mark) for case, mark in zip(cases, marks, strict=True)]
        )
    if "indicator_code" in metafunc.fixturenames:
        metafunc.parametrize("indicator_code", sorted(INDICATORS))


@pytest.fixture
def indicators() -> dict[str, Indicator]:
    return INDICATORS


@pytest.fixture
def cases_of() -> dict[str, list[tuple[Path, list[Case]]]]:
    """Code -> its tables."""
    found: dict[str, list] = {code: [] for code in INDICATORS}
    for path, cases in CASES.items():
        found[cases[0].indicator.code].append((path, cases))
    return found
