"""The names of registers, of a record of one and of its columns, in Dutch and in English, as their contracts have them.

What no contract of this version names is shown without underscores: a page and a report still show it.
"""

from __future__ import annotations

from collections.abc import Mapping

from screening.base.datasets import Column, datasets


def register_name(dataset: str, language: str) -> str:
    """Return the name of a register."""
    return datasets()[dataset].label[language] if dataset in datasets() else bare_name(dataset)


def record_name(dataset: str, language: str) -> str:
    """Return the name of one record of a register in a sentence."""
    return datasets()[dataset].record_words[language] if dataset in datasets() else bare_name(dataset)


def columns_of(dataset: str) -> Mapping[str, Column]:
    """The columns of a register; none of one that this version does not know."""
    return datasets()[dataset].columns if dataset in datasets() else {}


def column_name(dataset: str, column: str, language: str) -> str:
    """Return the name of a column of a register."""
    columns = columns_of(dataset)
    return columns[column].label[language] if column in columns else bare_name(column)


def bare_name(name: str) -> str:
    """A name of a machine without underscores: what is shown of one that has no words."""
    return name.replace("_", " ")
