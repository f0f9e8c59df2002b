"""Characters that nobody sees, of no width or turning the direction of text. In a name they hide what it says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from screening.base.frames import FieldSpec
from screening.base.notes import note
from screening.sources.raw import RawTable, RefusedRow

EXPECTATION = "no_invisible_characters"
#: Controls but tab and line ends, soft hyphen, direction of Arabic, vowel separator, no width and direction, overrides,
#: joiners, isolates, mark, tags.
_INVISIBLE = (
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\U000e0000-\U000e007f]"
)
_IN_A_NAME = re.compile(_INVISIBLE + r"|[\t\r\n]")
#: First byte of the last characters below U+0300 in UTF-8, and bytes that can be of an invisible one.
_LAST_LEAD_BELOW_300 = 0xCB
_DOUBTFUL_BYTES = (b"\x0b", b"\x0c", b"\x7f", b"\xc2")
_IDENTIFIERS = ("object_id", "kvk_nummer", "vestigingsnummer", "rsin")


def has_invisible(name: str) -> bool:
    """Whether the name of a file holds one, or the end of a line."""
    return _IN_A_NAME.search(name) is not None


def visible_name(name: str) -> str:
    """The name of a column as everybody reads it: one way to write an accent, and nothing that is not seen."""
    return re.sub(_INVISIBLE, "", unicodedata.normalize("NFC", name)).strip()


def is_plain(text: bytes) -> bool:
    """Whether UTF-8 text surely holds no such character and none that NFC writes otherwise, as most blocks do not.

    Told by single bytes, since a pattern on each cell is dear: what begins with C2 can be a soft hyphen or a blank, and
    all below U+0300 is in NFC.
    """
    characters = np.frombuffer(text, np.uint8)
    # 14 to 31; below 9 there is nothing else
    is_control = (characters < 9) | (characters - np.uint8(14) < 18)
    return not (
        characters.max(initial=0) > _LAST_LEAD_BELOW_300
        or any(mark in text for mark in _DOUBTFUL_BYTES)
        or is_control.any()
    )


def without_invisible(raw: RawTable, fields: Mapping[str, FieldSpec], name: str) -> RawTable:
    """The delivery without them, counted in a note by column; in an identifier the row is refused.

    Of two identifiers that look the same one would silently become the other, so that a row of one record would count
    for another; a name or an address only becomes what everybody reads.
    """
    if raw.is_plain:
        return raw
    notes, refused = list(raw.notes), list(raw.refused)
    cleaned = []
    for column in raw.frame.columns:
        texts = raw.frame[column]
        if texts.dtype != pl.String:
            continue
        with_some = texts.str.contains(_INVISIBLE).fill_null(False)
        count = int(with_some.sum())
        if not count:
            continue
        cleaned.append(texts.str.replace_all(_INVISIBLE, ""))
        if _is_identifier(column, fields):
            why = "bevat een onzichtbaar teken, waardoor het op een ander kenmerk kan lijken"
            rows = raw.frame["row_number"].filter(with_some)
            refused.extend(RefusedRow(row, column, EXPECTATION, why) for row in rows)
        else:
            notes.append(note("invisible_characters", file=name, text=count, of=column.removeprefix("source:")))
    return replace(raw, frame=raw.frame.with_columns(cleaned), notes=notes, refused=refused)


def _is_identifier(column: str, fields: Mapping[str, FieldSpec]) -> bool:
    field = fields.get(column)
    return field is not None and (field.unique or field.form in _IDENTIFIERS or column.endswith(("_id", "zaaknummer")))
