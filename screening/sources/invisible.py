"""Characters that nobody sees: of no width, or turning the direction of the text. In a name they hide what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from screening.frames import FieldSpec
from screening.notes import note
from screening.sources.raw import RawTable, RefusedRow

EXPECTATION = "no_invisible_characters"
#: Soft hyphen, direction of Arabic, vowel separator, no width and direction, overrides, joiners, isolates, mark, tags.
_INVISIBLE = (
    r"[\u{00AD}\u{061C}\u{180E}\u{200B}-\u{200F}\u{202A}-\u{202E}\u{2060}-\u{2064}\u{2066}-\u{206F}\u{FEFF}"
    r"\u{E0000}-\u{E007F}]"
)
_IDENTIFIERS = ("object_id", "kvk_nummer", "vestigingsnummer", "rsin")


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
