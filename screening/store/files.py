"""Files that survive a power cut and read the same each time: fsynced writes, modes, Parquet bytes, hashes."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from pathlib import Path

import polars as pl

from screening.errors import StoreError
from screening.frames import conform

DIRECTORY_MODE = 0o700
FILE_MODE = 0o600

#: Fixed, because the bytes of a file follow from them: changing one changes the digest of every later run.
ROW_GROUP_ROWS = 100_000
COMPRESSION_LEVEL = 3


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


def sort_rows(frame: pl.DataFrame, order: tuple[str, ...]) -> pl.DataFrame:
    """The rows by these columns and then by all others, so that equal content has one order whatever it came in."""
    rest = [name for name in frame.columns if name not in order]
    return frame.sort([*order, *rest], nulls_last=True)


def run_frame(
    frame: pl.DataFrame | pl.LazyFrame, schema: dict[str, pl.DataType], order: tuple[str, ...], name: str
) -> pl.DataFrame:
    """Give a frame the schema and row order of a run file.

    Raises:
        StoreError: a column has another type. The message names the file and no value, which that of polars would.
    """
    try:
        return sort_rows(conform(frame.lazy().collect(), schema), order).rechunk()
    except pl.exceptions.PolarsError as error:
        kind = type(error).__name__
    raise StoreError(f"{name}: the frame does not fit the schema of this file ({kind}). See screening/frames.py.")


def parquet_bytes(frame: pl.DataFrame) -> bytes:
    """The frame as Parquet: the same rows give the same bytes, on any number of threads."""
    buffer = io.BytesIO()
    frame.rechunk().write_parquet(
        buffer, compression="zstd", compression_level=COMPRESSION_LEVEL, statistics=True, row_group_size=ROW_GROUP_ROWS
    )
    return buffer.getvalue()
