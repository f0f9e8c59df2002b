"""From a hit's values to the sentence a reviewer reads and the JSON a machine reads. Expressions on whole columns."""

from __future__ import annotations

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
_UNKNOWN = {"nl": "onbekend", "en": "unknown"}
_YES = {"nl": "ja", "en": "yes"}
_NO = {"nl": "nee", "en": "no"}


def placeholders(template: str) -> tuple[str, ...]:
    """The names between braces in a sentence, in order, each as often as it occurs."""
    return tuple(name for _, name, _, _ in Formatter().parse(template) if name is not None)


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

    Raises RuleDefinitionError for a placeholder that is none of the three.
    """
    constants = {"as_of": date_text(as_of, language)}
    constants |= {name: number_text(value, language) for name, value in parameters.items()}
    columns: list[pl.Expr] = []
    for name in placeholders(template):
        if name in schema:
            columns.append(shown(name, schema[name], language))
        elif name in constants:
            columns.append(pl.lit(constants[name]))
        else:
            raise RuleDefinitionError(
                f"{code}: evidence_{language} names {{{name}}}, which is neither a column of a hit nor a parameter."
            )
    pattern = template.format(**{name: "{}" for name in placeholders(template)})
    return pl.format(pattern, *columns) if columns else pl.lit(pattern)


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
