"""What `[sources.X]` says beyond names and codes, done on the raw text of a delivery before codes and dates are read.

Columns that are joined, split or asked for a value come along under the name of the source behind `SOURCE`; they are
gone when `map_table` is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from screening.base.errors import ConfigurationError
from screening.base.frames import FieldSpec, Note, SourceSpec
from screening.base.notes import note
from screening.sources.codes import fold_spelling
from screening.sources.date_forms import read_forms
from screening.sources.dates import read_dates
from screening.sources.raw import RawTable, RefusedRow
from screening.sources.values import tidy_cells

#: What stands before the name of a column that only the mapping reads. No canonical column holds a colon.
SOURCE = "source:"
_DATES = ("date", "timestamp")


def split_columns(spec: SourceSpec) -> set[str]:
    """The names of the columns that are cut out of another one: they stand in no header."""
    return {name for split in spec.split.values() for name in split.into}


def split_order(spec: SourceSpec) -> list[str]:
    """The columns that are split, each behind the one that it is cut out of.

    Raises ConfigurationError where two are cut into a part of the same name, or one is cut out of itself.
    """
    parts = [name for split in spec.split.values() for name in split.into]
    twice = next((name for name in parts if parts.count(name) > 1), None)
    if twice:
        raise ConfigurationError(
            f"[sources.{spec.dataset}] split: {twice} is the name of two parts. Call one otherwise."
        )
    order: list[str] = []
    while len(order) < len(spec.split):
        waiting = [name for name in spec.split if name not in order]
        uncut = {part for name in waiting for part in spec.split[name].into}
        ready = [name for name in waiting if name not in uncut]
        if not ready:
            raise ConfigurationError(
                f"[sources.{spec.dataset}] split: {waiting[0]} is cut out of itself. Give its parts other names."
            )
        order += ready
    return order


def read_for_mapping(spec: SourceSpec) -> list[str]:
    """The columns of the source that are joined, split or asked for a value, each once, in their order."""
    joined = [name for join in spec.join.values() for name in join.columns]
    return [name for name in dict.fromkeys([*spec.split, *spec.belonging, *joined]) if name not in split_columns(spec)]


def cut_out(spec: SourceSpec, fields: Mapping[str, FieldSpec]) -> dict[str, str]:
    """Canonical column -> the column cut out of another one that feeds it."""
    cut = split_columns(spec)
    fed = {name: spec.columns.get(name, name) for name in fields}
    return {name: theirs for name, theirs in fed.items() if theirs in cut}


def without_column(spec: SourceSpec, fields: Mapping[str, FieldSpec]) -> set[str]:
    """The canonical columns for which no column of the header is looked for."""
    return {*cut_out(spec, fields), *spec.join, *spec.constant, *spec.lacks}


def check_mapping(spec: SourceSpec, fields: Mapping[str, FieldSpec]) -> None:
    """Raise ConfigurationError for a key that does not fit the columns of this data set."""
    for key in ("constant", "otherwise"):
        for name, code in getattr(spec, key).items():
            column = _column(spec, fields, key, name)
            if not column.codes:
                raise ConfigurationError(
                    f"[sources.{spec.dataset}] {key}: {name} is no column of codes. A date, a name, a number or an "
                    "identifier that is the same in every row would be made up."
                )
            if code not in column.codes:
                raise ConfigurationError(
                    f"[sources.{spec.dataset}] {key}.{name}: {code} is no code of this column. Known are "
                    f"{', '.join(column.codes)}."
                )
    for name in [name for name, column in fields.items() if column.rows_read]:
        replaced_by = next((key for key in ("constant", "otherwise", "lacks") if name in getattr(spec, key)), None)
        if replaced_by:
            raise ConfigurationError(
                f"[sources.{spec.dataset}] {replaced_by}: {name} tells which rows may be read, and so it has to come "
                "from the register itself. Have it delivered."
            )
    split_order(spec)
    for name in spec.join:
        _column(spec, fields, "join", name)
    for name in spec.lacks:
        column = _column(spec, fields, "lacks", name)
        if column.unique or not column.required:
            why = "tells its rows apart" if column.unique else "may be absent anyway"
            raise ConfigurationError(f"[sources.{spec.dataset}] lacks: {name} {why}. Leave it out of `lacks`.")
    sources = {key: set(getattr(spec, key)) for key in ("columns", "join", "constant", "lacks")}
    for name in sorted(set().union(*sources.values())):
        given = [key for key, names in sources.items() if name in names]
        if len(given) > 1:
            raise ConfigurationError(
                f"[sources.{spec.dataset}]: {name} stands under {' and '.join(given)}. Choose one of them."
            )


def _column(spec: SourceSpec, fields: Mapping[str, FieldSpec], key: str, name: str) -> FieldSpec:
    if name not in fields:
        raise ConfigurationError(f"[sources.{spec.dataset}] {key}: {name} is no column of this data set.")
    return fields[name]


@dataclass(frozen=True)
class _Mapping:
    """What the steps of one delivery share; the notes grow on the way."""

    spec: SourceSpec
    fields: Mapping[str, FieldSpec]
    tables: Mapping[str, Mapping[str, str]]
    name: str
    notes: list[Note]


def map_table(
    raw: RawTable, spec: SourceSpec, fields: Mapping[str, FieldSpec], tables: Mapping[str, Mapping[str, str]], name: str
) -> RawTable:
    """The delivery with tidy cells and only canonical columns, as the configuration maps them.

    `tables`: column of codes -> folded spelling -> code. `name`: the file, for the notes.
    """
    frame = _without_null_words(tidy_cells(raw.frame, is_composed=raw.is_plain), spec)
    frame = _split(frame, spec)
    is_here = _belongs(frame, spec)
    mapping = _Mapping(spec, fields, tables, name, list(raw.notes))
    notes = mapping.notes
    if not is_here.all():
        notes.append(note("left_out", file=name, row=int((~is_here).sum())))
    frame = _joined(frame.filter(is_here), spec)
    frame = frame.with_columns(
        pl.col(SOURCE + theirs).alias(canonical) for canonical, theirs in cut_out(spec, fields).items()
    )
    frame = frame.drop([column for column in frame.columns if column.startswith(SOURCE)])
    may_be_read = _may_be_read(frame, mapping)
    if not may_be_read.all():
        notes.append(note("left_unread", file=name, row=int((~may_be_read).sum())))
    frame = _read_dates(frame.filter(may_be_read), mapping)
    frame = _known_codes(frame, mapping)
    frame = frame.with_columns(pl.lit(code).alias(column) for column, code in spec.constant.items())
    notes += [note("constant", file=name, of=column, code=code) for column, code in spec.constant.items()]
    return replace(
        raw,
        frame=frame.select("row_number", *(column for column in fields if column in frame.columns)),
        notes=notes,
        refused=list(dict.fromkeys(_canonically(row, spec) for row in raw.refused)),
        numeric={column: mask.filter(is_here).filter(may_be_read) for column, mask in raw.numeric.items()},
    )


def _without_null_words(frame: pl.DataFrame, spec: SourceSpec) -> pl.DataFrame:
    if not spec.null:
        return frame
    return frame.with_columns(
        frame[column].set(_is_any_of(frame[column], spec.null), None)
        for column, dtype in frame.schema.items()
        if dtype == pl.String
    )


def _is_any_of(column: pl.Series, words: tuple[str, ...]) -> pl.Series:
    """Where the text is one of these words, but for case and blanks; empty is none."""
    folded = {fold_spelling(word) for word in words}
    fitting = [text for text in column.unique().drop_nulls() if fold_spelling(text) in folded]
    return column.is_in(fitting).fill_null(False)


def _dates_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """The dates among these words as they are read: a spreadsheet or a database holds no text such as 31-12-9999."""
    return tuple(read_dates(pl.Series(words, dtype=pl.String)))


def _split(frame: pl.DataFrame, spec: SourceSpec) -> pl.DataFrame:
    for theirs in split_order(spec):
        split = spec.split[theirs]
        parts = pl.col(SOURCE + theirs).str.splitn(split.separator, len(split.into)).struct
        frame = frame.with_columns(
            parts.field(f"field_{place}").str.strip_chars().replace("", None).alias(SOURCE + name)
            for place, name in enumerate(split.into)
        )
    return frame


def _belongs(frame: pl.DataFrame, spec: SourceSpec) -> pl.Series:
    is_here = pl.repeat(True, frame.height, eager=True, dtype=pl.Boolean)
    for theirs, values in spec.belonging.items():
        is_here &= _is_any_of(frame[SOURCE + theirs], values)
    return is_here


def _may_be_read(frame: pl.DataFrame, mapping: _Mapping) -> pl.Series:
    """Where the contract lets the row be read. What the row says in its other columns is not looked at before that."""
    may_be_read = pl.repeat(True, frame.height, eager=True, dtype=pl.Boolean)
    for column in [column for column, field in mapping.fields.items() if field.rows_read and column in frame.columns]:
        table, codes = mapping.tables[column], mapping.fields[column].rows_read
        fitting = [text for text in frame[column].unique().drop_nulls() if table.get(fold_spelling(text)) in codes]
        may_be_read &= frame[column].is_in(fitting).fill_null(False)
    return may_be_read


def _joined(frame: pl.DataFrame, spec: SourceSpec) -> pl.DataFrame:
    """An empty part leaves no separator behind, and nothing but empty parts is empty."""
    return frame.with_columns(
        pl.concat_str([pl.col(SOURCE + theirs) for theirs in join.columns], separator=join.separator, ignore_nulls=True)
        .replace("", None)
        .alias(canonical)
        for canonical, join in spec.join.items()
    )


def _read_dates(frame: pl.DataFrame, mapping: _Mapping) -> pl.DataFrame:
    spec, fields = mapping.spec, mapping.fields
    for column in [column for column in frame.columns if column in fields and fields[column].logical_type in _DATES]:
        texts = frame[column]
        if spec.open_end and not fields[column].required:
            is_open = _is_any_of(texts, spec.open_end) | _is_any_of(read_dates(texts), _dates_of(spec.open_end))
            if is_open.any():
                mapping.notes.append(note("open_end", file=mapping.name, row=int(is_open.sum()), of=column))
                texts = texts.set(is_open, None)
        if spec.dates.forms:
            texts = read_forms(texts, spec.dates, keeps_time=fields[column].logical_type == "timestamp")
        frame = frame.with_columns(texts.alias(column))
    return frame


def _known_codes(frame: pl.DataFrame, mapping: _Mapping) -> pl.DataFrame:
    """Every code that is not known is the one that `otherwise` gives; what is empty stays empty."""
    for column, code in mapping.spec.otherwise.items():
        if column not in frame.columns:
            continue
        table, is_list = mapping.tables[column], mapping.fields[column].logical_type == "array"
        texts = frame[column]
        codes = {
            text: "|".join(part if fold_spelling(part) in table else code for part in parts)
            for text in texts.unique().drop_nulls().sort()
            if (parts := text.split("|") if is_list else [text])
        }
        replaced = texts.replace(codes)
        changed = int((replaced != texts).sum())
        if changed:
            mapping.notes.append(note("otherwise", file=mapping.name, row=changed, of=column, code=code))
        frame = frame.with_columns(replaced.alias(column))
    return frame


def _canonically(row: RefusedRow, spec: SourceSpec) -> RefusedRow:
    """A refused row under the name of a canonical column, where only the mapping read the one that is at fault."""
    if row.column is None or not row.column.startswith(SOURCE):
        return row
    theirs = row.column.removeprefix(SOURCE)
    cut = spec.split[theirs].into if theirs in spec.split else ()
    fed = [canonical for canonical, join in spec.join.items() if {theirs, *cut} & set(join.columns)]
    fed += [canonical for canonical, column in spec.columns.items() if column in cut]
    return replace(row, column=fed[0] if fed else None)
