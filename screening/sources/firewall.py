"""Columns that may never be read, told by their header: a deny list with the ways in which registers spell it.

Sources: domain reference 2.11 (AVG art. 9 and 10, UAVG art. 46, framework of the College voor de Rechten van de Mens)
and the formats page ("Never read, in any source"). The list errs on the side of refusing: a refused column is one line
under `drop` away from a run.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from screening.base.errors import ForbiddenColumnError
from screening.base.word_lists import read_word_lists

_LISTS = read_word_lists("screening.sources", "forbidden_words.yaml")


def _by_word(name: str) -> dict[str, str]:
    return {word: category for category, words in _LISTS.by_kind(name).items() for word in words}


_WORD_CATEGORY, _WHOLE_CATEGORY, _STEM_CATEGORY = _by_word("words"), _by_word("whole"), _by_word("stems")
_HARMLESS = tuple(sorted(_LISTS.words("harmless"), key=len, reverse=True))
_HARMLESS_WHOLE = frozenset(_LISTS.words("harmless_whole"))
_ABOUT_A_THING = {kind: frozenset(words) for kind, words in _LISTS.by_kind("about_a_thing").items()}
_BESIDE = {kind: frozenset(words) for kind, words in _LISTS.by_kind("beside").items()}
_OF_PERSONS = frozenset(_LISTS.words("of_persons"))
_WHOLE_OF_PERSONS = _by_word("whole_of_persons")
_REPORTERS = frozenset(_LISTS.words("reporters"))
_REPORTER_HARMLESS = frozenset(_LISTS.words("reporter_harmless"))
_REPORTER_CONTACT = frozenset(_LISTS.words("telephone") + _LISTS.words("contact"))
_SEX_TRADE = frozenset(_LISTS.words("telephone") + _LISTS.words("sex_trade"))
_REPORTER_COMPOUND = re.compile(r"(?:melder|reporter|klager)s?(?:naam|name|e?mail|telefoon|phone|adres|address|tel)")

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NO_LETTER = re.compile(r"[^a-z]+")

_LONGEST_RUN = 5


def forbidden_category(header: str, dataset: str | None = None) -> str | None:
    """What a column of this name would hold that may never be read, or None.

    Upper and lower case, camelCase, separators, digits, diacritics and invisible characters make no difference. Some
    names are forbidden in one data set only: a telephone number among nuisance reports is the reporter's.
    """
    words, squashed = _words_of(header)
    if not squashed or squashed in _HARMLESS_WHOLE:
        return None
    harmless = next((term for term in _HARMLESS if term in squashed), None)
    if harmless:
        squashed = squashed.replace(harmless, "")
        words = _without(words, harmless)
        if not squashed:
            return None
    if squashed in _WHOLE_CATEGORY:
        return _WHOLE_CATEGORY[squashed]
    named = (
        _WORD_CATEGORY[run]
        for run in _runs(words, _LONGEST_RUN)
        if run in _WORD_CATEGORY and not _of_a_thing(run, words)
    )
    of_persons = (_WHOLE_OF_PERSONS[word] for word in words if word in _WHOLE_OF_PERSONS and _OF_PERSONS & set(words))
    category = next(chain(named, of_persons), None)
    if category:
        return category
    if squashed.startswith("bsn") or squashed.endswith("bsn"):
        return "BSN, A-number or another personal number"
    category = next((category for stem, category in _STEM_CATEGORY.items() if stem in squashed), None)
    return category or _by_role(words, squashed, dataset)


def _runs(words: list[str], longest: int) -> Iterator[str]:
    """Each word and each run of neighbouring words, written as one."""
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + longest) + 1):
            yield "".join(words[start:end])


def _of_a_thing(run: str, words: list[str]) -> bool:
    """Whether a word that would be about people is about a thing in this header: the age group of a company."""
    if _OF_PERSONS & set(words):
        return False
    runs = {*_runs(words, 2)}
    return any(run in excused and runs & _BESIDE[kind] for kind, excused in _ABOUT_A_THING.items())


def check_header(
    header: Iterable[str], *, dataset: str, dropped: Collection[int], name: str, are_names_shown: bool = True
) -> None:
    """Raise ForbiddenColumnError for a forbidden column that the configuration does not drop.

    `dropped`: the places in this header that are dropped. `name`: the file, for the message. `are_names_shown`: not
    where no name of the header is known, since it can be the first row of a file without one.
    """
    for place, column in enumerate(header):
        category = None if place in dropped else forbidden_category(column, dataset)
        if category and are_names_shown:
            raise ForbiddenColumnError(
                f"{name}, column {column[:40]}: may never be read ({category}). Leave it out of the delivery, or add "
                f'it to `drop` under [sources.{dataset}]: drop = ["{column[:40]}"]; then it is dropped unread.'
            )
        if category:
            raise ForbiddenColumnError(
                f"{name}, column {place + 1}: may never be read ({category}), and no name in this header is known. "
                "Deliver the file with its header, without this column."
            )


def _words_of(header: str) -> tuple[list[str], str]:
    """The words of a header in plain lower-case letters, and the same without anything between them."""
    plain = unicodedata.normalize("NFKD", header)
    plain = "".join(character for character in plain if unicodedata.category(character) not in ("Mn", "Cf", "Cc"))
    words = [word for word in _NO_LETTER.split(_CAMEL.sub(" ", plain).lower()) if word]
    return words, "".join(words)


def _without(words: list[str], harmless: str) -> list[str]:
    """The words but for the run of them that makes the harmless term; a compound keeps what stands around it."""
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            run = "".join(words[start:end])
            if harmless in run:
                rest = run.replace(harmless, "")
                if end == start + 1 or run == harmless:
                    return words[:start] + ([rest] if rest else []) + words[end:]
    return words


def _by_role(words: list[str], squashed: str, dataset: str | None) -> str | None:
    """Forbidden because of whom the column is about in this data set."""
    about_reporter = [word for word in words if word in _REPORTERS]
    if about_reporter:
        rest = [word for word in words if word not in _REPORTERS]
        return None if rest and all(word in _REPORTER_HARMLESS for word in rest) else "reporter identity"
    if _REPORTER_COMPOUND.search(squashed):
        return "reporter identity"
    runs = {*_runs(words, 3)}
    if dataset == "meldingen" and runs & _REPORTER_CONTACT:
        return "reporter identity"
    if dataset == "seksinrichtingen" and runs & _SEX_TRADE:
        return "sex workers"
    return None
