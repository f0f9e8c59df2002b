"""What registers, columns, codes and roles are called on a page, in Dutch and in English."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("words.yaml")


@cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    words: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return words


def word(group: str, name: str, language: str) -> str:
    """The words for `name` in a group of words.yaml; a name that is not there is shown as it is, without underscores.

    The registers of a municipality are checked against their code lists, so an unknown name is a new one of ours: the
    test of this module fails then, and the page still shows something true.
    """
    translations = _words()[group].get(name)
    return translations[language] if translations else name.replace("_", " ")


def known_names(group: str) -> frozenset[str]:
    """The names that a group has words for."""
    return frozenset(_words()[group])
