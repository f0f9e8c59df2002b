"""The words of codes of registers and of roles of parties, from the contracts and the municipality."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager

from screening.base.datasets import Words, datasets
from screening.base.extensions import ValueInForce, cached_in_force

_OF_MUNICIPALITY = ValueInForce[Mapping[str, Words]]("code_words", {})


def use_code_words(words: Mapping[str, Words]) -> None:
    """Use these words of the municipality for codes, and no others, in the process or for the rest of the block."""
    _OF_MUNICIPALITY.use(dict(words))


def using_code_words(words: Mapping[str, Words]) -> AbstractContextManager[None]:
    """Use these words of the municipality in this block, for this thread alone."""
    return _OF_MUNICIPALITY.using(dict(words))


def words_of_municipality() -> Mapping[str, Words]:
    """The words of the municipality in force, by code."""
    return _OF_MUNICIPALITY.value


def code_words() -> Mapping[str, Words]:
    """The words of every code and role of a party that a contract or the municipality names."""
    words, own = _words_of_contracts(), _OF_MUNICIPALITY.value
    return {**words, **own} if own else words


@cached_in_force
def _words_of_contracts() -> Mapping[str, Words]:
    columns = [column for dataset in datasets().values() for column in dataset.columns.values()]
    parties = [party for dataset in datasets().values() for party in dataset.parties]
    roles = {party.role: party.role_words for party in parties if party.role and party.role_words}
    return roles | {code: words for column in columns for code, words in column.code_words.items()}
