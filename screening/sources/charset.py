"""Which of three character sets a delivery is in. A closed list, decided by rules, never by likelihood."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from screening.base.errors import SourceError
from screening.base.frames import Note
from screening.base.notes import note
from screening.sources.large_file import LargeFile

_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
#: What a text begins with in the encodings that mark themselves.
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
#: How much of the start is looked at to see UTF-16 without a mark: the header line of a register is plain ASCII.
_PROBE_BYTES = 4096
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class Charset:
    """The codec that decodes the text after `skip` bytes of mark, and a sentence where it is not UTF-8."""

    name: str
    codec: str
    skip: int
    note: Note | None = None


def decide_charset(data: bytes | LargeFile, name: str, encoding: str | None = None) -> Charset:
    """UTF-8, UTF-16 or Windows-1252, such that decoding loses nothing; or the one that the configuration names.

    Raises SourceError, naming a byte offset, where none of the three fits without guessing, or where the file is not in
    the one that is named.
    """
    if encoding is not None:
        return _configured(data, name, encoding)
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise SourceError(f"{name}: is UTF-32. Deliver it as UTF-8.")
    if data.startswith(codecs.BOM_UTF8):
        return _checked(data, name, Charset("utf-8", "utf-8", 3))
    for mark, codec in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return _checked(data, name, Charset("utf-16", codec, 2, note("read_as", file=name, charset="UTF-16")))
    unmarked = _unmarked_utf16(data)
    if unmarked:
        unmarked_note = note("unmarked_utf16", file=name)
        return _checked(data, name, Charset("utf-16", unmarked, 0, unmarked_note))
    broken = _first_broken_byte(data, "utf-8", 0)
    if broken is not None:
        _refuse_mixture(data, name, broken)
        return _checked(
            data, name, Charset("windows-1252", "cp1252", 0, note("read_as", file=name, charset="Windows-1252"))
        )
    return Charset("utf-8", "utf-8", 0)


def _configured(data: bytes | LargeFile, name: str, encoding: str) -> Charset:
    for mark, marked in _MARKS.items():
        if data.startswith(mark) and marked.startswith(encoding):
            return _checked(data, name, Charset(encoding, marked, len(mark)))
        if data.startswith(mark):
            raise SourceError(
                f"{name}: begins as {marked.upper()}, and the configuration says {encoding}. Correct `encoding`, or "
                "leave it out."
            )
    codec = (_unmarked_utf16(data) or "utf-16-le") if encoding == "utf-16" else encoding
    is_utf8 = encoding == "utf-8"
    return _checked(
        data, name, Charset(encoding, codec, 0, None if is_utf8 else note("read_as", file=name, charset=encoding))
    )


def _checked(data: bytes | LargeFile, name: str, charset: Charset) -> Charset:
    """The charset, if every byte decodes. The codec's own message is not passed on: it quotes the content."""
    offset = _first_broken_byte(data, charset.codec, charset.skip)
    if offset is not None:
        raise SourceError(
            f"{name}, byte {offset}: is not {charset.name}, and reading on would lose characters. "
            "The file is damaged, or in another character set: deliver it as UTF-8, or name the set under `encoding` "
            '(often "cp850" in an old export).'
        )
    return charset


def _first_broken_byte(data: bytes | LargeFile, codec: str, skip: int) -> int | None:
    """Where the bytes do not decode, piece by piece: as one text a large file would take up to four times its size."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    for start in range(skip, len(data), _PIECE_BYTES):
        pending = len(decoder.getstate()[0])  # the beginning of a character whose rest is in this piece
        try:
            decoder.decode(data[start : start + _PIECE_BYTES], final=start + _PIECE_BYTES >= len(data))
        except UnicodeDecodeError as error:
            return start - pending + error.start
    return None


def _unmarked_utf16(data: bytes | LargeFile) -> str | None:
    """The codec, if one half of the bytes at the start is zero as in UTF-16 text of Western letters."""
    probe = data[: _PROBE_BYTES & ~1]
    pairs = len(probe) // 2
    if pairs < 4:
        return None
    even_zeros = probe[0::2].count(0)
    odd_zeros = probe[1::2].count(0)
    if odd_zeros >= pairs * 0.9 and even_zeros == 0:
        return "utf-16-le"
    if even_zeros >= pairs * 0.9 and odd_zeros == 0:
        return "utf-16-be"
    return None


def _refuse_mixture(data: bytes | LargeFile, name: str, offset: int) -> None:
    """Raise SourceError where UTF-8 sequences outnumber the bytes that break UTF-8.

    Such a file is damaged UTF-8. As Windows-1252 it would "succeed" and every accented name would be wrong.
    """
    sequences = broken = 0
    for start in range(0, len(data), _PIECE_BYTES):
        rest, count = _UTF8_SEQUENCE.subn(b"", data[start : start + _PIECE_BYTES])
        sequences, broken = sequences + count, broken + len(_HIGH_BYTE.findall(rest))
    if sequences and sequences >= broken:
        raise SourceError(
            f"{name}, byte {offset}: the file is UTF-8 for the most part and not here. It is damaged, or put together "
            "from files in different character sets: deliver it as UTF-8."
        )
