"""Files that survive a power cut and read the same each time: fsynced writes, modes, Parquet bytes, hashes."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

import polars as pl

from screening.base.errors import StoreError
from screening.base.frames import Schema

DIRECTORY_MODE = 0o700
FILE_MODE = 0o600

#: Fixed, because the bytes of a file follow from them: changing one changes the digest of every later run.
ROW_GROUP_ROWS = 100_000
#: Of a file of which a reader wants a few rows that lie together.
SMALL_GROUP_ROWS = 8192
COMPRESSION_LEVEL = 1


def make_directory(path: Path) -> None:
    """A directory that only its owner can enter, whatever the umask; one that is there already is tightened."""
    path.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
    if path.stat().st_mode & 0o777 != DIRECTORY_MODE:
        path.chmod(DIRECTORY_MODE)


def write_file(path: Path, content: bytes) -> None:
    """A new file, 0600, on the disk when this returns (its name is not: `sync_directory`). OSError if it exists."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), FILE_MODE)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_directory(path: Path) -> None:
    """Names made or changed in this directory are on the disk when this returns."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """A file or a whole directory, gone; one that is not there is fine."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def sha256_of(content: bytes) -> str:
    """Hexadecimal sha256."""
    return hashlib.sha256(content).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Hexadecimal sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sort_rows(frame: pl.DataFrame, order: Sequence[str]) -> pl.DataFrame:
    """The rows by these columns and then by all others, so that equal content has one order whatever it came in."""
    if is_ascending(frame, order):
        return frame
    # where no two rows are alike in these columns the others decide nothing, and sorting by them takes twice the memory
    by_order = frame.sort(order, nulls_last=True) if order else frame
    if is_ascending(by_order, order):
        return by_order
    rest = [name for name in frame.columns if name not in order]
    return frame.sort([*order, *rest], nulls_last=True)


def is_ascending(frame: pl.DataFrame, order: Sequence[str]) -> bool:
    """Whether each row comes after the one before it by these columns; False also where only a list tells them apart.

    What is not there comes after all values.
    """
    comparable = list(takewhile(lambda name: not frame.schema[name].is_nested(), order))
    if frame.height < 2 or not comparable:
        return frame.height < 2
    is_after = pl.lit(False)
    for name in reversed(comparable):
        now, before = pl.col(name), pl.col(name).shift()
        is_greater = (now > before).fill_null(False) | (now.is_null() & before.is_not_null())
        is_after = is_greater | (now.eq_missing(before) & is_after)
    return bool(frame.select(is_after.slice(1).all()).item())


def fitted(frame: pl.DataFrame | pl.LazyFrame | None, schema: Schema) -> pl.LazyFrame:
    """The columns of a schema, in its order and types, once it is collected; without rows where there is no frame."""
    if frame is None:
        return pl.LazyFrame(schema=schema)
    lazy = frame.lazy()
    names = lazy.collect_schema().names()
    return lazy.select(
        (pl.col(name) if name in names else pl.lit(None)).cast(dtype).alias(name) for name, dtype in schema.items()
    )


def collected(frame: pl.LazyFrame, name: str) -> pl.DataFrame:
    """The frame that was `fitted`.

    Raises:
        StoreError: a column has another type. The message names the file and no value, which that of polars would.
    """
    try:
        return frame.collect()
    except pl.exceptions.PolarsError as error:
        kind = type(error).__name__
    raise StoreError(f"{name}: the frame does not fit the schema of this file ({kind}). See screening/base/frames.py.")


def run_frame(frame: pl.DataFrame | pl.LazyFrame, schema: Schema, order: tuple[str, ...], name: str) -> pl.DataFrame:
    """Give a frame the schema and row order of a run file. StoreError: a column has another type."""
    return _in_one_piece(sort_rows(collected(fitted(frame, schema), name), order))


def _in_one_piece(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows, each column in one piece. A column at a time, so that no two copies of all are in memory."""
    pieces = frame.clone()  # shares the columns, and gives them up below
    del frame
    return pl.DataFrame([pieces.drop_in_place(name).rechunk() for name in pieces.columns])


def parquet_bytes(frame: pl.DataFrame, row_group_rows: int = ROW_GROUP_ROWS) -> bytes:
    """The frame as Parquet: the same rows give the same bytes, on any number of threads."""
    buffer = io.BytesIO()
    frame.rechunk().write_parquet(
        buffer, compression="zstd", compression_level=COMPRESSION_LEVEL, statistics=True, row_group_size=row_group_rows
    )
    return buffer.getvalue()
