"""Find content that may never leave, by the name of a field and by its value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from screening.base.word_lists import read_word_lists
from screening.wording.personal_numbers import passes_elfproef, personal_number_in

_LISTS = read_word_lists("screening.partners.signal", "forbidden_words.yaml")
_STEMS, _WORDS, _HARMLESS = _LISTS.by_kind("stems"), _LISTS.by_kind("words"), _LISTS.words("harmless")
_BY_ACCIDENT = re.compile("|".join(_LISTS.words("by_accident")))
_FORBIDDEN_STATEMENTS = {
    kind: re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)
    for kind, words in _LISTS.by_kind("never_said").items()
}
#: What a municipality may tell nobody (Bibob Act, article 28): a partner may well advise it.
OF_BIBOB = "iets over Bibob"


@dataclass(frozen=True)
class ForbiddenField:
    """The place and kind of a forbidden field; never the value itself."""

    field: str
    kind: str


@lru_cache(maxsize=4096)  # the names of a dossier are the same few hundred every time
def forbidden_name(name: str) -> str | None:
    """The kind of forbidden data that a field of this name would hold, or None."""
    words = _words(name)
    plain = "".join(words)
    if plain in _HARMLESS:
        return None
    plain = _BY_ACCIDENT.sub("", plain)
    for kind, stems in _STEMS.items():
        if any(stem in plain for stem in stems):
            return kind
    for kind, wholes in _WORDS.items():
        if not set(words).isdisjoint(wholes):
            return kind
    return None


def forbidden_names(content: object, path: str = "") -> Iterator[ForbiddenField]:
    """Every forbidden name in a nest of mappings and lists, and in `naam` of its named values."""
    if isinstance(content, Mapping):
        for name, inner in content.items():
            kind = forbidden_name(str(name))
            if kind is not None:
                yield ForbiddenField(f"{path}{name}", kind)
            else:
                yield from forbidden_names(inner, f"{path}{name}.")
    elif isinstance(content, list | tuple):
        for place, inner in enumerate(content):
            yield from forbidden_names(inner, f"{path}{place}.")


def forbidden_value(text: str, *, is_rsin: bool = False, is_mailbox: bool = False) -> str | None:
    """The kind of forbidden value that `text` is or holds, or None. `is_rsin`: the RSIN of a legal person."""
    if is_rsin:
        return None if text.isdigit() and len(text) == 9 else personal_number_in(text)
    if passes_elfproef(text.strip()):
        return "BSN"
    if is_mailbox:
        return None
    return personal_number_in(text)


def forbidden_statement(text: str, *, but: str | None = None) -> str | None:
    """Return the kind of statement in a text that no signal may make ("een beschuldiging", …), or None.

    `but`: a kind that may be said here, such as OF_BIBOB in what a partner answers.
    """
    kinds = (kind for kind, pattern in _FORBIDDEN_STATEMENTS.items() if kind != but and pattern.search(text))
    return next(kinds, None)


def _words(name: str) -> list[str]:
    """The words of a name: split at anything but letters and digits and at a capital, without accents, lower case."""
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    plain = unicodedata.normalize("NFKD", split).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", plain.lower())
