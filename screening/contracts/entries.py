"""Quality entries of a contract, each compiled to one rule; an entry that is not understood is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict

import polars as pl

from screening.base.contract_file import Document, refuse
from screening.base.datasets import Column
from screening.base.errors import ContractDefinitionError
from screening.base.frames import FieldSpec
from screening.contracts import reading
from screening.contracts.model import WHOLE_ROW, QualityRule
from screening.contracts.odcs import known_keys

_COMMON = {"name", "description", "dimension", "severity", "type"}
#: What an entry may say beside its rule: kept for others, and ignored.
_METADATA = {"id", "authoritativeDefinitions", "businessImpact", "customProperties", "method", "tags"}
_CODES = _COMMON | {"metric", "mustBe", "arguments"}
_REPEATS = _COMMON | {"metric", "mustBe"}
_ROWS = _COMMON | {"metric", "mustBeGreaterThan"}
_CUSTOM = _COMMON | {"engine", "implementation"}
_SEVERITIES = ("error", "warning")
#: Columns of the whole table: whether no earlier row is equal; how many different contents the key of the row has.
_FIRST, _CONTENTS = "row:first", "key:contents"
_ELFPROEF_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


@dataclass(frozen=True)
class QualityEntry:
    """One quality entry of a column, or of the table (`column` None). `key`: the primary key."""

    file: str
    dataset: str
    given: Document
    fields: dict[str, FieldSpec]
    column: str | None
    key: str | None

    @property
    def place(self) -> str:
        """The entry as a message names it."""
        name = self.given.get("name") if isinstance(self.given, dict) else None
        return f"column {self.column}, quality {name}" if self.column else f"quality {name}"

    def check_keys(self, allowed: set[str], required: set[str]) -> None:
        """Refuse keys of the entry that are not allowed, and the want of required ones."""
        known_keys(self.file, self.place, self.given, allowed | _METADATA, required)

    def arguments(self, names: set[str]) -> Document:
        """The kwargs of the implementation: exactly these names."""
        given = self.given["implementation"].get("kwargs") or {}
        return known_keys(self.file, f"{self.place}, kwargs", given, names, names)

    def field(self, name: object) -> FieldSpec:
        """The column that an argument names."""
        if not isinstance(name, str) or name not in self.fields:
            raise self.refusal("names a column that the contract does not have")
        return self.fields[name]

    def refusal(self, why: str, part: str = "kwargs") -> ContractDefinitionError:
        """The error for a part of this entry."""
        return refuse(self.file, f"{self.place}, {part}", why)


def code_list(file: str, entry: str, quality: list[Document] | None) -> tuple[tuple[str, ...], list[Document]]:
    """The codes of the one `invalidValues` entry of a column (or of its items), and the entries that are left."""
    codes: tuple[str, ...] = ()
    rest = []
    for rule in quality or []:
        if not isinstance(rule, dict) or rule.get("metric") != "invalidValues":
            rest.append(rule)
            continue
        place = f"{entry}, quality {rule.get('name')}"
        known_keys(file, place, rule, _CODES | _METADATA, _CODES - {"mustBe"})
        known_keys(file, f"{place}, arguments", rule["arguments"], {"validValues"}, {"validValues"})
        values = rule["arguments"]["validValues"]
        if codes:
            raise refuse(file, place, "a column has one code list")
        if rule.get("mustBe") != 0 or rule["type"] != "library" or rule["severity"] != "error":
            raise refuse(file, place, "a code list is a library rule of severity error with mustBe: 0")
        if not isinstance(values, list) or not all(isinstance(value, str) and value for value in values):
            raise refuse(file, place, "validValues is a list of quoted texts")
        if len(set(values)) != len(values):
            raise refuse(file, place, "a code is given twice")
        codes = tuple(values)
    return codes, rest


class _Parts(TypedDict):
    """What an expectation is made of."""

    gx_type: str
    gx_arguments: dict[str, object]
    inputs: dict[str, pl.Expr]


def entry_rule(entry: QualityEntry) -> QualityRule:
    """The rule of one quality entry.

    Raises:
        ContractDefinitionError: The entry has not exactly one of the known forms.
    """
    description_nl, description_en = descriptions(entry)
    given = entry.given
    parts = _compiler(entry)(entry)
    return QualityRule(
        rule_id=f"{entry.dataset}.{given['name']}",
        description_nl=description_nl,
        description_en=description_en,
        severity=given["severity"],
        **parts,
    )


def descriptions(entry: QualityEntry) -> tuple[str, str]:
    """The Dutch and the English description of an entry whose keys and severity are in order."""
    entry.check_keys(_CODES | _ROWS | _CUSTOM, _COMMON)
    if entry.given["severity"] not in _SEVERITIES:
        raise entry.refusal("error (the row is quarantined) or warning (it is counted) is expected", "severity")
    nl, slash, en = entry.given["description"].partition(" / ")
    if not slash or not nl.strip() or not en.strip():
        raise entry.refusal("Dutch and English are expected, divided by ' / '", "description")
    return nl.strip(), en.strip()


def _compiler(entry: QualityEntry) -> Callable[[QualityEntry], dict[str, Any]]:
    given, on_table = entry.given, entry.column is None
    if given["type"] == "library":
        compiler = _LIBRARY.get((str(given.get("metric")), on_table))
        if compiler is None:
            metrics = ", ".join(metric for metric, table in _LIBRARY if table == on_table)
            raise entry.refusal(f"not understood here; known are {metrics or 'invalidValues'}", "metric")
        return compiler
    if given["type"] == "custom":
        entry.check_keys(_CUSTOM, _CUSTOM)
        place = f"{entry.place}, implementation"
        implementation = known_keys(entry.file, place, given["implementation"], {"type", "kwargs"}, {"type"})
        compiler = _CUSTOM_RULES.get((given["engine"], str(implementation["type"]), on_table))
        if compiler is None:
            kinds = sorted(f"{engine} {kind}" for engine, kind, table in _CUSTOM_RULES if table == on_table)
            raise entry.refusal(f"not understood here; known are {', '.join(kinds)}", "implementation")
        return compiler
    raise entry.refusal("not understood: a rule is of type library or custom, since it must run", "type")


def _zero_or_one(test: str, value: pl.Expr, accepted: float) -> _Parts:
    return {
        "gx_type": "ExpectColumnValuesToBeInSet",
        "gx_arguments": {"column": test, "value_set": [accepted]},
        "inputs": {test: value},
    }


# ---------------------------------------------------------------- rules about the table


def _delivered_once(entry: QualityEntry) -> dict[str, object]:
    entry.check_keys(_REPEATS, _REPEATS - {"mustBe"})
    if entry.given.get("mustBe") != 0:
        raise entry.refusal("0 is the only number of repeats that a rule per row can keep", "mustBe")
    return {
        "column": entry.key or WHOLE_ROW,
        "expectation": "delivered_once",
        "reason_nl": "rij is al eerder geleverd",
        **_zero_or_one(_FIRST, pl.col(_FIRST), 1.0),
    }


def set_level_columns(frame: pl.DataFrame, fields: dict[str, FieldSpec], key: str | None) -> list[pl.Series]:
    """The columns under test that follow from the whole table: repeated rows, and keys of several contents.

    An engine that judges a batch at a time cannot see these. Only rows that share a key, or a hash, are compared.
    """
    row = pl.struct(sorted(name for name, spec in fields.items() if spec.form != "free_text"))
    place = pl.int_range(pl.len(), dtype=pl.Int64).alias("row:place")
    alike = frame.with_columns(place).filter((row.hash() if key is None else pl.col(key)).is_duplicated())
    first = alike.filter(row.is_first_distinct())
    repeated = alike.join(first, on="row:place", how="anti")
    columns = [_ones(_FIRST, frame.height).scatter(repeated["row:place"], 0.0)]
    if key is not None:
        contested = first.filter(pl.col(key).is_duplicated() & pl.col(key).is_not_null())
        columns.append(_ones(_CONTENTS, frame.height).scatter(contested["row:place"], 2.0))
    return columns


def _ones(name: str, rows: int) -> pl.Series:
    return pl.Series(name, [1.0]).new_from_index(0, rows)


def _has_rows(entry: QualityEntry) -> dict[str, object]:
    entry.check_keys(_ROWS, _ROWS - {"mustBeGreaterThan"})
    if entry.given.get("mustBeGreaterThan") != 0:
        raise entry.refusal("only 0 is understood: the table may not be empty", "mustBeGreaterThan")
    return {
        "column": WHOLE_ROW,
        "expectation": "has_rows",
        "gx_type": "ExpectTableRowCountToBeBetween",
        "gx_arguments": {"min_value": 1},
        "inputs": {},
        "reason_nl": "de tabel is leeg",
    }


def _not_before(entry: QualityEntry) -> dict[str, object]:
    given = entry.arguments({"column_A", "column_B", "or_equal"})
    late, early = (entry.field(given[side]) for side in ("column_A", "column_B"))
    types = {late.logical_type, early.logical_type}
    if types not in ({"date"}, {"timestamp"}) or given["or_equal"] is not True:
        raise entry.refusal("two dates or two timestamps with or_equal: true are understood")
    if types == {"date"}:
        last = reading.last_day(late.name).cast(pl.Datetime("us")).dt.epoch("s")
        first = reading.first_day(early.name).cast(pl.Datetime("us")).dt.epoch("s")
    else:
        last, first = reading.last_second(late.name), reading.first_second(early.name)
    tests = {f"{late.name}:last": last.cast(pl.Float64), f"{early.name}:first": first.cast(pl.Float64)}
    return {
        "column": late.name,
        "expectation": "not_before",
        "gx_type": "ExpectColumnPairValuesAToBeGreaterThanB",
        "gx_arguments": {
            "column_A": f"{late.name}:last",
            "column_B": f"{early.name}:first",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
        "inputs": tests,
        "reason_nl": f"ligt voor {early.name}",
    }


def _known_pair(entry: QualityEntry) -> dict[str, object]:
    given = entry.arguments({"column_A", "column_B", "value_pairs_set"})
    left, right = (entry.field(given[side]) for side in ("column_A", "column_B"))
    pairs = given["value_pairs_set"]
    good = isinstance(pairs, list) and pairs and all(isinstance(pair, list) and len(pair) == 2 for pair in pairs)
    if not good or not left.codes or not right.codes:
        raise entry.refusal("value_pairs_set is a list of pairs of codes of two code columns")
    if any(a not in left.codes or b not in right.codes for a, b in pairs):
        raise entry.refusal("a pair holds a code that is in no code list")
    # an unknown code already fails its own list: a pair is judged only where both halves are known
    both_known = pl.col(left.name).is_in(list(left.codes)) & pl.col(right.name).is_in(list(right.codes))
    return {
        "column": right.name,
        "expectation": "pair_in_code_list",
        "gx_type": "ExpectColumnPairValuesToBeInSet",
        "gx_arguments": {
            "column_A": left.name,
            "column_B": right.name,
            "value_pairs_set": [tuple(pair) for pair in pairs],
            "ignore_row_if": "either_value_is_missing",
        },
        "inputs": {name: pl.when(both_known).then(pl.col(name)) for name in (left.name, right.name)},
        "reason_nl": f"hoort niet bij {left.name}",
    }


def _exactly_one_of(entry: QualityEntry) -> dict[str, object]:
    given = entry.arguments({"columns"})
    if not isinstance(given["columns"], list) or len(given["columns"]) < 2:
        raise entry.refusal("columns is a list of at least two columns")
    names = [entry.field(name).name for name in given["columns"]]
    tests = {f"{name}:one_of": pl.col(name).is_not_null().cast(pl.Float64) for name in names}
    return {
        "column": names[0],
        "expectation": "exactly_one_of",
        "gx_type": "ExpectMulticolumnSumToEqual",
        "gx_arguments": {"column_list": list(tests), "sum_total": 1, "ignore_row_if": "never"},
        "inputs": tests,
        "reason_nl": f"niet precies één van {' en '.join(names)} is ingevuld",
    }


# ---------------------------------------------------------------- rules about one column


def _elfproef(entry: QualityEntry) -> dict[str, object]:
    """Sum of 9·d1 + 8·d2 + … + 2·d8 − d9, divisible by 11 (Belastingdienst; the same test as a BSN)."""
    entry.arguments(set())
    column = pl.col(str(entry.column))
    text = pl.when(column.str.contains("^[0-9]{9}$")).then(column)
    total = pl.sum_horizontal(
        text.str.slice(place, 1).cast(pl.Int64, strict=False) * weight for place, weight in enumerate(_ELFPROEF_WEIGHTS)
    )
    value = pl.when(text.is_not_null()).then((total % 11).cast(pl.Float64))
    return {
        "column": entry.column,
        "expectation": "elfproef",
        "reason_nl": "doorstaat de elfproef niet",
        **_zero_or_one(f"{entry.column}:elfproef", value, 0.0),
    }


def _absent_when(entry: QualityEntry) -> dict[str, object]:
    given = entry.arguments({"column", "values"})
    other = entry.field(given["column"])
    values = given["values"]
    if not isinstance(values, list) or not values or not all(code in other.codes for code in values):
        raise entry.refusal("values is a list of codes of that column")
    is_wrong = pl.col(other.name).is_in(values).fill_null(False).cast(pl.Float64)
    value = pl.when(pl.col(str(entry.column)).is_not_null()).then(is_wrong)
    return {
        "column": entry.column,
        "expectation": "absent_when",
        "reason_nl": f"hoort leeg te zijn bij deze {other.name}",
        **_zero_or_one(f"{entry.column}:unexpected", value, 0.0),
    }


_LIBRARY: dict[tuple[str, bool], Callable[[QualityEntry], dict[str, object]]] = {
    ("duplicateValues", True): _delivered_once,
    ("rowCount", True): _has_rows,
}
_GX, _OWN = "greatExpectations", "barrier"
_CUSTOM_RULES: dict[tuple[str, str, bool], Callable[[QualityEntry], dict[str, object]]] = {
    (_GX, "expect_column_pair_values_a_to_be_greater_than_b", True): _not_before,
    (_GX, "expect_column_pair_values_to_be_in_set", True): _known_pair,
    (_OWN, "exactly_one_of", True): _exactly_one_of,
    (_OWN, "elfproef", False): _elfproef,
    (_OWN, "absent_when", False): _absent_when,
}


def unique_key_rule(dataset: str, column: Column) -> QualityRule:
    """A key names one record: rows that share it with a row of other content are all refused, for none can be trusted.

    Repeats of an equal row are left out here; they fail `delivered_once`.
    """
    name = column.name
    return QualityRule(
        rule_id=f"{dataset}.{name}.unique_key",
        column=name,
        expectation="unique_key",
        reason_nl="zelfde kenmerk bij rijen met verschillende inhoud",
        description_nl=f"{column.business_name_nl}: komt bij één record voor",
        description_en=f"{name}: occurs at one record",
        **_zero_or_one(_CONTENTS, pl.col(_CONTENTS), 1.0),
    )
