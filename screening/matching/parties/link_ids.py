"""From a link's id back to the two content fingerprints that it was made of, by what a published run holds."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

import polars as pl

#: Rows delivered several times have one fingerprint: their links are numbered, and no more than so many are looked at.
MOST_TWINS = 20


def link_id(left_fingerprint: str, right_fingerprint: str, again: int = 0) -> str:
    """The id of the link between two contents, in any order; `again` numbers the links of contents delivered twice."""
    low, high = sorted((left_fingerprint, right_fingerprint))
    return "L-" + sha256(f"{low} {high} {again}".encode()).hexdigest()[:20]


def pair_of(identifier: str, lefts: Iterable[str], rights: Iterable[str]) -> tuple[str, str] | None:
    """The pair (in order) of these fingerprints whose link has this id, or None. An id cannot belong to two pairs."""
    rights = list(rights)
    pairs = {(min(left, right), max(left, right)) for left in lefts for right in rights}
    for again in range(MOST_TWINS):
        for low, high in sorted(pairs):
            if link_id(low, high, again) == identifier:
                return low, high
    return None


def fingerprints_of(
    identifier: str, left: str, right: str, parties: pl.DataFrame, identities: pl.DataFrame
) -> tuple[str, str] | None:
    """The fingerprints behind a link of a run, or None where its files do not tell.

    `left`, `right`: the mentions of the link (`dataset:key:role:kind`). `parties`, `identities`: those files of the
    run. A run keeps which fingerprints a party has, not which mention has which; the id of the link settles it.
    """
    mention = pl.concat_str("dataset", "key", "role", "kind", separator=":")
    ids = {side: parties.filter(mention == side)["party_id"].unique().to_list() for side in (left, right)}
    sides = [identities.filter(pl.col("party_id").is_in(ids[side]))["fingerprint"].to_list() for side in (left, right)]
    return pair_of(identifier, *sides)
