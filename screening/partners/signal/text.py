"""Text that leaves: no control characters, no live formula in any writer, no personal number."""

from __future__ import annotations

import hashlib
import hmac
import itertools
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
_NUMBER = re.compile(r"(?<![\w-])([0-9]{9}|[0-9]{4}[. ][0-9]{2}[. ][0-9]{3}|[0-9]{3}[. ][0-9]{3}[. ][0-9]{3})(?![\w-])")
_A_NUMBER = re.compile(r"(?<![\w-])[1-9][0-9]{9}(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
#: A Dutch telephone number, as people write it. A case number with letters before it (Z-0612345678) is none.
_PHONE = re.compile(r"(?<![\w-])(?:(?:\+|00)31[ -]?(?:\(0\)[ -]?)?|0)[1-9](?:[ -]?[0-9]){8}(?![\w-])")
_DIGIT_OR_AT = re.compile("[0-9@]")
_MAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[A-Za-z]{2,}")


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


def passes_elfproef(digits: str) -> bool:
    """Whether nine digits can be a BSN (or an RSIN: they share the check)."""
    if len(digits) != 9 or not digits.isascii() or not digits.isdigit() or digits == "000000000":
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11 == 0


def personal_number_in(text: str) -> str | None:
    """Return the kind of personal number in a text ("BSN", "A-nummer", "IBAN", "e-mailadres"); never the number.

    A number inside a case number (Z-909000001) does not count: one in eleven numbers passes the check.
    """
    if _DIGIT_OR_AT.search(text) is None:  # most texts: none of the below stands in them
        return None
    for match in _NUMBER.finditer(text):
        if passes_elfproef(re.sub(r"[. ]", "", match.group())):
            return "BSN"
    if any(_is_a_number(match.group()) for match in _A_NUMBER.finditer(text)):
        return "A-nummer"
    if any(_is_iban(match.group().replace(" ", "")) for match in _IBAN.finditer(text)):
        return "IBAN"
    return "e-mailadres" if _MAIL.search(text) else None


def phone_in(text: str) -> bool:
    """Say whether a text holds a telephone number."""
    return _PHONE.search(text) is not None


def pseudonym(value: str, *, key: bytes, scope: str) -> str:
    """A name for a person or an account that says nothing and is another one in every signal (`scope`).

    Raises ValueError for a key shorter than 32 bytes: a short one can be guessed, and with it every token.
    """
    if len(key) < 32:
        raise ValueError("a key of tokens has at least 32 bytes")
    digest = hmac.new(key, f"barrier-export-token\0{scope}\0{value}".encode(), hashlib.sha256)
    return f"T-{digest.hexdigest()[:16]}"


def _is_a_number(digits: str) -> bool:
    """Logisch Ontwerp GBA: no two neighbours alike, the sum divisible by 11 (or with 5 left), the powers of 2 too."""
    values = [int(digit) for digit in digits]
    if any(left == right for left, right in itertools.pairwise(values)):
        return False
    return sum(values) % 11 in {0, 5} and sum(value << place for place, value in enumerate(values)) % 11 == 0


def _is_iban(text: str) -> bool:
    if not 15 <= len(text) <= 34:
        return False
    moved = text[4:] + text[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1
