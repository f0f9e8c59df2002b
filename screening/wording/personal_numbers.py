"""Numbers of a person in a text: BSN, A-nummer, IBAN, e-mail address, telephone number."""

from __future__ import annotations

import itertools
import re

_NUMBER = re.compile(r"(?<![\w-])([0-9]{9}|[0-9]{4}[. ][0-9]{2}[. ][0-9]{3}|[0-9]{3}[. ][0-9]{3}[. ][0-9]{3})(?![\w-])")
_A_NUMBER = re.compile(r"(?<![\w-])[1-9][0-9]{9}(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
#: A Dutch telephone number, as people write it. A case number with letters before it (Z-0612345678) is none.
_PHONE = re.compile(r"(?<![\w-])(?:(?:\+|00)31[ -]?(?:\(0\)[ -]?)?|0)[1-9](?:[ -]?[0-9]){8}(?![\w-])")
_DIGIT_OR_AT = re.compile("[0-9@]")
_MAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[A-Za-z]{2,}")


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
