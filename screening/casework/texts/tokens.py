"""The words of a short text as they are compared: plain, without articles, each with its place."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

#: How a number and the end of a sentence stand among the words.
NUMBER, STOP = "9", "."
#: Left out of texts and phrases: with or without one, the meaning is the same.
ARTICLES = frozenset(["de", "het", "een", "t", "n", "the", "a", "an"])
#: How people write and say these in a hurry or in the south.
_SPOKEN = {
    "nie": "niet",
    "ni": "niet",
    "nit": "niet",
    "gin": "geen",
    "gien": "geen",
    "da": "dat",
    "wa": "wat",
    "dees": "deze",
    "diene": "die",
    "den": "de",
    "nen": "een",
    "ne": "een",
    "zn": "zijn",
    "ie": "hij",
    "vd": "van",
    "ff": "even",
    "effe": "even",
}
#: How a noun ends that has an "e" as an adjective has: "plantage", "fabrieksruimte".
_NOUN_ENDINGS = ("age", "ie", "ine", "ette", "mte", "kte", "gte", "ade", "ure")
_TOKEN = re.compile(
    r"(?P<word>[^\W\d_]+(?:['’`][^\W\d_]+)*)|(?P<number>\d+(?:[.,:]\d+)*)|(?P<stop>[.!?;…]+)|(?P<pause>[,:()–—])"
)


class Token(NamedTuple):
    """A word, number or end of a sentence: as it is compared, and its place in the text."""

    word: str
    start: int
    end: int
    #: Which clause of the text it stands in: parts between commas and ends of sentences.
    clause: int = 0
    #: An article stands before it: it names a thing, or somebody.
    has_article: bool = False


def plain_word(word: str) -> str:
    """A word in lower case without accents or signs, as the lists have them."""
    folded = unicodedata.normalize("NFKD", word.casefold())
    return "".join(character for character in folded if character.isalpha() and not unicodedata.combining(character))


def is_adjective(word: str) -> bool:
    """Whether a word after an article looks like the adjective of what comes after it: "de grote kamer"."""
    return word.endswith("e") and not word.endswith(_NOUN_ENDINGS)


def tokens_of(text: str) -> list[Token]:
    """The words, numbers and ends of sentences of a text; a hyphen and a comma part words and end nothing."""
    tokens: list[Token] = []
    clause, has_article = 0, False
    for match in _TOKEN.finditer(text):
        if match["stop"] or match["pause"]:
            clause += 1
        if match["pause"]:
            continue
        word = STOP if match["stop"] else NUMBER if match["number"] else plain_word(match.group())
        word = _SPOKEN.get(word, word)
        if word and word not in ARTICLES:
            tokens.append(Token(word, match.start(), match.end(), clause, has_article))
        has_article = word in ARTICLES
    return tokens
