"""Party ids that stay what they were from run to run."""

from __future__ import annotations

from hashlib import sha256

import polars as pl

from screening.frames import IDENTITIES
from screening.vocabulary import PartyKind

#: First letters of a party id: P-… for a person, O-… for an organisation.
ID_PREFIX: dict[str, str] = {PartyKind.PERSON: "P-", PartyKind.ORGANISATION: "O-"}


def assign_party_ids(clusters: pl.DataFrame, previous: pl.DataFrame | None = None) -> pl.DataFrame:
    """The frame (`fingerprint`, `kind`, `cluster`; a row per mention) with `party_id`.

    A cluster takes the id of the previous run's party that it shares most fingerprints with; of several clusters that
    would take one id, the one with the largest overlap gets it, then the one with the smallest fingerprint. Any other
    gets an id from its smallest fingerprint, in an unused variant where that id is already given out.
    """
    prints = clusters.select("fingerprint", "kind", "cluster").unique()
    smallest = prints.group_by("cluster", "kind").agg(pl.col("fingerprint").min(), size=pl.len())
    smallest = smallest.sort("fingerprint", "size", "cluster")
    given: dict[int, str] = {}
    taken: set[str] = set()
    if previous is not None and not previous.is_empty():
        taken = set(previous["party_id"].to_list())
        overlaps = (
            prints.join(previous.unique(), on="fingerprint")
            # an id never moves from a person to an organisation, whatever the previous file holds
            .filter(pl.col("party_id").str.starts_with("P-") == (pl.col("kind") == PartyKind.PERSON))
            .group_by("cluster", "party_id")
            .agg(overlap=pl.len())
            .join(smallest.select("cluster", "fingerprint"), on="cluster")
            .sort("overlap", "fingerprint", "party_id", "cluster", descending=[True, False, False, False])
        )
        carried: set[str] = set()
        for cluster, party_id in overlaps.select("cluster", "party_id").iter_rows():
            if cluster not in given and party_id not in carried:
                given[cluster] = party_id
                carried.add(party_id)
    for cluster, kind, fingerprint in smallest.select("cluster", "kind", "fingerprint").iter_rows():
        if cluster in given:
            continue
        variant, party_id = 0, _fresh_id(kind, fingerprint, 0)
        while party_id in taken:
            variant += 1
            party_id = _fresh_id(kind, fingerprint, variant)
        given[cluster] = party_id
        taken.add(party_id)
    ids = pl.DataFrame(
        {"cluster": list(given), "party_id": list(given.values())},
        schema={"cluster": clusters.schema["cluster"], "party_id": pl.String},
    )
    return clusters.join(ids, on="cluster", how="left", maintain_order="left")


def identities(parties: pl.DataFrame) -> pl.DataFrame:
    """Which party id each fingerprint has (IDENTITIES, sorted); of a fingerprint in two parties, the smaller id."""
    ordered = parties.select(list(IDENTITIES)).sort("fingerprint", "party_id")
    return ordered.unique("fingerprint", keep="first", maintain_order=True)


def _fresh_id(kind: str, fingerprint: str, variant: int) -> str:
    text = fingerprint if variant == 0 else f"{fingerprint}#{variant}"
    return ID_PREFIX[kind] + sha256(text.encode()).hexdigest()[:16]
