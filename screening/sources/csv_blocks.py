"""The text of a CSV file in blocks of whole records, which Polars splits at once where every record is well formed.

What is not well formed beyond doubt is left to who reads record by record (`csv_text`): both give the same rows.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from screening.sources.charset import Charset
from screening.sources.large_file import LargeFile, opened

#: About so much text is split at once; bounds the memory, not the size of a delivery.
BLOCK_BYTES = 8 << 20
#: Longest cell. A quote that is never closed runs into it long before the file ends.
MAX_CELL_CHARACTERS = 1_000_000
_LINE_END = re.compile(rb"\r\n|\r|\n")
#: Bytes that a well-formed block does not hold: what DOS ends a text with, and NUL.
_MARKS_OF_DOUBT = (b"\x00", b"\x1a")
_QUOTE, _LINE_FEED = ord('"'), ord("\n")

Places = npt.NDArray[np.intp]


class Feed:
    """The text of a delivery as UTF-8, behind its mark: in blocks of whole lines, or line by line.

    `place`: how many bytes were handed out.
    """

    def __init__(self, data: bytes | LargeFile, charset: Charset) -> None:
        self._pieces = _utf8_pieces(data, charset)
        self._held = b""
        self.place = 0

    def block(self, size: int) -> bytes:
        """About so many bytes that end with a line, or what is left; empty at the end."""
        while len(self._held) < size and self._fill():
            pass
        cut = self._held.rfind(b"\n", 0, size) + 1
        if not cut:  # lines end with a CR, of which the last here may be half of a line end
            cut = self._held.rfind(b"\r", 0, size - 1) + 1
        return self._take(cut or len(self._line()))  # this one is longer

    def line(self) -> bytes:
        """The next line with its end; empty at the end."""
        return self._take(len(self._line()))

    def put_back(self, text: bytes) -> None:
        """Hand this out again, before what follows it."""
        self._held = text + self._held
        self.place -= len(text)

    def _take(self, count: int) -> bytes:
        taken, self._held = self._held[:count], self._held[count:]
        self.place += count
        return taken

    def _line(self) -> bytes:
        while True:
            end = _LINE_END.search(self._held)
            # a CR that ends what is held may be half of a line end
            if end is not None and end.end() < len(self._held):
                return self._held[: end.end()]
            if not self._fill():
                return self._held[: end.end()] if end is not None else self._held

    def _fill(self) -> bool:
        piece = next(self._pieces, b"")
        self._held += piece
        return bool(piece)


def _utf8_pieces(data: bytes | LargeFile, charset: Charset) -> Iterator[bytes]:
    stream = opened(data)
    stream.seek(charset.skip)
    if charset.codec == "utf-8":
        while piece := stream.read(BLOCK_BYTES):
            yield piece
        return
    # newline="": CR, LF and CRLF all end a line and are handed on as they are, so that a quoted one stays
    text = io.TextIOWrapper(stream, encoding=charset.codec, errors="strict", newline="")
    while part := text.read(BLOCK_BYTES):
        yield part.encode()


class BlockSplitter:
    """Splits blocks of one file: `width` fields a record, of which the columns at `places` are wanted."""

    def __init__(self, separator: str, width: int, places: list[int], *, has_plain_quotes: bool) -> None:
        self._separator, self._width, self._has_plain_quotes = separator, width, has_plain_quotes
        self._wanted = sorted(set(places))
        # a field as RFC 4180 has it: quoted with doubled marks inside, or free of marks
        cell = rf'(?:"(?:[^"]|"")*"|[^"{re.escape(separator)}\r\n]*)'
        self.well_formed = rf"^{cell}(?:{re.escape(separator)}{cell})*[\r\n]*"

    def split(self, block: bytes) -> tuple[pl.DataFrame, int] | None:
        """The wanted fields of its records (columns named by place, String), and how many bytes these are.

        None where a record is not well formed, or where this cannot be told: nothing is known of any then.
        """
        has_quotes = b'"' in block
        is_doubtful = (
            self._width == 1  # a blank line is a record there, and none elsewhere
            or (has_quotes and self._has_plain_quotes)
            or any(mark in block for mark in _MARKS_OF_DOUBT)
            or (b"\r" in block and block.count(b"\r") != block.count(b"\r\n"))
            or block.startswith(codecs.BOM_UTF8)
        )
        if is_doubtful:
            return None
        if not block.endswith(b"\n"):
            block += b"\n"
        ends = self._record_ends(block, has_quotes=has_quotes)
        if ends is None:
            return None
        length = int(ends[-1]) + 1
        frame = self._fields(block[:length], has_quotes=has_quotes)
        return None if frame is None or frame.height != ends.size else (frame, length)

    def _record_ends(self, block: bytes, *, has_quotes: bool) -> Places | None:
        """Where the records of a block end, of its last whole one too; None where one is not well formed."""
        characters = np.frombuffer(block, np.uint8)
        ends = np.flatnonzero(characters == _LINE_FEED)
        separators = np.flatnonzero(characters == ord(self._separator))
        if has_quotes:
            quotes = np.flatnonzero(characters == _QUOTE)
            # behind an odd number of marks a field is open
            ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
            separators = separators[np.searchsorted(quotes, separators) % 2 == 0]
        if not ends.size or int(np.diff(ends, prepend=-1).max()) > MAX_CELL_CHARACTERS:
            return None
        fields = np.diff(np.searchsorted(separators, ends), prepend=0) + 1
        if (fields != self._width).any():
            return None
        if has_quotes and not self._are_well_formed(block, ends, quotes):
            return None
        return ends

    def _are_well_formed(self, block: bytes, ends: Places, quotes: Places) -> bool:
        """Whether each record that holds a quotation mark has all of them where they belong."""
        offsets = np.concatenate([[0], ends + 1]).astype(np.int64)
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(block)]
        records = pl.Series(pa.LargeStringArray.from_buffers(ends.size, buffers[1], buffers[2]))
        quoted = records.filter(pl.Series(np.diff(np.searchsorted(quotes, ends), prepend=0) > 0))
        return quoted.str.contains(self.well_formed + "$").all()

    def _fields(self, block: bytes, *, has_quotes: bool) -> pl.DataFrame | None:
        if not self._wanted:
            return None
        try:
            return pl.read_csv(
                block,
                has_header=False,
                schema={str(place): pl.String for place in range(self._width)},
                columns=self._wanted,
                separator=self._separator,
                quote_char='"' if has_quotes else None,
                empty_string_is_null=False,
            )
        except pl.exceptions.PolarsError:  # its text quotes the file
            return None
