"""Looking for planted values in files, also where they are packed or written in another alphabet."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import polars as pl


def texts_of(path: Path) -> Iterator[tuple[str, str]]:
    """How the file can be read -> its text: as it is, UTF-16, base64, zlib, and each column of a Parquet file."""
    raw = path.read_bytes()
    yield "raw", raw.decode("latin-1")
    yield "utf-16", raw.replace(b"\x00", b"").decode("latin-1")
    for run in re.findall(rb"[A-Za-z0-9+/]{24,}", raw):
        whole = run[: len(run) // 4 * 4]  # the tail of a run that is no base64 at all does not matter
        yield "base64", base64.b64decode(whole).decode("latin-1")
    for place in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", raw):
        try:
            yield "zlib", zlib.decompressobj().decompress(raw[place.start() :], 5_000_000).decode("latin-1")
        except zlib.error:
            continue
    if raw[:4] == b"PAR1":
        frame = pl.read_parquet(path)
        for name in frame.columns:
            values = frame[name]
            while isinstance(values.dtype, pl.List):
                values = values.explode()
            yield name, "\n".join(values.cast(pl.String).drop_nulls().unique().to_list())
