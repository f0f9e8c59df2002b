"""What the codes of registers, and the roles of their parties, are called: as the contracts say."""

from __future__ import annotations

from collections.abc import Mapping

from screening.datasets import Words, datasets
from screening.extensions import cached_in_force


@cached_in_force
def code_words() -> Mapping[str, Words]:
    """Code, or role of a party -> its words, of every one that a contract has words for."""
    columns = [column for dataset in datasets().values() for column in dataset.columns.values()]
    parties = [party for dataset in datasets().values() for party in dataset.parties]
    roles = {party.role: party.role_words for party in parties if party.role and party.role_words}
    return roles | {code: words for column in columns for code, words in column.code_words.items()}
