"""What is odd about a text that a person wrote: gibberish, repetition, a copy. Said to them; never what they wrote.

One place for all texts: the dossier of a rule is refused for it, the writer of a motivation, a reading or an
explanation is asked once more. It looks at letters and words alone, always in the same way, in Dutch and English.
Nothing is learned and no meaning is judged: fluent nonsense is for the person who reads it to see.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from enum import StrEnum
from itertools import pairwise

from rapidfuzz import fuzz

from screening.base.word_lists import read_lists

#: Likeness to another text from which it counts as the same text (assurance H2).
TOO_ALIKE = 0.90
#: Different words that a text needs at least, of people who explain one thing.
LEAST_WORDS = 4

_FOLLOWS: dict[str, frozenset[str]] = {
    letter: frozenset(letters) for letter, letters in read_lists("screening.wording", "letter_pairs.yaml").items()
}
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORD = re.compile(r"[^\W\d_]+")
#: What stands where a text should come; of a text, the share of such words from which it is one.
_FILLERS = frozenset(
    (
        "lorem",
        "ipsum",
        "dolor",
        "sit",
        "amet",
        "consectetur",
        "adipiscing",
        "elit",
        "bla",
        "blabla",
        "test",
        "testen",
        "tekst",
        "foo",
        "bar",
        "blah",
        "dummy",
        "text",
    )
)
_FILLERS_SHARE = 1 / 3
_PERIOD = re.compile(r"^(.+?)\1+$")
_SENTENCE_END = re.compile(r"[.!?;:\n]+")
_DRAWN_OUT = re.compile(r"(.)\1\1\1")
#: Words shorter than this are abbreviations, articles and numbers: their letters say nothing.
_LEAST_LETTERS = 4
#: Of a word, the pairs of letters that may be rare; of a text, the words that may look like none.
_RARE_PAIRS, _ODD_WORDS = 1 / 4, 1 / 3
#: A window of words that tells repetition: longer texts repeat their articles without saying nothing new.
_WINDOW, _LEAST_DIFFERENT = 40, 0.4
#: Letters in a text without its spaces, and letters in a word on average: sentences lie between.
_LEAST_LETTERS_SHARE, _WORD_LENGTH = 0.6, (2.2, 18.0)


class Oddity(StrEnum):
    """Why a text looks like no text of somebody who had something to say."""

    TOO_FEW_WORDS = "too_few_words"
    NO_WORDS = "no_words"  # gibberish or a filler: letters that make no Dutch or English words
    REPEATS = "repeats"  # the same words or sentences again and again
    COPY = "copy"  # much like another text: of another step, or an own earlier one
    GIVEN = "given"  # what the rule itself says, and nothing more


def oddities(
    text: str, *, least_words: int = LEAST_WORDS, others: Iterable[str] = (), given: Iterable[str] = ()
) -> tuple[Oddity, ...]:
    """Say what is odd about a text, in the order of `Oddity`; nothing where it reads like a text.

    Args:
        text: What a person wrote.
        least_words: How many different words are the least.
        others: Texts that this one may not be much like: those of other steps, or the writer's own last ones.
        given: Texts that were there before, such as those of the rule: beside them something must be said.
    """
    words = _words(text)
    is_odd = {
        Oddity.TOO_FEW_WORDS: len(set(words)) < least_words,
        Oddity.NO_WORDS: _is_gibberish(text, words),
        Oddity.REPEATS: _repeats(text, words),
        Oddity.COPY: likeness(text, others) >= TOO_ALIKE,
        Oddity.GIVEN: _adds_nothing(text, tuple(given), least_words),
    }
    return tuple(oddity for oddity, holds in is_odd.items() if holds)


def likeness(text: str, others: Iterable[str]) -> float:
    """Return the highest similarity, 0 to 1, to one of these texts: edit distance without capitals and spaces.

    The order of the words does not count either: the same sentences the other way round are the same text.
    """
    mine, theirs = plain_text(text), map(plain_text, others)
    alike = (max(fuzz.ratio(mine, other), fuzz.token_sort_ratio(mine, other)) / 100 for other in theirs)
    return max(alike, default=0.0) if mine else 0.0


def plain_text(text: str) -> str:
    """Return a text in the form of a comparison: small letters, single spaces, no punctuation at the ends."""
    return " ".join(text.casefold().split()).strip(" .,;:!?-")


def _words(text: str) -> list[str]:
    """The words in small letters without accents, in their order."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(letter for letter in bare if not unicodedata.combining(letter)))


def _is_gibberish(text: str, words: list[str]) -> bool:
    """Whether the letters make no words: digits and signs alone, letters apart, keys beside each other, rare pairs."""
    if not words:
        return True
    if sum(word in _FILLERS for word in words) > _FILLERS_SHARE * len(words):
        return True
    letters = sum(len(word) for word in words)
    if letters < _LEAST_LETTERS_SHARE * len("".join(text.split())):
        return True
    if not _WORD_LENGTH[0] <= letters / len(words) <= _WORD_LENGTH[1]:
        return True
    capitals = {word.casefold() for word in _WORD.findall(text) if word.isupper()}
    if len(capitals) > len(set(words)) / 2:
        capitals = set()  # a text in capitals, and not one with abbreviations
    long_words = [word for word in words if len(word) >= _LEAST_LETTERS and word not in capitals]
    odd = sum(map(_is_odd_word, long_words))
    return odd > _ODD_WORDS * len(long_words) and (odd > 1 or odd == len(long_words))


def _is_odd_word(word: str) -> bool:
    if not set(word) <= _FOLLOWS.keys():
        return False  # of another alphabet: nothing is known about its pairs
    if not set(word) & set("aeiouy") or _DRAWN_OUT.search(word) or len(set(word)) <= 2 or _is_of_keys(word):
        return True
    pairs = list(pairwise(word))
    return sum(second not in _FOLLOWS[first] for first, second in pairs) > _RARE_PAIRS * len(pairs)


def _is_of_keys(word: str) -> bool:
    """Whether a word is keys of one row in their order, there or back, once or again: asdf, qwertyqwerty, lkjh."""
    piece = _PERIOD.sub(r"\1", word)
    return len(piece) > 2 and any(piece in row or piece[::-1] in row for row in _KEYBOARD)


def _repeats(text: str, words: list[str]) -> bool:
    """Whether words or whole sentences come back: the same word thrice on end, few different ones, one line again."""
    tokens = [part.strip(".,;:!?()") for part in text.casefold().split()]
    if any(
        first and first == second == third for first, second, third in zip(tokens, tokens[1:], tokens[2:], strict=False)
    ):
        return True
    full = [word for word in words if len(word) >= _LEAST_LETTERS]
    for start in range(0, max(1, len(full) - _WINDOW + 1), _WINDOW // 2):
        window = full[start : start + _WINDOW]
        if len(window) >= 2 * LEAST_WORDS and len(set(window)) < _LEAST_DIFFERENT * len(window):
            return True
    sentences = _sentences(text)
    return len(sentences) > 2 and len(set(sentences)) <= len(sentences) / 2


def _sentences(text: str) -> list[str]:
    return [plain for part in _SENTENCE_END.split(text) if (plain := plain_text(part))]


def _adds_nothing(text: str, given: Collection[str], least_words: int) -> bool:
    """Whether little is left of a text without the sentences that were there before."""
    if not given:
        return False
    sentences = [sentence for before in given for sentence in [plain_text(before), *_sentences(before)]]
    own = [sentence for sentence in _sentences(text) if likeness(sentence, sentences) < TOO_ALIKE]
    return len(set(_words(" ".join(own)))) < min(least_words, len(set(_words(text))))
