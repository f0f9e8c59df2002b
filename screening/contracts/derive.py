"""Rules that follow from a column's declaration: type, bounds, pattern, required, unique, code list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime

import polars as pl

from screening.base.contract_file import Document, refuse
from screening.base.datasets import Column
from screening.contracts import reading
from screening.contracts.model import QualityRule

#: logicalType -> the one accepted format, in the words of the standard and of Python.
_DATE_FORMATS = {"date": ("yyyy-MM-dd", "%Y-%m-%d"), "timestamp": ("yyyy-MM-dd'T'HH:mm:ss", "%Y-%m-%dT%H:%M:%S")}
_OPTIONS = {
    "string": {"pattern"},
    "date": {"format", "minimum", "maximum"},
    "timestamp": {"format", "timezone", "defaultTimezone", "minimum", "maximum"},
    "integer": {"minimum", "maximum"},
    "number": {"minimum", "maximum"},
    "boolean": set(),
    "array": set(),
}
_PATTERN_REASON = {
    "kvk_nummer": "geen KVK-nummer van 8 cijfers",
    "vestigingsnummer": "geen vestigingsnummer van 12 cijfers",
    "rsin": "geen RSIN van 9 cijfers",
    "object_id": "geen BAG-id van 16 cijfers met de juiste objectcode",
    "postcode": "geen geldige postcode",
}


def options(file: str, name: str, logical_type: str, given: Document | None) -> Document:
    """The logicalTypeOptions of a column, each of them understood and of a usable value."""
    given = dict(given or {})
    for option in given:
        if option not in _OPTIONS[logical_type]:
            entry = f"column {name}, logicalTypeOptions, {option}"
            raise refuse(file, entry, f"not understood for a column of type {logical_type}")
    if logical_type in _DATE_FORMATS:
        _check_dates(file, name, logical_type, given)
    elif logical_type in ("integer", "number"):
        for bound in ("minimum", "maximum"):
            if bound in given and (isinstance(given[bound], bool) or not isinstance(given[bound], int | float)):
                raise refuse(file, f"column {name}, logicalTypeOptions, {bound}", "a number is expected")
    if "pattern" in given:
        _check_pattern(file, name, given["pattern"])
    if "minimum" in given and "maximum" in given and given["minimum"] > given["maximum"]:
        raise refuse(file, f"column {name}, logicalTypeOptions", "minimum is above maximum: no value could pass")
    return given


def _check_dates(file: str, name: str, logical_type: str, given: Document) -> None:
    odcs_format, python_format = _DATE_FORMATS[logical_type]
    entry = f"column {name}, logicalTypeOptions"
    if given.get("format") != odcs_format:
        raise refuse(file, f"{entry}, format", f"the canonical form is {odcs_format}")
    if given.get("timezone", False) is not False or given.get("defaultTimezone", reading.ZONE) != reading.ZONE:
        raise refuse(file, f"{entry}, timezone", f"timestamps are local time in {reading.ZONE}")
    for bound in ("minimum", "maximum"):
        try:
            datetime.strptime(given[bound], python_format)  # noqa: DTZ007 - local time by contract
        except (KeyError, TypeError, ValueError) as error:
            raise refuse(file, f"{entry}, {bound}", f"a bound in the form {odcs_format} is needed") from error
    if logical_type == "timestamp":
        for bound, time_of_day in (("minimum", "T00:00:00"), ("maximum", "T23:59:59")):
            if not given[bound].endswith(time_of_day):
                raise refuse(file, f"{entry}, {bound}", f"bounds are whole days: {time_of_day} is expected at the end")


def _check_pattern(file: str, name: str, pattern: object) -> None:
    entry = f"column {name}, logicalTypeOptions, pattern"
    if not isinstance(pattern, str) or not pattern.startswith("^") or not pattern.endswith("$") or "\\$" in pattern:
        raise refuse(file, entry, "a pattern begins with ^ and ends with $, so that it speaks of the whole value")
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise refuse(file, entry, f"not a regular expression: {error}") from error
    if groups:
        raise refuse(file, entry, "groups are written (?:…): nothing is extracted from a value")


def derived_rules(dataset: str, column: Column, chosen: Document, element: str) -> Iterator[QualityRule]:
    """The rules that follow from the declaration of one column, in a fixed order.

    `chosen`: its checked options. `element`: the pattern of the elements of a list, or "". Uniqueness is not here: it
    needs to know repeated deliveries (see `entries`).
    """
    name, logical_type, title, codes = column.name, column.logical_type, column.business_name_nl, column.codes
    shape = _PATTERN_REASON.get(column.form or "", "niet in de voorgeschreven vorm")

    def rule(
        expectation: str, gx_type: str, arguments: dict[str, object], inputs: dict[str, pl.Expr], *texts: str
    ) -> QualityRule:
        reason, nl, en = texts
        return QualityRule(
            rule_id=f"{dataset}.{name}.{expectation}",
            column=name,
            expectation=expectation,
            gx_type=gx_type,
            gx_arguments=arguments,
            inputs=inputs,
            reason_nl=reason,
            description_nl=f"{title}: {nl}",
            description_en=f"{name}: {en}",
        )

    if column.required:
        present = presence(name, logical_type)
        test = next(iter(present))
        yield rule(
            "not_null",
            "ExpectColumnValuesToNotBeNull",
            {"column": test},
            present,
            "verplichte waarde ontbreekt",
            "is ingevuld",
            "is filled",
        )
    yield from _type_rules(name, logical_type, chosen, rule)
    if logical_type == "array":
        inner = "|".join(re.escape(code) for code in codes) or element[1:-1]
        if inner:
            expectation = "elements_in_code_list" if codes else "elements_match_pattern"
            reason = "geen bekende code" if codes else shape
            test = f"{name}:elements"  # white space is taken off first: a pattern that skips it could run for ever
            text = pl.col(name).str.replace_all(r"\s*\|\s*", "|").str.strip_chars()
            yield rule(
                expectation,
                "ExpectColumnValuesToMatchRegex",
                {"column": test, "regex": rf"^(?:{inner})?(?:\|(?:{inner})?)*\Z"},
                {test: text},
                reason,
                "elk element is juist",
                "each element is right",
            )
        return
    if "pattern" in chosen:
        yield rule(
            "matches_pattern",
            "ExpectColumnValuesToMatchRegex",
            {"column": name, "regex": reading.whole_text(chosen["pattern"])},
            {name: pl.col(name)},
            shape,
            "heeft de voorgeschreven vorm",
            "has the prescribed form",
        )
    if codes:
        yield rule(
            "in_code_list",
            "ExpectColumnValuesToBeInSet",
            {"column": name, "value_set": list(codes)},
            {name: pl.col(name)},
            "geen bekende code",
            "is een code uit de lijst",
            "is a code of the list",
        )


def presence(name: str, logical_type: str) -> dict[str, pl.Expr]:
    """One column under test that is null exactly where a canonical column says nothing."""
    if logical_type == "array":  # bars without anything between them say nothing
        return {f"{name}:filled": pl.when(pl.col(name).str.strip_chars(" |") != "").then(1.0)}
    return {name: pl.col(name)}


_IN_DUTCH = {
    "date": "datum",
    "timestamp": "tijdstip",
    "integer": "heel getal",
    "number": "getal",
    "boolean": "ja of nee",
}
_REGEX = "ExpectColumnValuesToMatchRegex"
#: Types whose text a plain expectation can judge: expectation, reason, class and arguments.
_NATIVE: dict[str, tuple[str, str, str, dict[str, object]]] = {
    "date": ("is_date", "geen geldige datum", _REGEX, {"regex": reading.whole_text(reading.DATE)}),
    "integer": ("is_integer", "geen geheel getal", _REGEX, {"regex": reading.whole_text(reading.INTEGER)}),
    "number": ("is_number", "geen getal", _REGEX, {"regex": reading.whole_text(reading.NUMBER)}),
    "boolean": ("is_yes_no", "geen ja of nee", "ExpectColumnValuesToBeInSet", {"value_set": ["ja", "nee"]}),
}


def _type_rules(
    name: str, logical_type: str, chosen: Document, rule: Callable[..., QualityRule]
) -> Iterator[QualityRule]:
    texts = f"is leesbaar als {_IN_DUTCH.get(logical_type, '')}", f"can be read as {logical_type}"
    if logical_type in _NATIVE:
        expectation, reason, gx_type, arguments = _NATIVE[logical_type]
        yield rule(expectation, gx_type, {"column": name, **arguments}, {name: pl.col(name)}, reason, *texts)
    elif logical_type == "timestamp":  # of which a register has nearly as many as rows: they are read first
        test = f"{name}:readable"
        yield rule(
            "is_timestamp",
            "ExpectColumnValuesToBeInSet",
            {"column": test, "value_set": [1.0]},
            {test: reading.is_readable(name, reading.local_moment(name))},
            "geen geldig tijdstip",
            *texts,
        )
    bounds = {key: chosen[side] for key, side in (("min_value", "minimum"), ("max_value", "maximum")) if side in chosen}
    if not bounds:
        return
    limits = " ".join(f"{'≥' if key == 'min_value' else '≤'} {bound}" for key, bound in bounds.items())
    if logical_type in _DATE_FORMATS:
        kind, reason = "in_period", "datum buiten de mogelijke periode"
        day = reading.first_day(name) if logical_type == "date" else reading.local_moment(name).dt.date()
        value = day.cast(pl.Datetime("us"))
        bounds = {key: _moment(bound, logical_type) for key, bound in bounds.items()}
    else:
        kind, reason = "in_range", "getal buiten het mogelijke bereik"
        number = reading.whole_number if logical_type == "integer" else reading.decimal_number
        value = number(name).cast(pl.Float64)
        if bounds == {"min_value": 0}:
            reason = "negatief getal"
    test = f"{name}:value"
    yield rule(
        kind,
        "ExpectColumnValuesToBeBetween",
        {"column": test, **bounds},
        {test: value},
        reason,
        f"is {limits}",
        f"is {limits}",
    )


def _moment(bound: str, logical_type: str) -> datetime:
    # a local clock reading, as those of the column are: no zone is involved
    return datetime.strptime(bound, _DATE_FORMATS[logical_type][1])  # noqa: DTZ007 - local time by contract
