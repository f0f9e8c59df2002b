"""What a reader of one medium hands over: wanted columns as untouched text, and the rows it had to refuse."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from screening.base.frames import Note, SourceSpec

#: Given a header, which source column (position) feeds which canonical column. Raises on a header that may not be read.
Choose = Callable[[Sequence[str]], dict[str, int]]


@dataclass(frozen=True)
class Layout:
    """What a configuration says of how a file is written; None and () where it is recognised.

    `header`: the row of the header, 1 = first; 0: there is none, and `names` stands for it.
    """

    encoding: str | None = None
    header: int | None = None
    names: tuple[str, ...] = ()
    sheet: str | None = None

    @classmethod
    def of(cls, spec: SourceSpec) -> Layout:
        """What the configuration of a source says."""
        return cls(spec.encoding, spec.header, spec.names, spec.sheet)


#: Nothing is said: everything is recognised.
RECOGNISED = Layout()


@dataclass(frozen=True)
class Target:
    """What a delivery is to become, whatever its medium.

    `name`: what errors call it. `dataset`: its data set, for a medium that holds several. `columns`: the canonical
    columns and those that are mapped; `dates`: those that hold dates. `expected`: the names that its header should
    have. `choose`: which of its columns are read. `layout`: how the configuration says that it is written.
    """

    name: str
    dataset: str
    columns: Collection[str]
    dates: Collection[str]
    expected: Collection[str]
    choose: Choose
    layout: Layout = RECOGNISED


@dataclass(frozen=True)
class RefusedRow:
    """A row that is refused before any contract: why (in Dutch, as in quarantine), and never what it holds."""

    row_number: int
    column: str | None
    expectation: str
    reason_nl: str


@dataclass
class RawTable:
    """One delivery as its medium gives it.

    `frame`: one row a record; `row_number` (Int64, 1 = first row under the header) and the canonical columns that were
    chosen, String, as delivered. `numeric`: the columns whose cells the medium holds as numbers, so that a leading zero
    can have been lost, with a mask over the rows. `rows_read` counts the refused rows too. `as_of`: the date for which
    the content holds (YYYY-MM-DD), where it says so itself. `is_list_of_open`: it lists whatever was open that day, so
    that what a later list lacks was closed. `is_plain`: its text is known to hold no character that nobody sees, and
    none that NFC writes otherwise (`invisible.is_plain`).
    """

    frame: pl.DataFrame
    rows_read: int
    refused: list[RefusedRow] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    numeric: dict[str, pl.Series] = field(default_factory=dict)
    encoding: str | None = None
    separator: str | None = None
    as_of: str | None = None
    is_list_of_open: bool = False
    is_plain: bool = False


def text_frame(columns: Mapping[str, Sequence[str | None]], row_numbers: Sequence[int]) -> pl.DataFrame:
    """`row_number` and text columns, also where there is no row."""
    return pl.DataFrame(
        [pl.Series("row_number", row_numbers, dtype=pl.Int64)]
        + [pl.Series(name, values, dtype=pl.String) for name, values in columns.items()]
    )
