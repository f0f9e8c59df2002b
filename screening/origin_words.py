"""Words of cuisine, origin, language and faith: what no rule may follow, and no list of a municipality may hold."""

from __future__ import annotations

import re
from functools import cache

from screening.word_lists import read_lists


@cache
def words_of_origin() -> tuple[str, ...]:
    """Every word of the list, in its order."""
    return tuple(word for words in read_lists("screening", "origin_words.yaml").values() for word in words)


def word_of_origin(text: str) -> str | None:
    """The first word in a text that tells a cuisine, an origin, a language or a faith; None where there is none."""
    match = _pattern().search(text)
    return match.group() if match else None


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words_of_origin()))})\w*", re.IGNORECASE)
