"""Party ids that stay what they were from run to run."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import count, islice

import numpy as np
import polars as pl

from screening.base.frames import IDENTITIES
from screening.base.vocabulary import PartyKind

#: First letters of a party id: P-… for a person, O-… for an organisation.
ID_PREFIX: dict[str, str] = {PartyKind.PERSON: "P-", PartyKind.ORGANISATION: "O-"}
#: Letters behind them.
ID_LETTERS = 16
#: Ids of a party that one looks up beforehand: its own and the first variant of it.
_LIKELY_VARIANTS = 2


def assign_party_ids(clusters: pl.DataFrame, previous: pl.DataFrame | None = None) -> pl.DataFrame:
    """The frame (`fingerprint`, `kind`, `cluster`, a number from 0 on; a row per mention) with `party_id`.

    A cluster takes the id of the previous run's party that it shares most fingerprints with; of several clusters that
    would take one id, the one with the largest overlap gets it, then the one with the smallest fingerprint. Any other
    gets the first letters of its smallest fingerprint, or a variant where that id is already given out.
    """
    mentions, clusters = clusters, clusters.select("cluster", "fingerprint", "kind")
    smallest = _smallest_of_clusters(clusters)
    earlier = pl.DataFrame(schema=IDENTITIES) if previous is None else previous
    carried = _carried(clusters, smallest, earlier)
    fresh = smallest.join(carried, on="cluster", how="anti")
    is_taken = pl.col("number").is_duplicated() | pl.col("party_id").is_in(earlier["party_id"].unique().implode())
    free = fresh.filter(~is_taken)
    parts = [carried, free.select(carried.columns)]
    if len(free) < len(fresh):
        taken = pl.concat([earlier["party_id"], free["party_id"]])
        parts.append(_variants(clusters, fresh.filter(is_taken), taken))
    given = pl.concat(parts)
    cluster = clusters["cluster"].to_numpy()
    rows = np.zeros(cluster.max(initial=-1) + 1, dtype=np.int64)
    rows[given["cluster"].to_numpy()] = np.arange(len(given))
    return mentions.with_columns(party_id=given["party_id"].gather(rows[cluster]))


def _smallest_of_clusters(clusters: pl.DataFrame) -> pl.DataFrame:
    """One row a cluster: `cluster`, its `kind`, smallest `fingerprint`, the `number` of that and its own `party_id`."""
    number, cluster = fingerprint_numbers(clusters["fingerprint"]), clusters["cluster"].to_numpy()
    least = np.full(cluster.max(initial=-1) + 1, np.iinfo(np.uint64).max)
    np.minimum.at(least, cluster, number.to_numpy())
    is_least = np.flatnonzero(number.to_numpy() == least[cluster])
    row = np.full(len(least), -1)
    row[cluster[is_least]] = is_least
    smallest = clusters.select("cluster", "kind", "fingerprint", number=number)[row[row >= 0]]
    prefix = pl.col("kind").replace_strict(ID_PREFIX, return_dtype=pl.String)
    return smallest.with_columns(party_id=prefix + pl.col("fingerprint").str.head(ID_LETTERS))


def fingerprint_numbers(fingerprints: pl.Series) -> pl.Series:
    """The first 64 bits of fingerprints: numbers in the same order, that are sorted in a tenth of the time."""
    return fingerprints.str.head(16).str.to_integer(base=16, dtype=pl.UInt64)


def identities(parties: pl.DataFrame) -> pl.DataFrame:
    """Which party id each fingerprint has (IDENTITIES, sorted); of a fingerprint in two parties, the smaller id."""
    number = fingerprint_numbers(parties["fingerprint"])
    order = number.arg_sort().to_numpy(writable=True)
    number = number.gather(order)
    is_again = (number == number.shift()).fill_null(False)
    is_tied = (is_again | is_again.shift(-1, fill_value=False)).to_numpy()
    tied = parties.select(list(IDENTITIES))[order[is_tied]].with_columns(row=order[is_tied])
    order[is_tied] = tied.sort("fingerprint", "party_id")["row"]
    ordered = parties.select(list(IDENTITIES))[order]
    return ordered.filter(pl.col("fingerprint").ne_missing(pl.col("fingerprint").shift()))


def _carried(clusters: pl.DataFrame, smallest: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """The clusters that take an id of the previous run: `cluster`, `party_id`."""
    overlaps = (
        clusters.join(earlier.unique(), on="fingerprint")
        # an id never moves from a person to an organisation, whatever the previous file holds
        .filter(pl.col("party_id").str.starts_with("P-") == (pl.col("kind") == PartyKind.PERSON))
        .group_by("cluster", "party_id")
        .agg(overlap=pl.col("fingerprint").n_unique())
    )
    # nearly all parties are what they were: one cluster, one id
    is_same = pl.col("cluster").is_unique() & pl.col("party_id").is_unique()
    contested = (
        overlaps.filter(~is_same)
        .join(smallest.select("cluster", "fingerprint"), on="cluster")
        .sort("overlap", "fingerprint", "party_id", "cluster", descending=[True, False, False, False])
    )
    given: dict[int, str] = {}
    carried: set[str] = set()
    for cluster, party_id in contested.select("cluster", "party_id").iter_rows():
        if cluster not in given and party_id not in carried:
            given[cluster] = party_id
            carried.add(party_id)
    return pl.concat([overlaps.filter(is_same).select("cluster", "party_id"), _as_ids(given, clusters)])


def _variants(clusters: pl.DataFrame, fresh: pl.DataFrame, taken: pl.Series) -> pl.DataFrame:
    """Ids that are not taken, of clusters whose own id is taken or is that of another: `cluster`, `party_id`."""
    of_fresh = clusters.join(fresh.select("cluster"), on="cluster", how="semi")
    sizes = of_fresh.group_by("cluster").agg(size=pl.col("fingerprint").n_unique())
    order = fresh.join(sizes, on="cluster").sort("fingerprint", "size", "cluster")
    rows = list(order.select("cluster", "kind", "fingerprint", "party_id").iter_rows())
    # of a city's ids those few are looked up that are likely to be asked for
    likely = {party_id for _, *own in rows for party_id in islice(_ids_of(*own), _LIKELY_VARIANTS)}
    likely_taken = set(taken.filter(taken.is_in(list(likely))))
    given: dict[str, int] = {}
    for cluster, *own in rows:
        for party_id in _ids_of(*own):
            if party_id in given:
                continue
            is_taken = party_id in likely_taken if party_id in likely else bool((taken == party_id).any())
            if not is_taken:
                given[party_id] = cluster
                break
    return _as_ids({cluster: party_id for party_id, cluster in given.items()}, clusters)


def _ids_of(kind: str, fingerprint: str, own: str) -> Iterator[str]:
    """The id that a party would have, and its variants without end."""
    yield own
    for variant in count(1):
        yield ID_PREFIX[kind] + sha256(f"{fingerprint}#{variant}".encode()).hexdigest()[:ID_LETTERS]


def _as_ids(given: dict[int, str], clusters: pl.DataFrame) -> pl.DataFrame:
    ids = pl.DataFrame(
        {"cluster": list(given), "party_id": list(given.values())}, schema_overrides={"party_id": pl.String}
    )
    return ids.cast({"cluster": clusters.schema["cluster"]})
