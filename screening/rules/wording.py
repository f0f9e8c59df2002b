"""From a hit's values to the sentence a reviewer reads and the JSON a machine reads. Expressions on whole columns."""

from __future__ import annotations

import re
from datetime import date
from string import Formatter

import polars as pl

from screening.errors import RuleDefinitionError

MONTHS = {
    "nl": [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_UNKNOWN = {"nl": "onbekend", "en": "unknown"}
_YES = {"nl": "ja", "en": "yes"}
_NO = {"nl": "nee", "en": "no"}


def placeholders(template: str) -> tuple[str, ...]:
    """The names between braces in a sentence, in order, each as often as it occurs."""
    return tuple(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def parts(template: str) -> tuple[tuple[str, bool], ...]:
    """The template cut into (text, is_optional): what stands between [ and ] is optional."""
    cut = [(text, place % 2 == 1) for place, text in enumerate(_BRACKETS.split(template))]
    return tuple((text, optional) for text, optional in cut if text)


def date_text(day: date, language: str) -> str:
    """`1 november 2026` (nl) or `1 November 2026` (en)."""
    return f"{day.day} {MONTHS[language][day.month - 1]} {day.year}"


def number_text(number: int | float, language: str) -> str:
    """At most two decimals, none when whole; a decimal comma in Dutch."""
    text = f"{number:.2f}".rstrip("0").rstrip(".") if isinstance(number, float) else str(number)
    return text.replace(".", ",") if language == "nl" else text


def shown(column: str, dtype: pl.DataType, language: str) -> pl.Expr:
    """The column as words of this language; empty is "onbekend" / "unknown"."""
    value = pl.col(column)
    if dtype == pl.Date or isinstance(dtype, pl.Datetime):
        month = value.dt.month().replace_strict(
            list(range(1, 13)), MONTHS[language], default=None, return_dtype=pl.String
        )
        text = pl.concat_str(value.dt.day().cast(pl.String), month, value.dt.year().cast(pl.String), separator=" ")
        if isinstance(dtype, pl.Datetime):
            text = pl.concat_str(text, value.dt.strftime("%H:%M"), separator=" ")
    elif dtype == pl.Boolean:
        text = pl.when(value).then(pl.lit(_YES[language])).when(~value).then(pl.lit(_NO[language]))
    elif dtype.is_float():
        text = value.round(2).cast(pl.String).str.replace(r"\.0+$", "")
        text = text.str.replace(".", ",", literal=True) if language == "nl" else text
    elif isinstance(dtype, pl.List):
        text = value.cast(pl.List(pl.String)).list.join(", ", ignore_nulls=True)
        text = pl.when(text != "").then(text)
    else:
        text = value.cast(pl.String)
    return text.fill_null(_UNKNOWN[language])


def sentence(
    code: str,
    template: str,
    *,
    language: str,
    schema: pl.Schema,
    parameters: dict[str, int | float],
    as_of: date,
) -> pl.Expr:
    """The template with {column}, {parameter} and {as_of} filled in; one sentence a row.

    A part between [ and ] is left out where a column in it is empty; elsewhere an empty column is "onbekend".
    Raises RuleDefinitionError for a placeholder that is none of the three.
    """
    constants = {"as_of": date_text(as_of, language)}
    constants |= {name: number_text(value, language) for name, value in parameters.items()}
    for name in placeholders(template):
        if name not in schema and name not in constants:
            raise RuleDefinitionError(
                f"{code}: evidence_{language} names {{{name}}}, which is neither a column of a hit nor a parameter."
            )
    pieces: list[pl.Expr] = []
    for text, is_optional in parts(template):
        names = placeholders(text)
        filled = [shown(name, schema[name], language) if name in schema else pl.lit(constants[name]) for name in names]
        piece = pl.format(text.format(**dict.fromkeys(names, "{}")), *filled) if names else pl.lit(text)
        empty = [pl.col(name).is_null() for name in names if name in schema]
        if is_optional and empty:
            piece = pl.when(~pl.any_horizontal(empty)).then(piece).otherwise(pl.lit(""))
        pieces.append(piece)
    return pl.concat_str(pieces)


def values_json(schema: pl.Schema, names: list[str]) -> pl.Expr:
    """The columns `names` as one flat JSON object a row, keys sorted; a list is `|`-separated, as in the registers."""
    fields = []
    for name in sorted(names):
        dtype = schema[name]
        value = pl.col(name)
        if isinstance(dtype, pl.List):
            value = value.cast(pl.List(pl.String)).list.join("|", ignore_nulls=True)
        elif dtype == pl.Date:
            value = value.dt.strftime("%Y-%m-%d")
        elif isinstance(dtype, pl.Datetime):
            value = value.dt.strftime("%Y-%m-%dT%H:%M:%S")
        elif dtype.is_float():
            value = value.round(4)
        fields.append(value.alias(name))
    return pl.struct(fields).struct.json_encode() if fields else pl.lit("{}")
