"""Clusters of mentions under vetoes, and party ids that stay what they were from run to run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import combinations

import numpy as np
import polars as pl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from screening.frames import IDENTITIES
from screening.linking.clusters import average_linkage
from screening.vocabulary import PartyKind

#: One pair counts for no more than this in an average; also what two strangers of one birth date are worth.
MOST_BITS = 12.0
#: Larger components are parted at a higher threshold first.
MOST_MEMBERS = 300

#: First letters of a party id: P-… for a person, O-… for an organisation.
ID_PREFIX: dict[str, str] = {PartyKind.PERSON: "P-", PartyKind.ORGANISATION: "O-"}


def constrained_union_find(
    identities: Sequence[str | None],
    links: Iterable[tuple[int, int]],
    confirmed: Iterable[tuple[int, int]] = (),
    forbidden: Iterable[tuple[int, int]] = (),
) -> list[int]:
    """A label per node: the smallest node of its cluster.

    `identities`: per node what no two members may differ in (birth date, KVK number); null where it has none.
    `links`: pairs in order of strength, strongest first; each joins two clusters unless a veto stands between any two
    of their members. `forbidden`: pairs that may never share a cluster, by a person's judgement or since their given
    names exclude each other. `confirmed`: pairs that a person judged to be one; they come first, and join also what
    differs in identity. A forbidden pair stays apart even so.
    """
    parent = list(range(len(identities)))
    members = {node: [node] for node in parent}
    held = {node: ({identity} if identity is not None else set()) for node, identity in enumerate(identities)}
    enemies: dict[int, set[int]] = {}
    for left, right in forbidden:
        enemies.setdefault(left, set()).add(right)
        enemies.setdefault(right, set()).add(left)

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def join(left: int, right: int, *, is_confirmed: bool) -> None:
        a, b = sorted((root(left), root(right)))
        if a == b:
            return
        few, many = sorted((held[a], held[b]), key=len)
        # after a confirmation a cluster may hold two numbers; it still takes in no third by itself
        if not is_confirmed and not few <= many:
            return
        small, large = (members[a], b) if len(members[a]) <= len(members[b]) else (members[b], a)
        if any(root(enemy) == large for node in small for enemy in enemies.get(node, ())):
            return
        parent[b] = a
        members[a] += members.pop(b)
        held[a] |= held.pop(b)

    for left, right in confirmed:
        join(left, right, is_confirmed=True)
    for left, right in links:
        join(left, right, is_confirmed=False)
    return [root(node) for node in range(len(identities))]


def average_linkage_clusters(
    weighed: pl.DataFrame,
    strong: pl.DataFrame,
    apart: Iterable[tuple[int, int]] = (),
    alike: Iterable[tuple[int, int]] = (),
    most: int = MOST_MEMBERS,
) -> list[tuple[int, int]]:
    """The links (pairs of nodes) that average linkage leaves of `strong`, so that nobody is chained through a hub.

    `strong`: `left`, `right`, `evidence` (bits) of the links that may join; they make components. `weighed`: the same
    of every pair that was compared, link or not; a pair that is in neither has nothing in common. In a component the
    clusters with the highest average are joined while it is above zero bits; `apart` is minus infinity. `alike`: pairs
    whose contents are the same; unless they are `apart` they are one before anything is averaged, so that a veto
    between two of them and others parts them as a whole. Every cluster comes back as links from its smallest node.
    """
    apart = list(apart)
    leader = _leaders(alike, apart)

    def led(left: int, right: int) -> tuple[int, int]:
        left, right = leader.get(left, left), leader.get(right, right)
        return (left, right) if left < right else (right, left)

    vetoed = {led(*pair) for pair in apart}
    edges = sorted({led(left, right) for left, right in strong.select("left", "right").iter_rows()})
    edges = [(left, right) for left, right in edges if left != right]
    bits: dict[tuple[int, int], float] = {}
    for left, right, value in pl.concat([weighed, strong]).select("left", "right", "evidence").iter_rows():
        pair = led(left, right)
        bits[pair] = max(value, bits.get(pair, value))
    links: list[tuple[int, int]] = []
    todo = [(members, 0.0) for members in _components(edges)]
    while todo:
        members, threshold = todo.pop()
        if len(members) > most:
            # too many for a matrix: first parted at a higher threshold
            inside, floor = set(members), threshold + 1.0
            kept = [e for e in edges if e[0] in inside and bits[min(e), max(e)] >= floor]
            todo += [(part, floor) for part in _components(kept)]
            continue
        matrix = np.full((len(members), len(members)), -MOST_BITS)
        for a, b in combinations(range(len(members)), 2):
            pair = (members[a], members[b])
            value = -np.inf if pair in vetoed else float(np.clip(bits.get(pair, -MOST_BITS), -MOST_BITS, MOST_BITS))
            matrix[a, b] = matrix[b, a] = value
        for index, label in enumerate(average_linkage(matrix, 0.0)):
            if index != label:
                links.append((members[label], members[index]))
    return sorted((first, node) for node, first in leader.items() if first != node) + sorted(links)


def _leaders(alike: Iterable[tuple[int, int]], apart: list[tuple[int, int]]) -> dict[int, int]:
    """The smallest node of those that are one with each node of `alike`."""
    alike = sorted((min(pair), max(pair)) for pair in alike)
    nodes = sorted({node for pair in alike for node in pair})
    place = {node: index for index, node in enumerate(nodes)}
    forbidden = [(place[left], place[right]) for left, right in apart if left in place and right in place]
    labels = constrained_union_find(
        [None] * len(nodes), [(place[left], place[right]) for left, right in alike], forbidden=forbidden
    )
    return {node: nodes[label] for node, label in zip(nodes, labels, strict=True)}


def _components(edges: list[tuple[int, int]]) -> list[list[int]]:
    if not edges:
        return []
    nodes = sorted({node for edge in edges for node in edge})
    place = {node: index for index, node in enumerate(nodes)}
    rows, columns = ([place[edge[side]] for edge in edges] for side in (0, 1))
    graph = coo_matrix((np.ones(len(edges), dtype=np.int8), (rows, columns)), shape=(len(nodes), len(nodes)))
    _, labels = connected_components(graph, directed=False)
    members: dict[int, list[int]] = {}
    for node, label in zip(nodes, labels.tolist(), strict=True):
        members.setdefault(label, []).append(node)
    return list(members.values())


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
    return parties.group_by("fingerprint").agg(pl.col("party_id").min()).select(list(IDENTITIES)).sort("fingerprint")


def _fresh_id(kind: str, fingerprint: str, variant: int) -> str:
    text = fingerprint if variant == 0 else f"{fingerprint}#{variant}"
    return ID_PREFIX[kind] + sha256(text.encode()).hexdigest()[:16]
