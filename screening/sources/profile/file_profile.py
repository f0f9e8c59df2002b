"""A foreign file measured as a whole, in the child that reads such files: without a value of anybody."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from screening.base.frames import SourceSpec
from screening.sources.delivery import read_delivery
from screening.sources.firewall import forbidden_category
from screening.sources.invisible import without_invisible
from screening.sources.large_file import LargeFile
from screening.sources.profile.columns import ColumnProfile, measure_column
from screening.sources.profile.layout import see_layout
from screening.sources.profile.words import is_known_name
from screening.sources.raw import Layout, RawTable
from screening.sources.readers import read_file
from screening.sources.values import tidy_cells

#: Rows that are measured; those beyond are counted.
MOST_ROWS = 500_000
#: What may never be read in some registers only: which one a file is, is not known before it is read.
_REGISTERS = (None, "meldingen", "seksinrichtingen")
_MOST_CHARACTERS = 40
_MOST_DIGITS_OF_A_NAME = 4
#: What no column is called: somebody with initials, a postcode, a street with its number, a number plate.
_LIKE_A_VALUE = re.compile(
    r"\b[A-Z]\. ?(?:[A-Z]\. ?)*(?:[a-z]+ ){0,3}[A-Z][a-z]{2}|\b[1-9][0-9]{3} ?[A-Z]{2}\b"
    r"|(?:straat|weg|laan|plein|kade|gracht|singel|dreef|hof|pad|steeg) [0-9]"
    r"|^[A-Z0-9]{1,3}-[A-Z0-9]{1,3}-[A-Z0-9]{1,3}$"
)


@dataclass(frozen=True)
class FileProfile:
    """A file: how it is written, and its columns.

    `layout`: what a configuration has to say to have it read so. `charset`, `separator`: as it was read. `header`: the
    row of the header, 0 for none, None where its kind needs none. `are_names_known`: whether the names in its header
    may be shown. `refused`: rows that could not be read. `measured`: the rows that the columns say something of.
    `as_of`: the date for which the content holds, where it says so itself.
    """

    name: str
    kind: str
    bytes: int
    layout: Layout
    charset: str | None
    separator: str | None
    header: int | None
    sheets: int
    are_names_known: bool
    rows: int
    refused: int
    measured: int
    as_of: str | None
    columns: tuple[ColumnProfile, ...] = field(default=())

    def document(self) -> dict[str, object]:
        """In plain values."""
        return asdict(self)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> FileProfile:
        """The inverse of `document`."""
        layout = document["layout"]
        columns = [column | {"unsure_forms": tuple(column["unsure_forms"])} for column in document["columns"]]
        return cls(
            **(
                dict(document)
                | {"layout": Layout(**(layout | {"names": tuple(layout["names"])}))}
                | {"columns": tuple(ColumnProfile(**column) for column in columns)}
            )
        )


@dataclass
class _EveryColumn:
    """Chooses every column that may be read, under a name of its place, and remembers the header."""

    header: list[str] = field(default_factory=list)

    def __call__(self, header: Sequence[str]) -> dict[str, int]:
        self.header = [cell.strip() for cell in header]
        places = [place for place, name in enumerate(self.header) if not never_read(name)]
        return {_key(place): place for place in places}


def _key(place: int) -> str:
    return f"column_{place}"


def never_read(name: str) -> str:
    """Why a column of this name may never be read in some register; "" where it may."""
    return next((why for dataset in _REGISTERS if (why := forbidden_category(name, dataset))), "")


def profile_file(path: Path) -> FileProfile:
    """Measure a file. What may never be read by its name stays unread.

    Raises:
        SourceMissingError, SourceError: it is not there, damaged, or of a kind that no reader takes.
    """
    content = read_delivery(path)
    written = see_layout(content)
    layout = written.layout
    spec = SourceSpec(
        "", str(path), encoding=layout.encoding, header=layout.header, names=layout.names, sheet=layout.sheet
    )
    choose = _EveryColumn()
    rows = refused = 0
    last: RawTable | None = None
    frames: list[pl.DataFrame] = []
    for batch in read_file(content, spec, {}, choose):
        if rows < MOST_ROWS:
            frames.append(tidy_cells(without_invisible(batch, {}, content.name).frame))
        rows += batch.rows_read
        refused += len({row.row_number for row in batch.refused})
        last = replace(batch, frame=batch.frame.clear())
    if isinstance(content.data, LargeFile):
        content.data.verify()
    frame = pl.concat(frames) if frames else pl.DataFrame()
    are_names_known = written.are_names_known and _are_names(choose.header)
    return FileProfile(
        name=content.name,
        kind=written.kind,
        bytes=len(content.data),
        layout=layout,
        charset=last.encoding if last else None,
        separator=last.separator if last else None,
        header=written.header,
        sheets=written.sheets,
        are_names_known=are_names_known,
        rows=rows,
        refused=refused,
        measured=frame.height,
        as_of=last.as_of if last else None,
        columns=tuple(_columns(frame, choose.header, are_names_known=are_names_known)),
    )


def _are_names(header: Sequence[str]) -> bool:
    return any(map(is_known_name, header))


def _columns(frame: pl.DataFrame, header: Sequence[str], *, are_names_known: bool) -> list[ColumnProfile]:
    columns = []
    for place, name in enumerate(header):
        is_shown = are_names_known and _may_be_shown(name)
        key = _key(place)
        if key in frame.columns:
            columns.append(measure_column(frame[key], place=place, name=name, is_name_shown=is_shown))
        else:
            columns.append(ColumnProfile(place, name if is_shown else "", category=never_read(name), rows=frame.height))
    return columns


def _may_be_shown(name: str) -> bool:
    """Not what is too long for a name, nor a number, an address or somebody: values that stand where names should."""
    digits = sum(letter.isdigit() for letter in name)
    is_plain = name.isprintable() and "@" not in name and not _LIKE_A_VALUE.search(name)
    return 0 < len(name) <= 2 * _MOST_CHARACTERS and digits <= _MOST_DIGITS_OF_A_NAME and is_plain
