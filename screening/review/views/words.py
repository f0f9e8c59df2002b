"""The names of registers, columns, codes and roles on a page, in Dutch and in English.

Words of registers come from their contracts, the others from words.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from screening.datasets import Column, code_words, datasets

_FILE = Path(__file__).with_name("words.yaml")


@cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    words: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return words


def word(group: str, name: str, language: str) -> str:
    """The words for `name` in a group of words.yaml; a name that is not there is shown without underscores."""
    translations = _words()[group].get(name)
    return translations[language] if translations else _plain(name)


def register_name(dataset: str, language: str) -> str:
    """Return the name of a register."""
    return datasets()[dataset].label[language] if dataset in datasets() else _plain(dataset)


def record_name(dataset: str, language: str) -> str:
    """Return the name of one record of a register in a sentence."""
    return datasets()[dataset].record_words[language] if dataset in datasets() else _plain(dataset)


def columns_of(dataset: str) -> Mapping[str, Column]:
    """The columns of a register. None of a register that this version does not know: a page still shows its records."""
    return datasets()[dataset].columns if dataset in datasets() else {}


def column_name(dataset: str, column: str, language: str) -> str:
    """Return the name of a column of a register."""
    columns = columns_of(dataset)
    return columns[column].label[language] if column in columns else _plain(column)


def code_name(code: str, language: str) -> str:
    """A code of a register, or a role of a party, in words; what is none stays as it is."""
    if code in code_words():
        return code_words()[code][language]
    return word("codes", code, language) if code in _words()["codes"] else code


def status_name(code: str, language: str) -> str:
    """A status or a role in words; one without words is shown without underscores."""
    return _plain(code) if (name := code_name(code, language)) == code else name


def _plain(name: str) -> str:
    return name.replace("_", " ")
