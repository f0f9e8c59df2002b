"""Lists of words that stand in a YAML file beside the module that reads them: words are data, not code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml


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
    return WordLists(yaml.safe_load(files(package).joinpath(name).read_text(encoding="utf-8")))
