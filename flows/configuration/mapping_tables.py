"""`[sources.X]`: where a register comes from, how it is written, and what its columns and cells mean."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from flows import environment
from flows.configuration.fields import CountFromZero, Must, Number, Text, Texts, TomlTable, Whole, key, reason
from screening.base.extensions import reader_files

#: Encodings in which the separators and digits of a CSV are what they are in ASCII, and UTF-16.
ENCODINGS = ("cp1252", "cp437", "cp850", "cp858", "iso8859-1", "iso8859-15", "mac-roman", "utf-8", "utf-16")

#: Keys of a register that only say how it is written: a change of these alone is signed by its author and one other.
#: All else, also a key that is new, needs the signatures of two signers.
KEYS_OF_MAPPING = frozenset({"columns", "codes", "null", "dates", "encoding", "header", "names", "sheet"})

_DIRECTIVES = frozenset("dmYyBbHMS")


def _known_encoding(name: str) -> str:
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        codec = ""
    if codec not in ENCODINGS:
        raise reason(f"is none of the encodings that can be read: {', '.join(ENCODINGS)}.")
    return codec


def _readable_forms(forms: tuple[str, ...]) -> tuple[str, ...]:
    shapes = set()
    for form in forms:
        directives = re.findall(r"%(.?)", form)
        if set(directives) - _DIRECTIVES or len(set(directives)) < len(directives):
            raise reason("may hold %d %m %B %b %Y %y %H %M %S, each once in a form.")
        if not {"d"} <= set(directives) or len({*"mBb"} & set(directives)) != 1 or len({*"Yy"} & set(directives)) != 1:
            raise reason('must each hold a day, a month and a year, such as "%d/%m/%Y".')
        shape = _shape(form)
        if shape in shapes:
            raise reason("holds two forms that the same text can have, such as %d/%m/%Y and %m/%d/%Y. Keep one.")
        shapes.add(shape)
    return forms


def _shape(form: str) -> str:
    """What texts of a form look like: how many digits stand together, and what stands between them."""
    digits = {"d": 2, "m": 2, "Y": 4, "y": 2, "H": 2, "M": 2, "S": 2}
    runs = re.sub("(?:%[dmYyHMS])+", lambda run: f"<{sum(digits[letter] for letter in run[0][1::2])}>", form)
    return re.sub(r"\s+", " ", runs.replace("%b", "%B"))


def _pivot(pivot: int | None, info: ValidationInfo) -> int | None:
    if pivot is None and any("%y" in form for form in info.data.get("forms", ())):
        raise reason("is missing: a form holds %y. Years below the pivot are of this century, the others of the last.")
    return pivot


class DatesTable(TomlTable):
    """How a register writes dates, beside the forms that are always read."""

    forms: Annotated[Texts, AfterValidator(_readable_forms)] = Field(
        description='The forms, such as "%d/%m/%Y"; %B is the name of a month, Dutch or English; a time is left off.'
    )
    pivot: Annotated[
        CountFromZero | None, AfterValidator(_pivot), Must("be 0 to 100: years of two digits below it are 20..")
    ] = key(None, "Years of two digits below it are of this century.", le=100, validate_default=True)


class JoinTable(TomlTable):
    """A column that is made of several."""

    columns: Annotated[tuple[Text, ...], Field(min_length=2)] = Field(
        alias="from", description="The columns of the source, in order."
    )
    separator: str = Field(" ", alias="with", description="What stands between them.")


class SplitTable(TomlTable):
    """A column that is cut into several."""

    separator: Annotated[str, Field(min_length=1)] = Field(alias="at", description="Where it is cut.")
    into: Annotated[tuple[Text, ...], Field(min_length=2)] = Field(
        description="The names of the parts, which then count as columns of the source."
    )


_ByColumn = Annotated[Mapping[str, Text], Must("give columns a code in quotes")]


class MappingKeys(TomlTable):
    """The keys of a register that need no script beside the configuration."""

    encoding: Annotated[str, AfterValidator(_known_encoding)] | None = key(
        None, "The character set, such as cp850, where it is not recognised."
    )
    header: CountFromZero | None = key(None, "The row of the header; 0 is none, then `names` gives the columns.")
    names: tuple[Text, ...] = key((), "The names of the columns, where the file has no header.")
    sheet: Text | None = key(None, "The sheet of a spreadsheet, where it is not recognised.")
    null: tuple[Text, ...] = key((), "Words that mean empty.")
    open_end: tuple[Text, ...] = key((), "Words that mean no end, in dates that may be empty.")
    dates: DatesTable | None = key(None, "How dates are written, beside the forms that are always read.")
    constant: _ByColumn = key({}, "Column = the code of every row; columns of codes only.")
    lacks: tuple[Text, ...] = key((), "Required columns that this register does not have.")
    otherwise: _ByColumn = key({}, "Column = the code for what no code is known for.")
    join: Mapping[str, JoinTable] = key({}, "Column = the columns of the source that it is made of.")
    split: Mapping[str, SplitTable] = key({}, "Column of the source = where it is cut, and into what.")
    belonging: Annotated[Mapping[str, Texts], Must("give columns of the source a list of values")] = Field(
        {},
        alias="where",
        description="Column of the source = values of the rows that belong here; others are left out.",
    )

    @model_validator(mode="after")
    def _names_what_has_no_header(self) -> Self:
        if (self.header == 0) != bool(self.names):
            raise reason("needs both header = 0 and names, where the file has no header, or neither.")
        if len({name.casefold() for name in self.names}) < len(self.names):
            raise reason("names a column twice under names.")
        return self


def _of_an_extension(name: str) -> str:
    if name not in reader_files():
        raise reason(f"names {name}, and no extension in force has a reader of this name.")
    return name


_Columns = Annotated[Mapping[str, str], Must("map canonical names to the source's names")]
_Codes = Annotated[
    Mapping[str, Mapping[str, list[str]]], Must("map a column's codes to lists of the source's spellings")
]


class RegisterTable(MappingKeys):
    """Where a register comes from, and how its columns and codes map."""

    path: Annotated[str, Must("be a text in quotes")] = key("", "The file, or several as meldingen/*.csv.")
    url_env: str = key("", "The environment variable that holds the address of a database.")
    query: str = key("", "The SQL query that gives the rows; with url_env.")
    reader: Annotated[Text, AfterValidator(_of_an_extension)] | None = key(
        None, "The reader of an extension that reads the file, such as zom_meterstand, in place of one of ours."
    )
    columns: _Columns = key({}, "Canonical name = name in the source; a column not named maps to itself.")
    codes: _Codes = key({}, "By column: canonical code = the spellings of the source.")
    drop: Annotated[tuple[str, ...], Must("be a list of column names")] = key((), "Columns that are dropped unread.")
    max_quarantine: Number = key(0.05, "Share of rejected rows above which the run stops.", le=1)
    max_age_days: Whole | None = key(None, "Days after which this delivery is stale, instead of [run]'s.")
    manifest: Annotated[Literal["required", "used", "ignored"], Must("be required, used or ignored")] = key(
        "used", "Whether <file>.manifest.json must stand beside the file, is checked when it is there, or is not read."
    )
    when_suspect: Annotated[Literal["off", "last_good"], Must("be off or last_good")] = key(
        "off", "What a doubtful delivery does: its rules are off, or the last good delivery is used."
    )
    last_good_days: Annotated[Whole, Must("be 1 to 7 days: a raw delivery holds what no run needs")] = key(
        7, "Days for which the last good delivery is kept, encrypted, with when_suspect = last_good.", le=7
    )

    @model_validator(mode="before")
    @classmethod
    def _says_what_took_the_place(cls, table: object) -> object:
        if isinstance(table, Mapping) and "max_row_change" in table:
            raise reason(
                "has max_row_change, which is gone: each delivery is held against the last good one of its register, "
                "in more than its rows. Take the key out; docs/deliveries.md tells what took its place."
            )
        return table

    @model_validator(mode="after")
    def _comes_from_one_place(self) -> Self:
        if bool(self.path) == bool(self.url_env) or (self.path and self.query):
            raise reason("needs either path, or url_env with query.")
        if self.url_env and not self.query:
            raise reason("names url_env but no query.")
        if self.url_env and (self.encoding or self.header is not None or self.sheet):
            raise reason("has encoding, header or sheet, which are for files, beside url_env.")
        if self.reader and (self.url_env or self.encoding or self.header is not None or self.sheet):
            raise reason("has url_env, encoding, header or sheet beside reader, which reads the bytes of a file.")
        if self.url_env and not environment.secret(self.url_env):
            raise reason(f"wants the secret {self.url_env}, which nothing gives. {environment.WHERE_SECRETS_STAND}")
        is_server = self.url_env and not (environment.secret(self.url_env) or "").startswith("sqlite")
        if is_server and self.manifest == "required":
            raise reason("wants a manifest of a query on a server, and only a file has one.")
        return self
