"""From a hit's values to the sentence a reviewer reads and the JSON a machine reads. Expressions on whole columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from string import Formatter

import polars as pl

from screening.base.errors import RuleDefinitionError
from screening.base.local_formats import date_text, month_names, number_text
from screening.wording.forms import IS_ABSENT, UNKNOWN, value_text

#: A parameter in force: a number, or codes.
Setting = float | Sequence[str]
#: Between the texts of a list that is told as one: in no register.
_BETWEEN = "\x1f"

_BRACKETS = re.compile(r"\[([^\[\]]*)\]")


def placeholders(template: str) -> tuple[str, ...]:
    """The names between braces in a sentence, in order, each as often as it occurs."""
    return tuple(name for _, name, _ in pieces(template) if name is not None)


def pieces(text: str) -> tuple[tuple[str, str | None, str], ...]:
    """A text cut into (text before, name, form): `{x:span}` is ("", "x", "span"); the name of what is last is None."""
    return tuple((before, name, form or "") for before, name, form, _ in Formatter().parse(text))


def parts(template: str) -> tuple[tuple[str, bool], ...]:
    """The template cut into (text, is_optional): what stands between [ and ] is optional."""
    cut = [(text, place % 2 == 1) for place, text in enumerate(_BRACKETS.split(template))]
    return tuple((text, optional) for text, optional in cut if text)


def text_list(value: object) -> list[str]:
    """The texts of a list in a declaration or a row of evidence, which hold values of any type."""
    assert isinstance(value, Iterable)  # noqa: S101 - the declaration or the frame has a list there
    return list(value)


def setting_text(value: object, language: str, form: str = "") -> str:
    """A parameter in force in a form of `forms`: a number, or codes one after the other ("55, 56")."""
    if form:
        return value_text(value if isinstance(value, int | float) else text_list(value), form, language)
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


def shown(
    column: str, schema: pl.Schema, language: str, form: str = "", names: Mapping[str, str] | None = None
) -> pl.Expr:
    """The column as words of this language in a form of `forms`; empty is "onbekend" / "unknown".

    A partial date is as precise as it is. What is no date is told once a distinct value.
    """
    value, dtype = pl.col(column), schema[column]
    if dtype == pl.Date:
        return _date_words(column, schema, language).fill_null(UNKNOWN[language])
    if isinstance(dtype, pl.Datetime):
        text = pl.concat_str(_day_words(value, language), value.dt.strftime("%H:%M"), separator=" ")
        return text.fill_null(UNKNOWN[language])
    if isinstance(dtype, pl.List):
        value = value.cast(pl.List(pl.String)).list.join(_BETWEEN, ignore_nulls=True)

    def in_words(values: pl.Series) -> pl.Series:
        distinct = values.unique().drop_nulls()
        words = [
            value_text(text.split(_BETWEEN) if text and isinstance(dtype, pl.List) else text, form, language, names)
            for text in distinct.to_list()
        ]
        nothing = value_text([] if isinstance(dtype, pl.List) else None, form, language)
        return values.replace_strict(distinct, words, default=nothing, return_dtype=pl.String).fill_null(nothing)

    return value.map_batches(in_words, return_dtype=pl.String, is_elementwise=True)


def is_absent(column: str, schema: pl.Schema) -> pl.Expr:
    """Whether there is nothing to tell of a column: empty, an empty list, 0, or no."""
    value, dtype = pl.col(column), schema[column]
    if has_bounds(column, schema):  # a date that is known in part is not empty
        return pl.col(f"{column}_max").is_null()
    if isinstance(dtype, pl.List):
        return value.list.len().fill_null(0) == 0
    if dtype.is_numeric():
        return value.fill_null(0) == 0
    if dtype == pl.Boolean:
        return ~value.fill_null(False)
    return value.is_null() | (value == "") if dtype == pl.String else value.is_null()


def sentence(
    code: str,
    template: str,
    *,
    language: str,
    schema: pl.Schema,
    parameters: Mapping[str, Setting],
    as_of: date,
    names: Mapping[str, str] | None = None,
) -> pl.Expr:
    """The template with {column}, {parameter} and {as_of} filled in, each in its form; one sentence a row.

    A part between [ and ] is left out where a column in it is empty, 0 or no; elsewhere an empty column is "onbekend".
    `names`: what codes of rules are called.
    Raises RuleDefinitionError for a placeholder that is none of the three.
    """
    check_names(code, template, schema, parameters)
    constants = {"as_of": date_text(as_of, language)}
    expressions: list[pl.Expr] = []
    for text, is_optional in parts(template):
        piece = pl.concat_str(
            _filled(text, language=language, schema=schema, parameters=parameters, constants=constants, names=names)
        )
        absent = [
            ~is_absent(name, schema) if form == IS_ABSENT else is_absent(name, schema)
            for _, name, form in pieces(text)
            if name is not None and name in schema
        ]
        if is_optional and absent:
            piece = pl.when(~pl.any_horizontal(absent)).then(piece).otherwise(pl.lit(""))
        expressions.append(piece)
    return pl.concat_str(expressions)


def check_names(code: str, template: str, schema: pl.Schema, parameters: Mapping[str, Setting]) -> None:
    """RuleDefinitionError for a placeholder that is no column of a hit, no parameter and not {as_of}."""
    for name in placeholders(template):
        if name not in schema and name not in parameters and name != "as_of":
            raise RuleDefinitionError(
                f"{code}: a sentence names {{{name}}}, which is neither a column of a hit nor a parameter."
            )


def _filled(
    text: str,
    *,
    language: str,
    schema: pl.Schema,
    parameters: Mapping[str, Setting],
    constants: Mapping[str, str],
    names: Mapping[str, str] | None,
) -> list[pl.Expr]:
    """The pieces of a text without brackets; "op 12 mei 2026" is "in mei 2026" where the day is not known."""
    preposition = re.compile(rf"(?:^|(?<=[ (]))({'op' if language == 'nl' else 'on'}) $", re.IGNORECASE)
    expressions: list[pl.Expr] = []
    for before, name, form in pieces(text):
        if name is None or name not in schema:
            text_of_name = constants.get(name or "", "")
            if name is not None and name in parameters:
                text_of_name = setting_text(parameters[name], language, form)
            expressions.append(pl.lit(before + text_of_name))
            continue
        words = shown(name, schema, language, form, names)
        match = preposition.search(before) if has_bounds(name, schema) else None
        if match:
            to_day, to_month, to_year = _precision(name)
            on, within = match.group(1), "In" if match.group(1)[0].isupper() else "in"
            chosen = pl.when(~to_day & (to_month | to_year)).then(pl.lit(within)).otherwise(pl.lit(on))
            expressions += [pl.lit(before[: match.start()]), chosen, pl.lit(" "), words]
        else:
            expressions += [pl.lit(before), words]
    return expressions


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
