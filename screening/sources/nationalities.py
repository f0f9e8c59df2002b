"""Nationalities and origins by value: a column of them is refused whatever its header says (AVG art. 9, formats page).

As with BSNs, the columns are looked at that would be kept: others are dropped unread.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import polars as pl

from screening.base.errors import ForbiddenColumnError
from screening.base.frames import FieldSpec
from screening.base.word_lists import read_lists

#: From this many values on, and at least this share of a column, it is one of nationalities. A code of two letters is
#: the addition to a house number or a legal form as well: so nearly all of them.
MIN_VALUES = 5
_SHARE_OF_NAMES, _SHARE_OF_CODES = 0.5, 0.9
#: A single code that stands in every row says what the file is, not who is in it.
_LEAST_DISTINCT_CODES = 2
_CODE_LETTERS = 3
#: So many letters are looked at first: few values of another column begin as a name or a code does.
_BEGINNING = 3


@dataclass
class NationalityColumns:
    """The values of the columns of a delivery, batch after batch: how many are names or codes of countries."""

    name: str
    names: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    distinct_codes: dict[str, set[str]] = field(default_factory=dict)

    def look(self, frame: pl.DataFrame, fields: Mapping[str, FieldSpec]) -> None:
        """Count the values of a batch, which are tidy.

        A column of codes of its own has the values of its contract, and no others.
        """
        names, codes = _known()
        texts = [
            column
            for column, dtype in frame.schema.items()
            if dtype == pl.String and column in fields
            if not fields[column].codes and fields[column].form != "free_text"
        ]
        for column in frame.select(texts):
            counts = _possible(column).value_counts(name="rows")
            values = counts.with_columns(_plain_value(pl.col(column.name)))
            self.filled[column.name] += column.count()
            self.names[column.name] += int(values.filter(pl.col(column.name).is_in(names))["rows"].sum())
            with_code = values.filter(pl.col(column.name).is_in(codes))
            self.codes[column.name] += int(with_code["rows"].sum())
            self.distinct_codes.setdefault(column.name, set()).update(with_code[column.name])

    def refuse(self) -> None:
        """Raise ForbiddenColumnError, naming file and column, where a column is one of nationalities or countries."""
        for column, filled in self.filled.items():
            is_of_names = self.names[column] >= max(MIN_VALUES, _SHARE_OF_NAMES * filled)
            is_of_codes = (
                self.codes[column] >= max(MIN_VALUES, _SHARE_OF_CODES * filled)
                and len(self.distinct_codes[column]) >= _LEAST_DISTINCT_CODES
            )
            if is_of_names or is_of_codes:
                count = self.names[column] if is_of_names else self.codes[column]
                raise ForbiddenColumnError(
                    f"{self.name}, column {column}: {count} of {filled} values are nationalities or countries, which "
                    "may never be read. The file is refused and nothing of it is kept. Correct `columns` of this "
                    "source, or leave the column out by `drop`."
                )


def _possible(column: pl.Series) -> pl.Series:
    """The values that begin as the name or the code of a country does."""
    letters = column.filter((column < "0") | (column > ":"))  # no pattern: most of the others begin with a digit
    return letters.filter(letters.str.slice(0, _BEGINNING).str.to_lowercase().is_in(_beginnings()))


def is_country_or_people(word: str) -> bool:
    """Whether a word in small letters is the name of a country or the adjective of its people."""
    return word in _known()[0]


@cache
def _beginnings() -> list[str]:
    return sorted({word[:_BEGINNING] for words in _known() for word in words})


@cache
def _known() -> tuple[list[str], list[str]]:
    """Names and adjectives, with and without their marks, and codes: in small letters."""
    lists: dict[str, list[list[str]] | list[str]] = read_lists(__package__, "countries.yaml")
    names: set[str] = set()
    codes: set[str] = set()
    for words in lists["countries"]:
        codes.update(word.lower() for word in words[:2])
        names.update(word.lower() for word in words[2:])
        names.add(_inflected(words[4].lower()))
    names.update(word.lower() for word in lists["others"] if isinstance(word, str) and len(word) > _CODE_LETTERS)
    return sorted(names | {_without_marks(name) for name in names}), sorted(codes)


def _without_marks(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


def _inflected(adjective: str) -> str:
    """The form that agrees with "nationaliteit": Nederlandse, Poolse, Chinese, Griekse."""
    if adjective.endswith("isch"):
        return f"{adjective}e"
    for ending, inflected in (
        ("aans", "aanse"),
        ("ees", "ese"),
        ("eens", "eense"),
        ("eeks", "eekse"),
        ("aars", "aarse"),
    ):
        if adjective.endswith(ending):
            return adjective.removesuffix(ending) + inflected
    return f"{adjective}e"


def _plain_value(text: pl.Expr) -> pl.Expr:
    """A value in small letters, without a word such as "nationaliteit" behind."""
    plain = text.str.strip_chars().str.to_lowercase()
    return plain.str.strip_suffix(" nationaliteit").str.strip_suffix(" nationality")
