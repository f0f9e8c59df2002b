"""The words by which a foreign file is understood: other names of our columns, other spellings of our codes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz
from rapidfuzz.process import cdist, extractOne

from screening.base.datasets import datasets
from screening.base.extensions import cached_in_force
from screening.base.word_lists import read_lists, read_word_lists

_NAMES: dict[str, dict[str, str] | str] = read_lists("screening.sources.profile", "names.yaml")
_CODES: dict[str, dict[str, str]] = read_lists("screening.sources.profile", "codes.yaml")
_FORBIDDEN = read_word_lists("screening.sources", "forbidden_words.yaml")

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NO_WORD = re.compile(r"[^a-z]+")
_NO_SIGN = re.compile(r"[^a-z0-9]+")
#: Parts of compounds that stand before or behind: besluitdatum is datum besluit.
_PARTS = ("datum", "nummer", "naam", "status")
_OTHER_NAME = 0.97
#: Names that are less alike say nothing of each other.
_LEAST_ALIKE = 0.86
_LIKE_A_CODE = 80.0


def _table(name: str) -> dict[str, str]:
    table = _NAMES[name]
    if isinstance(table, str):
        raise KeyError(name)
    return table


def _listed(name: str) -> tuple[str, ...]:
    return tuple(str(_NAMES[name]).split())


_WRITTEN_OUT = {short: word for word, shorts in _table("abbreviations").items() for short in shorts.split()}
#: Words of a name that say that its column holds codes.
_OF_CODES = frozenset(_listed("code_words"))
#: Words of a name that say that its column is about somebody.
_OF_SOMEBODY = frozenset(
    [
        *_listed("personal_words"),
        *_FORBIDDEN.words("of_persons"),
        *_FORBIDDEN.words("reporters"),
        *(word for words in _table("name_parts").values() for word in words.split()),
    ]
)


def plain(text: str) -> str:
    """The text in lower case without diacritics."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower()


def words_of(name: str) -> tuple[str, ...]:
    """The words of the name of a column: abbreviations written out, compounds with datum or nummer taken apart."""
    words: list[str] = []
    for word in _NO_WORD.split(plain(_CAMEL.sub(" ", name))):
        whole = _WRITTEN_OUT.get(word, f"{word[:-2]}nummer" if word.endswith("nr") and len(word) > 4 else word)
        part = next((part for part in _PARTS if part in whole and part != whole), None)
        if part and (whole.startswith(part) or whole.endswith(part)):
            words += [rest for rest in whole.split(part) if rest] + [part]
        elif whole:
            words.append(whole)
    return tuple(words)


def _keys(name: str) -> tuple[str, str]:
    """The words as they stand and in order, each written as one: how much names are alike is asked of both."""
    words = words_of(name)
    return "".join(words), "".join(sorted(words))


@cached_in_force
def _vocabulary() -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...], npt.NDArray[np.float32]]:
    """(register, column) and the keys of each name that it has, and how sure a name of that kind is."""
    places: list[tuple[str, str]] = []
    keys: list[tuple[str, str]] = []
    worth: list[float] = []
    for dataset, about in datasets().items():
        others = _table(dataset) if dataset in _NAMES else {}
        for name, column in about.columns.items():
            if column.form in {"term_ids", "outline"}:
                continue
            listed = [other for table in (others, _table("common")) for other in table.get(name, "").split()]
            for place, other in enumerate((name, column.business_name_nl, *listed)):
                places.append((dataset, name))
                keys.append(_keys(other))
                worth.append(1.0 if place < 2 else _OTHER_NAME)
    return tuple(places), tuple(keys), np.array(worth, dtype=np.float32)


def names_alike(names: Sequence[str]) -> list[dict[tuple[str, str], float]]:
    """For each name of a file: (register, column) -> how much it is alike (0.86-1) one of the names of that column."""
    places, keys, worth = _vocabulary()
    asked = [_keys(name) for name in names]
    if not asked:
        return []
    alike = np.maximum(
        cdist([key for key, _ in asked], [key for key, _ in keys], scorer=fuzz.ratio),
        cdist([key for _, key in asked], [key for _, key in keys], scorer=fuzz.ratio),
    )
    scores = alike / 100 * worth
    result: list[dict[tuple[str, str], float]] = []
    for row in scores:
        best: dict[tuple[str, str], float] = {}
        for place in np.flatnonzero(row >= _LEAST_ALIKE):
            best[places[place]] = max(best.get(places[place], 0.0), float(row[place]))
        result.append(best)
    return result


