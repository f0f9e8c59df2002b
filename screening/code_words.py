"""What codes of registers and roles of parties are called, as the contracts and the municipality say."""

from __future__ import annotations

from collections.abc import Mapping

from screening.datasets import Words, datasets
from screening.extensions import cached_in_force


class _Process:
    """What the municipality calls codes, in this process."""

    words: Mapping[str, Words] = {}


def use_code_words(words: Mapping[str, Words]) -> None:
    """From here on these codes have these words in this process, and no other codes have words of a municipality."""
    _Process.words = dict(words)


def words_of_municipality() -> Mapping[str, Words]:
    """Codes that the municipality has words for, in this process."""
    return _Process.words


def code_words() -> Mapping[str, Words]:
    """Code, or role of a party -> its words, of every one that a contract or the municipality has words for."""
    words = _words_of_contracts()
    return {**words, **_Process.words} if _Process.words else words


@cached_in_force
def _words_of_contracts() -> Mapping[str, Words]:
    columns = [column for dataset in datasets().values() for column in dataset.columns.values()]
    parties = [party for dataset in datasets().values() for party in dataset.parties]
    roles = {party.role: party.role_words for party in parties if party.role and party.role_words}
    return roles | {code: words for column in columns for code, words in column.code_words.items()}
