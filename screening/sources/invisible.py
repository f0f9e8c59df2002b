"""Characters that nobody sees, of no width or turning the direction of text. In a name they hide what it says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from screening.frames import FieldSpec
from screening.notes import note
from screening.sources.raw import RawTable, RefusedRow

EXPECTATION = "no_invisible_characters"
#: Controls but tab and line ends, soft hyphen, direction of Arabic, vowel separator, no width and direction, overrides,
#: joiners, isolates, mark, tags.
_INVISIBLE = (
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\U000e0000-\U000e007f]"
)
_IN_A_NAME = re.compile(_INVISIBLE + r"|[\t\r\n]")
_IDENTIFIERS = ("object_id", "kvk_nummer", "vestigingsnummer", "rsin")


def has_invisible(name: str) -> bool:
    """Whether the name of a file holds one, or the end of a line."""
    return _IN_A_NAME.search(name) is not None


def visible_name(name: str) -> str:
    """The name of a column as everybody reads it: one way to write an accent, and nothing that is not seen."""
    return re.sub(_INVISIBLE, "", unicodedata.normalize("NFC", name)).strip()


def without_invisible(raw: RawTable, fields: Mapping[str, FieldSpec], name: str) -> RawTable:
    """The delivery without them, counted in a note by column; in an identifier the row is refused.

    Of two identifiers that look the same one would silently become the other, so that a row of one record would count
    for another; a name or an address only becomes what everybody reads.
    """
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
