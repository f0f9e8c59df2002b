"""Kinds of data, each with its term: every table of the store and every folder of the workspace is of exactly one.

A test walks through all tables and folders and fails for one without a kind: nothing is kept that nobody thought of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from screening.base.word_lists import read_lists
from screening.store.schema.base import word_lists


@dataclass(frozen=True)
class Kind:
    """A kind of data. `terms`: the fields of Terms that say how long; none: it holds nobody's data, and stays.

    `tables` of the store; `ledger_tables` of the ledger; `folders`: names in the workspace.
    """

    name: str
    what_nl: str
    what_en: str
    terms: tuple[str, ...]
    tables: tuple[str, ...] = ()
    ledger_tables: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


def _read_kinds() -> Iterator[Kind]:
    for name, kind in read_lists("screening.rights", "kinds.yaml").items():
        places = {
            field: tuple(kind.get(field, "").split()) for field in ("terms", "tables", "ledger_tables", "folders")
        }
        if name == "technical":
            places["tables"] += tuple(words.name for words in word_lists())  # closed lists of words: nobody's data
        yield Kind(name, kind["nl"], kind["en"], **places)


KINDS: tuple[Kind, ...] = tuple(_read_kinds())

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}


def kind_of_folder(name: str) -> Kind | None:
    """The kind of a folder or file at the top of the workspace; None: nobody said. Journals go with their database."""
    for tail in ("-wal", "-shm", "-journal"):
        name = name.removesuffix(tail)
    return next((kind for kind in KINDS if name in kind.folders), None)
