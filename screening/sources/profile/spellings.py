"""Which values of a column may be shown: spellings of codes that cannot be about anybody.

The name of the column, or what is in it, says that it holds codes; it has at most fifty different values; the spelling
occurs ten times and has the shape of a code. Spellings that are known of a code of ours may be shown however seldom.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

import polars as pl

from screening.sources.profile.words import (
    fold_code,
    is_called_as_a_code_of_ours,
    is_like_known_spelling,
    is_of_codes,
    known_spellings,
)

MOST_VALUES = 50
LEAST_ROWS = 10
#: The share of the rows with known spellings at which a column holds codes, whatever it is called.
_OF_CODES = 0.5
_CODE = re.compile(r"[^\W_][\w /.,()&+:'’-]{0,59}")
#: The share of the rows with known spellings, or nearly, beside which other words are codes too: one of fifty names
#: is always like some code, as Klaas is like klaar.
_LIKE_CODES = 0.2
_MOST_DIGITS = 5
_SHORT = 4
#: Initials, or a word between two others that only names of people have.
_LIKE_A_PERSON = re.compile(
    r"\b[A-Z]\.|, ?[A-Z]|\b(?:van|de|der|den|ter|ten|el|al|bin|dos|di)\b [A-Z]|\b[A-Z][a-z]+ [A-Z][a-z]+"
)


def known_codes_of(counts: pl.DataFrame) -> dict[str, int]:
    """Spelling -> rows, of those that are known of some code; of a list each part counts."""
    known_codes: dict[str, int] = {}
    for text, rows in counts.sort("rows", "text", descending=[True, False]).iter_rows():
        for part in text.split("|"):
            if fold_code(part) in known_spellings():
                known_codes[part] = known_codes.get(part, 0) + rows
    return known_codes


def shown_spellings(
    counts: pl.DataFrame, shares: Mapping[str, float], name: str, filled: int, known_codes: Mapping[str, int]
) -> dict[str, int]:
    """The values that may be shown, the commonest first."""
    holds_codes = is_of_codes(name) or sum(known_codes.values()) >= _OF_CODES * max(filled, 1)
    is_of_another_kind = any(shares.get(kind, 0.0) >= 0.5 for kind in ("date", "moment", "number", "postcode", "long"))
    if counts.height > MOST_VALUES or not holds_codes or is_of_another_kind:
        return {}
    often = {text: rows for text, rows in counts.iter_rows() if rows >= LEAST_ROWS and _has_shape_of_code(text)}
    # a column whose header stands over another one's content: little in it is like a code, and words may be names
    like_codes = sum(known_codes.values()) + sum(
        rows for text, rows in often.items() if text not in known_codes and is_like_known_spelling(text)
    )
    is_ours = is_called_as_a_code_of_ours(name)
    if like_codes >= _LIKE_CODES * filled:
        return often
    return {text: rows for text, rows in often.items() if text in known_codes or _is_no_name(text, is_ours=is_ours)}


def _is_no_name(text: str, *, is_ours: bool) -> bool:
    """Initials and nicknames are as short as an abbreviation, shown where a column is called as one of ours."""
    is_short = len(text) == 1 or (is_ours and len(text) <= _SHORT and text.isupper())
    return is_short or "_" in text or any(letter.isdigit() for letter in text)


def _has_shape_of_code(text: str) -> bool:
    if not _CODE.fullmatch(text) or sum(letter.isdigit() for letter in text) > _MOST_DIGITS:
        return False
    plain_text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return fold_code(text) in known_spellings() or not _LIKE_A_PERSON.search(plain_text)
