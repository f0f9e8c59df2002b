"""The rows of a case table: written with what matters and no more, completed and typed as a rule is handed them."""

from __future__ import annotations

import calendar
import copy
import random
from collections.abc import Mapping
from datetime import date

import polars as pl

from screening.base.datasets import datasets
from screening.base.errors import RuleDefinitionError
from screening.base.frames import Row
from screening.rules.declare import Indicator
from screening.rules.lines_of_business import LINES_FOLLOW_FROM, follows_from_others
from screening.rules.local_lists import BRANCHES, PERMIT_COLUMNS
from screening.rules.schema import date_columns, tables_for_rules

#: Table -> its rows as written.
Written = Mapping[str, list[Row]]
#: Table -> key -> the row with its defaults, `key` and `record`.
Keyed = dict[str, dict[str, Row]]

#: Tables of which a row tells something of a record of another table.
BY_RECORD = ("partijen", "handelsnamen")
#: What a row of mogelijk_een_partij tells of the two, beside its columns.
ABOUT_PAIRS = ("left", "right", "is_probable")
#: Columns from which others follow: of a licence its kind, of a line of business its codes.
_BASIS_OF = {"vergunningen": {"zaaktype"}, "seksinrichtingen": {"type"}, "branches": set(BRANCHES)}


def keyed_rows(tables: Written, defaults: Mapping[str, Row]) -> Keyed:
    """Every table with its rows by key, defaults filled in."""
    return {
        name: {(row := complete(name, given, defaults, place))["key"]: row for place, given in enumerate(rows, 1)}
        for name, rows in tables.items()
    }


def complete(name: str, given: Row, defaults: Mapping[str, Row], place: int) -> Row:
    """One row with its defaults and its key."""
    row = {**defaults.get(name, {}), **given}
    if name in BY_RECORD:
        row["dataset"], row["_key"] = row["record"].split(":", 1)
        if name == "partijen":
            row["mention"] = f"{row['record']}:{row['role']}:{row['kind']}"
        return {**row, "key": row.get("mention") or f"{row['record']}#{place}"}
    return {**row, "key": str(row.get("key") or row.get(_key_of(name) or "", f"r{place}"))}


def patch(rows: Keyed, changes: Mapping[str, Mapping[str, Row | None]], defaults: Mapping[str, Row]) -> None:
    """Apply `change` or `otherwise` of a case in place: change a row, remove it (None) or add it."""
    for name, by_key in changes.items():
        table = rows.setdefault(name, {})
        for key, change in by_key.items():
            if change is None:
                del table[str(key)]
            elif str(key) in table:
                table[str(key)] = {**table[str(key)], **change}
            else:
                added = complete(name, {"key": key, **change} if name not in BY_RECORD else change, defaults, 0)
                column = _key_of(name)
                if column and column not in added:
                    added[column] = str(key)
                table[str(key)] = added


def frame_of(name: str, rows: list[Row], rule: Indicator, shuffle: int | None = None) -> pl.DataFrame:
    """Typed frame of one table, its rows in another order with a seed.

    Raises RuleDefinitionError for a table or a column that the indicator does not declare.
    """
    declared = set(rule.inputs.get(name, ()))
    if not declared:
        raise RuleDefinitionError(f"{rule.code} does not declare the table {name}.")
    helpers = {"key", "_key", "record", _key_of(name) or "key"}
    if name in {"seksinrichtingen", "branches"} or declared & set(PERMIT_COLUMNS):
        helpers |= _BASIS_OF.get(name, set())
    if name in BY_RECORD:
        helpers |= {"dataset", "role", "kind", "mention"}
    if name == "mogelijk_een_partij":
        helpers |= set(ABOUT_PAIRS)
    dates = date_columns().get(name, ())
    bounds = {column for column in dates for bound in ("", "_min", "_max") if f"{column}{bound}" in declared}
    typed_rows = []
    for row in rows:
        stray = set(row) - declared - helpers - bounds
        if stray:
            raise RuleDefinitionError(f"{rule.code} does not declare {name}.{', '.join(sorted(stray))}.")
        if following := sorted(column for column in row if follows_from_others(name, column)):
            sources = " and ".join(LINES_FOLLOW_FROM)
            raise RuleDefinitionError(
                f"{rule.code}: {', '.join(following)} of {name} follows from {sources}: write those."
            )
        typed_rows.append(_typed(name, row))
    if shuffle is not None:
        random.Random(shuffle).shuffle(typed_rows)  # noqa: S311 - an order for a test, no secret
    schema = {
        column: dtype for column, dtype in tables_for_rules()[name].items() if not follows_from_others(name, column)
    }
    return pl.DataFrame([{column: row.get(column) for column in schema} for row in typed_rows], schema=schema)


def days_of(value: object) -> tuple[date | None, date | None, date | None]:
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


def _key_of(name: str) -> str | None:
    """The column that names a record of a data set; None of any other table."""
    return datasets()[name].key if name in datasets() else None


def _typed(name: str, row: Row) -> Row:
    row = copy.deepcopy(row)
    if name in datasets():
        row["record"] = f"{name}:{row['key']}"
    if "_key" in row:
        row["key"] = row.pop("_key")
    for column in date_columns().get(name, ()):
        if column in row:
            row[column], row[f"{column}_min"], row[f"{column}_max"] = days_of(row[column])
    if isinstance(row.get("birth_date"), str):
        row["birth_date"] = days_of(row["birth_date"])[0]
    return row
