"""Parquet, and the typed results of a query: any type of column as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from screening.base.errors import SourceError
from screening.sources.dates import ZONE
from screening.sources.large_file import LargeFile, opened
from screening.sources.raw import Choose, RawTable, text_frame

#: How a Parquet file begins.
PARQUET = b"PAR1"
MAX_ROWS = 20_000_000
#: Rows that are unpacked at a time; bounds the memory, not the size of a delivery.
BATCH_ROWS = 50_000


def read_parquet(data: bytes | LargeFile, name: str, choose: Choose) -> Iterator[RawTable]:
    """One row a row of the file, in batches. Columns that are not chosen are not unpacked.

    Raises SourceError for a damaged file (page checksums are verified where the writer left them) and for a column
    whose type is no text, such as bytes or a record.
    """
    try:
        # An INT96, as Spark and Impala write it, would overflow as nanoseconds: 31-12-9999 would be a day of 1816.
        file = pq.ParquetFile(opened(data), page_checksum_verification=True, coerce_int96_timestamp_unit="us")
        header = list(file.schema_arrow.names)
        rows = file.metadata.num_rows
    except (pa.ArrowException, OSError, ValueError):
        raise SourceError(f"{name}: is damaged, or no Parquet file. Deliver it again.") from None
    if rows > MAX_ROWS:
        raise SourceError(f"{name}: input too large ({rows} rows, at most {MAX_ROWS}).")
    chosen = choose(header)
    columns = sorted({header[place] for place in chosen.values()})
    named = {column: header[place] for column, place in chosen.items()}
    if not columns:
        yield RawTable(text_frame({}, range(1, rows + 1)), rows_read=rows)
        return
    batches = file.iter_batches(batch_size=BATCH_ROWS, columns=columns)
    count = 0
    while True:
        try:
            batch = next(batches, None)
            table = None if batch is None else pl.DataFrame(pl.from_arrow(pa.Table.from_batches([batch])))
        except (pa.ArrowException, OSError, ValueError, pl.exceptions.PolarsError):
            raise SourceError(f"{name}: is damaged: its columns cannot be unpacked. Deliver it again.") from None
        if table is None:
            break
        yield as_text(table, named, name, after=count)
        count += table.height
    if count != rows:
        raise SourceError(f"{name}: is damaged: it holds another number of rows than it says. Deliver it again.")
    if not count:
        none = pl.DataFrame(pl.from_arrow(file.schema_arrow.empty_table().select(columns)))
        yield as_text(none, named, name)


def as_text(table: pl.DataFrame, chosen: dict[str, str], name: str, *, after: int = 0) -> RawTable:
    """The chosen columns (canonical -> column of `table`) as text, and which of them are numbers.

    `after`: how many rows of the delivery stand before these.
    """
    numeric = {}
    columns = [pl.int_range(after + 1, after + table.height + 1, eager=True).alias("row_number")]
    for canonical, theirs in chosen.items():
        column = table[theirs]
        columns.append(_series_as_text(column, f"{name}, column {theirs[:40]}").alias(canonical))
        if column.dtype.is_numeric():
            numeric[canonical] = pl.repeat(True, table.height, eager=True, dtype=pl.Boolean)
    return RawTable(frame=pl.DataFrame(columns), rows_read=table.height, numeric=numeric)


def _series_as_text(column: pl.Series, place: str) -> pl.Series:
    """Text of a typed column. Whole numbers have no `.0`, times with a zone are in Amsterdam; lists have |."""
    dtype = column.dtype
    if dtype == pl.String:
        return column
    if dtype.is_float():
        text = column.cast(pl.String).str.replace(r"\.0$", "")
        whole = column.cast(pl.Int64, strict=False)  # 1e15 and up would be written with an exponent
        exact = (whole.cast(pl.Float64) == column.cast(pl.Float64)) & (column.abs() < 2**53)
        return pl.select(pl.when(pl.lit(exact)).then(pl.lit(whole).cast(pl.String)).otherwise(pl.lit(text))).to_series()
    if isinstance(dtype, pl.Decimal):
        return column.cast(pl.String).str.replace(r"^(-?[0-9]+)\.0+$", "${1}")
    if isinstance(dtype, pl.Datetime):
        return _moments_as_text(column) if dtype.time_zone else column.dt.to_string("%Y-%m-%dT%H:%M:%S")
    if isinstance(dtype, pl.List) and dtype.inner == pl.String:
        return column.list.join("|")
    if dtype == pl.Null or dtype.is_integer() or dtype in (pl.Boolean, pl.Date, pl.Time, pl.Categorical, pl.Enum):
        return column.cast(pl.String)
    raise SourceError(f"{place}: is of a type that cannot be read as text ({dtype}). Deliver it as text.")


def _moments_as_text(column: pl.Series) -> pl.Series:
    """Amsterdam time of a column with a zone; the first moment of a day in UTC stays that, with its zone.

    Many writers make it of a date; who reads dates knows it by its text.
    """
    utc, local = column.dt.convert_time_zone("UTC"), column.dt.convert_time_zone(ZONE)
    is_day = (utc.dt.time() == dt.time()).fill_null(False)
    return utc.dt.to_string("%Y-%m-%dT%H:%M:%SZ").zip_with(is_day, local.dt.to_string("%Y-%m-%dT%H:%M:%S"))


def has_page_checksums(data: bytes | LargeFile) -> bool:
    """Whether the first page of every column has its CRC; without them damage inside a page cannot be seen."""
    try:
        metadata = pq.ParquetFile(opened(data)).metadata
    except (pa.ArrowException, OSError, ValueError):
        return False
    if not metadata.num_row_groups:
        return True
    group = metadata.row_group(0)
    chunks = [group.column(place) for place in range(group.num_columns)]
    offsets = [chunk.dictionary_page_offset or chunk.data_page_offset for chunk in chunks]
    return all(_has_crc(data[offset : offset + 32]) for offset in offsets)


def _has_crc(page_header: bytes) -> bool:
    """Whether the header of a page has its fourth field: type, two sizes, CRC, each a number of the compact protocol.

    https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift (PageHeader): a field begins
    with a byte that holds the step from the field before and the type, 5 for an i32,
    whose bytes but the last are >= 128.
    """
    place, field = 0, 0
    while place < len(page_header) and page_header[place] & 0x0F == 5:
        field += page_header[place] >> 4
        if field == 4:
            return True
        place += 1
        while place < len(page_header) and page_header[place] >= 128:
            place += 1
        place += 1
    return False