def is_known_name(name: str) -> bool:
    """Whether a cell is nearly for certain the name of a column and no value: one of ours, of four letters at least."""
    if len("".join(words_of(name))) < 4:
        return False
    return max(names_alike([name])[0].values(), default=0.0) >= 0.9


def is_of_somebody(name: str) -> bool:
    """Whether the name of a column says that it is about somebody: a word of the lists, or a column of a contract."""
    words = set(words_of(name)) | set(_NO_WORD.split(plain(_CAMEL.sub(" ", name))))
    if words & _OF_SOMEBODY:
        return True
    alike = names_alike([name])[0]
    best = max(alike.values(), default=0.0)
    return any(place in _personal_columns() for place, score in alike.items() if score >= best)


@cached_in_force
def _personal_columns() -> frozenset[tuple[str, str]]:
    return frozenset(
        (dataset, name) for dataset in datasets() for name in datasets()[dataset].columns if is_personal(dataset, name)
    )


def is_personal(dataset: str, name: str) -> bool:
    """Whether a contract calls a column personal, or it holds names, free text or tokens of reporters."""
    column = datasets()[dataset].columns[name]
    is_of_codes = bool(column.codes)
    return not is_of_codes and (
        column.classification in ("persoonsgegeven", "bijzonder") or column.form in ("name", "free_text")
    )


def is_of_codes(name: str) -> bool:
    """Whether the name of a column says that it holds codes."""
    words = words_of(name)
    return bool({*words, "".join(words), *_NO_WORD.split(plain(name))} & _OF_CODES)


def is_called_as_a_code_of_ours(name: str) -> bool:
    """Whether a column is called as one of ours that holds codes."""
    return not names_alike([name])[0].keys().isdisjoint(code_columns())


def fold_code(text: str) -> str:
    """The text without case, accents and signs, by which a spelling is known."""
    return _NO_SIGN.sub(" ", plain(text)).strip()


@cached_in_force
def spellings_of(dataset: str, column: str) -> Mapping[str, str]:
    """Folded spelling -> code, of a column of codes: the codes themselves and what they are also called."""
    codes = datasets()[dataset].columns[column].codes
    others = _CODES.get(column, {})
    spellings = {fold_code(code): code for code in codes}
    for code in codes:
        for other in str(others.get(code, "")).split(" / "):
            if other:
                spellings.setdefault(fold_code(other), code)
    return spellings


@cached_in_force
def code_columns() -> tuple[tuple[str, str], ...]:
    """(register, column) of every column of codes."""
    return tuple(
        (dataset, name) for dataset, about in datasets().items() for name, c in about.columns.items() if c.codes
    )


@cached_in_force
def known_spellings() -> frozenset[str]:
    """Every spelling that is known of any code: none of them is about anybody."""
    return frozenset(spelling for place in code_columns() for spelling in spellings_of(*place))


def is_like_known_spelling(text: str) -> bool:
    """Whether a text is nearly the spelling of some code."""
    return extractOne(fold_code(text), known_spellings(), scorer=fuzz.ratio, score_cutoff=_LIKE_A_CODE) is not None


def name_part(name: str) -> str | None:
    """`first`, `infix` or `last`, where a column holds that part of somebody's name; None elsewhere."""
    squashed = "".join(_NO_WORD.split(plain(name)))
    return next((part for part, words in _table("name_parts").items() if _begins_with(squashed, words.split())), None)


def _begins_with(squashed: str, words: Iterable[str]) -> bool:
    return any(squashed.startswith(word.replace("_", "")) for word in words)


def is_time_of_day(name: str) -> bool:
    """Whether a column is called a time of day."""
    return bool({*words_of(name)} & {*_listed("time_parts")})


def hinted_register(file_name: str) -> str | None:
    """The register that the name of a file speaks of; None where it speaks of none or of several."""
    named = set(_NO_WORD.split(plain(_CAMEL.sub(" ", file_name))))
    hinted = [
        dataset
        for dataset, words in _table("files").items()
        if any(word in named or (len(word) > 5 and any(word in other for other in named)) for word in words.split())
    ]
    return hinted[0] if len(hinted) == 1 else None
