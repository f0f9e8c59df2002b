"""From a hit's values to the sentence a reviewer reads and the JSON a machine reads. Expressions on whole columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from string import Formatter

import polars as pl

from screening.errors import RuleDefinitionError
from screening.local_formats import date_text, month_names, number_text

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


def text_list(value: object) -> list[str]:
    """The texts of a list in a declaration or a row of evidence, which hold values of any type."""
    assert isinstance(value, Iterable)  # noqa: S101 - the declaration or the frame has a list there
    return list(value)


def setting_text(value: object, language: str) -> str:
    """A parameter in force: a number, or codes one after the other ("55, 56")."""
    return number_text(value, language) if isinstance(value, int | float) else ", ".join(text_list(value))


def is_bound(column: str, schema: pl.Schema) -> bool:
    """Whether a column only tells how precise a date beside it is: the `c_min` or `c_max` of a date `c`."""
    stem = column.removesuffix("_min").removesuffix("_max")
    return stem != column and has_bounds(stem, schema)


def has_bounds(column: str, schema: pl.Schema) -> bool:
    """Whether a date column `c` has its first and last possible day, `c_min` and `c_max`, beside it."""
    return all(schema.get(name) == pl.Date for name in (column, f"{column}_min", f"{column}_max"))


def _precision(column: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Whether a date with bounds is known to the day, to the month, to the year (the first that is true counts)."""
    first, last = pl.col(f"{column}_min"), pl.col(f"{column}_max")
    whole_month = (first.dt.day() == 1) & (last == first.dt.month_end())
    whole_year = (first.dt.ordinal_day() == 1) & (last == first.dt.offset_by("1y").dt.offset_by("-1d"))
    return pl.col(column).is_not_null(), whole_month, whole_year


def _date_words(column: str, schema: pl.Schema, language: str) -> pl.Expr:
    """A date as words, as precise as it is known: "12 mei 2026", "mei 2026", "2026"; null where nothing is known."""
    day, first = pl.col(column), pl.col(f"{column}_min")
    if not has_bounds(column, schema):
        return _day_words(day, language)
    to_day, to_month, to_year = _precision(column)
    between = {"nl": "{} tot en met {}", "en": "{} to {}"}[language]
    return (
        pl.when(to_day)
        .then(_day_words(day, language))
        .when(to_month)
        .then(pl.format("{} {}", _month_words(first, language), first.dt.year()))
        .when(to_year)
        .then(first.dt.year().cast(pl.String))
        .otherwise(
            pl.format(between, *(_day_words(pl.col(f"{column}{bound}"), language) for bound in ("_min", "_max")))
        )
    )


def _day_words(value: pl.Expr, language: str) -> pl.Expr:
    parts = (value.dt.day().cast(pl.String), _month_words(value, language), value.dt.year().cast(pl.String))
    return pl.concat_str(parts, separator=" ")


def _month_words(value: pl.Expr, language: str) -> pl.Expr:
    months = list(range(1, 13))
    return value.dt.month().replace_strict(months, month_names(language), default=None, return_dtype=pl.String)


def _date_text(column: str, schema: pl.Schema) -> pl.Expr:
    """A date as YYYY-MM-DD, or as YYYY-MM or YYYY where it has bounds and is known no better."""
    value = pl.col(column).dt.strftime("%Y-%m-%d")
    if not has_bounds(column, schema):
        return value
    first = pl.col(f"{column}_min")
    to_day, to_month, to_year = _precision(column)
    return (
        pl.when(to_day)
        .then(value)
        .when(to_month)
        .then(first.dt.strftime("%Y-%m"))
        .when(to_year)
        .then(first.dt.strftime("%Y"))
    )


def shown(column: str, schema: pl.Schema, language: str) -> pl.Expr:
    """The column as words of this language; empty is "onbekend" / "unknown"; a partial date is as precise as it is."""
    value, dtype = pl.col(column), schema[column]
    if dtype == pl.Date:
        text = _date_words(column, schema, language)
    elif isinstance(dtype, pl.Datetime):
        text = pl.concat_str(_day_words(value, language), value.dt.strftime("%H:%M"), separator=" ")
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
    parameters: Mapping[str, float | Sequence[str]],
    as_of: date,
) -> pl.Expr:
    """The template with {column}, {parameter} and {as_of} filled in; one sentence a row.

    A part between [ and ] is left out where a column in it is empty; elsewhere an empty column is "onbekend".
    Raises RuleDefinitionError for a placeholder that is none of the three.
    """
    constants = {"as_of": date_text(as_of, language)}
    constants |= {name: setting_text(value, language) for name, value in parameters.items()}
    for name in placeholders(template):
        if name not in schema and name not in constants:
            raise RuleDefinitionError(
                f"{code}: evidence_{language} names {{{name}}}, which is neither a column of a hit nor a parameter."
            )
    pieces: list[pl.Expr] = []
    for text, is_optional in parts(template):
        names = placeholders(text)
        piece = pl.concat_str(_filled(text, language=language, schema=schema, constants=constants))
        empty = [
            # a date that is known in part is not empty
            pl.col(f"{name}_max" if has_bounds(name, schema) else name).is_null()
            for name in names
            if name in schema
        ]
        if is_optional and empty:
            piece = pl.when(~pl.any_horizontal(empty)).then(piece).otherwise(pl.lit(""))
        pieces.append(piece)
    return pl.concat_str(pieces)


def _filled(text: str, *, language: str, schema: pl.Schema, constants: dict[str, str]) -> list[pl.Expr]:
    """The pieces of a text without brackets; "op 12 mei 2026" is "in mei 2026" where the day is not known."""
    preposition = re.compile(rf"(?:^|(?<=[ (]))({'op' if language == 'nl' else 'on'}) $", re.IGNORECASE)
    pieces: list[pl.Expr] = []
    for before, name, _, _ in Formatter().parse(text):
        if name is None or name not in schema:
            pieces += [pl.lit(before)] + ([pl.lit(constants[name])] if name is not None else [])
            continue
        words = shown(name, schema, language)
        match = preposition.search(before) if has_bounds(name, schema) else None
        if match:
            to_day, to_month, to_year = _precision(name)
            on, within = match.group(1), "In" if match.group(1)[0].isupper() else "in"
            chosen = pl.when(~to_day & (to_month | to_year)).then(pl.lit(within)).otherwise(pl.lit(on))
            pieces += [pl.lit(before[: match.start()]), chosen, pl.lit(" "), words]
        else:
            pieces += [pl.lit(before), words]
    return pieces


def values_json(schema: pl.Schema, names: list[str]) -> pl.Expr:
    """The columns `names` as one flat JSON object a row, keys sorted; a list is `|`-separated, as in the registers.

    A partial date keeps its precision where its bounds stand beside it.
    """
    fields = []
    for name in sorted(names):
        dtype = schema[name]
        value = pl.col(name)
        if isinstance(dtype, pl.List):
            value = value.cast(pl.List(pl.String)).list.join("|", ignore_nulls=True)
        elif dtype == pl.Date:
            value = _date_text(name, schema)
        elif isinstance(dtype, pl.Datetime):
            value = value.dt.strftime("%Y-%m-%dT%H:%M:%S")
        elif dtype.is_float():
            value = value.round(4)
        fields.append(value.alias(name))
    return pl.struct(fields).struct.json_encode() if fields else pl.lit("{}")
