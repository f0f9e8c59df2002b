"""How easily a Dutch text reads: Flesch's reading ease with the weights for Dutch."""

from __future__ import annotations

import re

#: From here up a text reads as level B1.
READS_AS_B1 = 55
#: Words in the longest sentence that a person should have to read.
LONGEST_SENTENCE = 20

#: Vowels that sound as one; a letter with a diaeresis begins a syllable of its own.
_SYLLABLE = re.compile(r"ij|[aeiouyáéèêàóú]+|[ëïöü][aeiou]?", re.IGNORECASE)
_SENTENCE = re.compile(r"\b[^.!?]+")
_NO_WORD = re.compile(r"[^\w\s']")


def dutch_reading_ease(text: str) -> float:
    """Return the reading ease, 0 (hard) to about 120 (easy); 0 of a text without words. A text is judged as a whole.

    Source: W.H. Douma, De leesbaarheid van landbouwbladen (1960): 206.835 - 0.93 x words per sentence - 77 x syllables
    per word. A part of one or two words counts as no sentence.
    """
    words = _NO_WORD.sub("", text).split()
    if not words:
        return 0.0
    parts = [len(_NO_WORD.sub("", part).split()) for part in _SENTENCE.findall(text)]
    sentences = max(1, sum(length > 2 for length in parts))
    syllables = sum(max(1, len(_SYLLABLE.findall(word))) for word in words)
    return 206.835 - 0.93 * len(words) / sentences - 77 * syllables / len(words)


def long_sentences(text: str) -> list[str]:
    """The sentences of a text that have more words than a person should have to read at once."""
    return [part for part in text.split(". ") if len(part.split()) > LONGEST_SENTENCE]
