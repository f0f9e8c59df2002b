"""Text that leaves: no control characters, no live formula in any writer; and pseudonyms."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

#: Characters at which a spreadsheet starts to calculate, the full-width forms some programs take for them included.
FORMULA_STARTS = frozenset("=+-@\t\r\n\0|%＝＋－＠")
#: Control characters, and the invisible ones that turn or hide what a reader sees.
_UNSEEN = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
#: One line, and text of several lines, as JSON Schema and Python both read it.
LINE_PATTERN = rf"^[^{_UNSEEN}\u0009\u000a]*$"
TEXT_PATTERN = rf"^[^{_UNSEEN}\u0009]*$"
_NOT_SHOWN = re.compile(rf"[{_UNSEEN}\ud800-\udfff]")


def visible_text(text: str, *, lines: bool = False) -> str:
    """`text` in composed form (NFC), without unseen characters; on one line unless `lines`."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    if not lines:
        text = text.replace("\n", " ")
    return _NOT_SHOWN.sub("", text).strip()


def defused(text: str) -> str:
    """Return `text` for a cell, with an apostrophe in front where a spreadsheet would calculate.

    Leading blanks do not help: some programs trim a cell first.
    """
    bare = text.lstrip(" \u00a0\u3000'")
    return f"'{text}" if text[:1] in FORMULA_STARTS or bare[:1] in FORMULA_STARTS else text


def plain_number(value: float) -> str:
    """A number as it is, without an empty fraction: 182235.6, 449644."""
    return repr(value).removesuffix(".0")


def pseudonym(value: str, *, key: bytes, scope: str) -> str:
    """A name for a person or an account that says nothing and is another one in every signal (`scope`).

    Raises ValueError for a key shorter than 32 bytes: a short one can be guessed, and with it every token.
    """
    if len(key) < 32:
        raise ValueError("a key of tokens has at least 32 bytes")
    digest = hmac.new(key, f"barrier-export-token\0{scope}\0{value}".encode(), hashlib.sha256)
    return f"T-{digest.hexdigest()[:16]}"
