"""Word lists in YAML beside the module that reads them, and the list of words of origin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

#: The safe loader; in C where there is one, ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class WordLists:
    """The lists of one file: words separated by white space, a list whole or apart by kind."""

    def __init__(self, lists: Mapping[str, str | Mapping[str, str]]) -> None:
        self._lists = lists

    def words(self, name: str) -> tuple[str, ...]:
        """The words of a list that is whole. KeyError where there is none of this name."""
        text = self._lists[name]
        if not isinstance(text, str):
            raise KeyError(name)
        return tuple(text.split())

    def by_kind(self, name: str) -> dict[str, tuple[str, ...]]:
        """Kind -> its words, in the order of the file. KeyError where there is none of this name."""
        kinds = self._lists[name]
        if isinstance(kinds, str):
            raise KeyError(name)
        return {kind: tuple(text.split()) for kind, text in kinds.items()}


@cache
def read_word_lists(package: str, name: str) -> WordLists:
    """The lists of the file `name` in the folder of `package`, which the distribution carries."""
    return WordLists(read_lists(package, name))


@cache
def read_translations(package: str, name: str) -> dict[str, dict[str, tuple[str, str]]]:
    """Table -> code -> its words in Dutch and in English, in the order of the file."""
    return {
        table: {code: (words["nl"], words["en"]) for code, words in codes.items()}
        for table, codes in read_lists(package, name).items()
    }


def by_language(table: Mapping[str, tuple[str, str]]) -> dict[str, dict[str, str]]:
    """Language -> code -> words, of a table of `read_translations`."""
    nl, en = ({code: pair[place] for code, pair in table.items()} for place in (0, 1))
    return {"nl": nl, "en": en}


def read_lists(package: str, name: str) -> Any:  # noqa: ANN401 - what the file holds; the constant names its type
    """The file `name` in the folder of `package` as YAML has it; the constant that it becomes names its type."""
    return yaml.load(files(package).joinpath(name).read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe one


@cache
def words_of_origin() -> tuple[str, ...]:
    """Every word of the list, in its order."""
    return tuple(word for words in read_lists("screening.base", "origin_words.yaml").values() for word in words)


def word_of_origin(text: str) -> str | None:
    """The first word in a text that tells a cuisine, an origin, a language or a faith; None where there is none."""
    match = _pattern().search(text)
    return match.group() if match else None


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words_of_origin()))})\w*", re.IGNORECASE)
