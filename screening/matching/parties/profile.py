"""How a linking went, in counts and ids: keys and their yield, what cannot be linked, heights, clusters, odd clusters.

No name, date or number of anybody is in what these functions return; a party is named by its id, a record by its key.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import asdict, dataclass

import polars as pl

from screening.base.vocabulary import LinkLevel, PartyKind
from screening.linking.metrics import brier_score, calibration_table, expected_table
from screening.matching.parties.link_levels import PROBABLE_BITS, STRONG_BITS

#: A cluster of fewer notations than this is never called odd: two and three hang together or do not.
LEAST_NOTATIONS = 4
#: Share of the possible pairs of notations that are linked, below which a cluster hangs together loosely.
LOOSE = 0.5
#: So many largest and odd clusters are listed.
MOST_LISTED = 15
#: Fewer judged links than this tell too little about a share: the 95 % interval of half of them is 20 points wide.
LEAST_JUDGED = 100

#: Keys on which mentions come together: (name of the key, kind, column).
_KEYS: tuple[tuple[str, PartyKind, str], ...] = (
    ("kvk_nummer", PartyKind.ORGANISATION, "kvk_nummer"),
    ("trade_name", PartyKind.ORGANISATION, "name_normalised"),
    ("address", PartyKind.ORGANISATION, "address_id"),
    ("birth_date", PartyKind.PERSON, "birth_date"),
    ("name", PartyKind.PERSON, "name_normalised"),
    ("business", PartyKind.PERSON, "kvk_nummer"),
)


def key_yields(mentions: pl.DataFrame, links: pl.DataFrame) -> list[dict[str, object]]:
    """Count what each key could bring; bounds on hot blocks are in the notes of the run.

    Args:
        mentions: MENTIONS of the run.
        links: LINKS of the run.

    Returns:
        One entry a key: `key`, `kind`, `mentions` that have the key, `blocks` (values shared by two or more),
        `largest`, `pairs` that the key brings together, `links` (probable or above) among these, `only` (links that no
        other key brings).
    """
    agree = {
        key: (
            (pl.col("left_kind") == kind) & (pl.col(f"left_{column}") == pl.col(f"right_{column}")).fill_null(False)
        ).alias(key)
        for key, kind, column in _KEYS
    }
    held = _ends(links, mentions).select(agree.values())
    held = held.with_columns(_keys=pl.sum_horizontal(pl.col(key).cast(pl.Int8) for key in agree))
    rows: list[dict[str, object]] = []
    for key, kind, column in _KEYS:
        keyed = mentions.filter((pl.col("kind") == kind) & pl.col(column).is_not_null())
        sizes = keyed.group_by(column).len()["len"].cast(pl.Int64)
        sizes = sizes.filter(sizes > 1)
        rows.append(
            {
                "key": key,
                "kind": str(kind),
                "mentions": keyed.height,
                "blocks": len(sizes),
                "largest": max(sizes, default=0),
                "pairs": int((sizes * (sizes - 1) // 2).sum()),
                "links": int(held[key].sum()),
                "only": held.filter(pl.col(key) & (pl.col("_keys") == 1)).height,
            }
        )
    return rows


def unlinkable(mentions: pl.DataFrame, links: pl.DataFrame) -> list[dict[str, object]]:
    """Count the mentions that lack what a link asks for.

    The independent key is a full birth date of a person; of an organisation a KVK number, or a name and an address.

    Returns:
        One entry a register, role and kind: `mentions`, `nameless` (no link but by number), `keyless` (no independent
        key, so never a strong link), `alone` (linked to nothing).
    """
    linked = pl.concat([links["left"], links["right"]]).unique().implode()
    is_person = pl.col("kind") == PartyKind.PERSON
    named = pl.col("name_normalised").is_not_null()
    numbered = ~is_person & pl.col("kvk_nummer").is_not_null()
    has_key = (
        (is_person & named & pl.col("birth_date").is_not_null())
        | numbered
        | (~is_person & named & pl.col("address_id").is_not_null())
    )
    counts = mentions.group_by("dataset", "role", "kind").agg(
        mentions=pl.len(),
        nameless=(~named & ~numbered).sum(),
        keyless=(~has_key).sum(),
        alone=(~pl.col("mention").is_in(linked)).sum(),
    )
    return counts.sort("dataset", "role", "kind").to_dicts()


def heights(links: pl.DataFrame) -> dict[str, object]:
    """How many links stand at which log-odds (a bit wide), and what is expected above every threshold.

    Links by KVK number (exact) are counted apart: they are not weighed. `expected`: precision and recall that follow
    from the weights themselves, recall of the links that were kept; judgements tell whether it is so.
    """
    weighed = links.filter(pl.col("level") != LinkLevel.EXACT)
    bins = weighed.group_by(pl.col("log_odds").floor().cast(pl.Int64).alias("from_bits"), "level").len("links")
    thresholds = {float(math.floor(value)) for value in weighed["log_odds"]} | {
        round(PROBABLE_BITS, 2),
        round(STRONG_BITS, 2),
    }
    expected = expected_table(weighed.with_columns(probability=pl.col("score")), sorted(thresholds))
    return {
        "exact": links.height - weighed.height,
        "probable_from_bits": round(PROBABLE_BITS, 2),
        "strong_from_bits": round(STRONG_BITS, 2),
        "bins": bins.sort("from_bits", "level").to_dicts(),
        "expected": [
            {name: round(value, 6) if isinstance(value, float) else value for name, value in row.items()}
            for row in expected.to_dicts()
        ],
    }


def calibration(judged: pl.DataFrame) -> dict[str, object]:
    """What the weights promised of the links that people judged, beside what people found.

    It holds for links as they were judged: where people took the surest first, for the surest.

    Args:
        judged: `log_odds`, `score` and `is_match` of links that were weighed and judged.

    Returns:
        `judged` and `needed` (how many there are, and must be), `brier` (the mean squared distance of probability and
        judgement; None where too few were judged), `thresholds` (rows of CALIBRATION, a bit each; one that fewer than
        `needed` reach is left out).
    """
    marked = judged.rename({"score": "probability", "is_match": "is_right"})
    bits = {float(math.floor(value)) for value in marked["log_odds"]}
    table = calibration_table(marked, bits).filter(pl.col("pairs") >= LEAST_JUDGED)
    return {
        "judged": marked.height,
        "needed": LEAST_JUDGED,
        "brier": None if table.is_empty() else round(brier_score(marked), 6),
        "thresholds": table.with_columns(pl.selectors.float().round(6)).to_dicts(),
    }


def clusters(parties: pl.DataFrame, links: pl.DataFrame) -> dict[str, object]:
    """Sizes of the parties, the largest ones, and those that hang together oddly.

    `parties`: `mention`, `record`, `kind`, `party_id`, `name_normalised`. Mentions of one party that are joined by
    number, or are written the same, are one notation: density and bridges are of notations, so that the bounds on
    links in a large party do not look like holes. `density`: linked pairs of notations / all pairs. `bridges`: links
    whose loss would part the party into two sides of two notations or more. Odd: density below LOOSE, or a bridge.
    """
    sizes = parties.group_by("party_id").agg(pl.len().alias("mentions"), pl.col("kind").first())
    counted = sizes.group_by("kind", "mentions").len("parties").sort("kind", "mentions").to_dicts()
    party_of = dict(parties.select("mention", "party_id").iter_rows())
    inside = links.filter(
        pl.col("left").replace_strict(party_of, default=None) == pl.col("right").replace_strict(party_of, default=None)
    ).with_columns(party_id=pl.col("left").replace_strict(party_of, default=None, return_dtype=pl.String))
    by_party = {key: part for (key,), part in inside.group_by("party_id")}
    largest = sizes.sort(["mentions", "party_id"], descending=[True, False]).head(MOST_LISTED)["party_id"].to_list()
    # a party of few mentions has fewer notations still
    examined = set(largest) | set(sizes.filter(pl.col("mentions") >= LEAST_NOTATIONS)["party_id"].to_list())
    members = parties.filter(pl.col("party_id").is_in(sorted(examined)))
    looked = {
        key: _look(key, part, by_party.get(key, inside.clear()))
        for (key,), part in members.sort("mention").group_by("party_id", maintain_order=True)
    }
    odd = [party for party in looked.values() if party.why]
    odd.sort(key=lambda party: (party.density, -party.mentions, party.party_id))
    return {
        "sizes": counted,
        "largest": [asdict(looked[key]) for key in largest],
        "odd": [asdict(party) for party in odd[:MOST_LISTED]],
        "odd_count": len(odd),
    }


@dataclass(frozen=True)
class ClusterProfile:
    """How one party hangs together: see `clusters`. `why`: loose or bridge, where the party is odd."""

    party_id: str
    kind: str
    mentions: int
    registers: list[str]
    notations: int
    density: float
    bridges: list[dict[str, object]]
    why: list[str]


def _look(party_id: str, members: pl.DataFrame, links: pl.DataFrame) -> ClusterProfile:
    """Notations, density and bridges of one party."""
    mentions = members["mention"].to_list()
    place = {mention: index for index, mention in enumerate(mentions)}
    root = list(range(len(mentions)))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    same_name: dict[str, int] = {}
    for index, name in enumerate(members["name_normalised"].to_list()):
        if name is not None:
            root[find(index)] = find(same_name.setdefault(name, index))
    rows = links.sort("link_id").select("link_id", "left", "right", "level").rows()
    for _, left, right, level in rows:
        if level == LinkLevel.EXACT:
            root[find(place[left])] = find(place[right])
    edges: dict[tuple[int, int], list[tuple[str, str, str]]] = defaultdict(list)
    for link_id, left, right, _ in rows:
        a, b = sorted((find(place[left]), find(place[right])))
        if a != b:
            edges[a, b].append((link_id, left, right))
    nodes = sorted({find(index) for index in range(len(mentions))})
    possible = len(nodes) * (len(nodes) - 1) // 2
    density = round(len(edges) / possible, 3) if possible else 1.0
    record = dict(members.select("mention", "record").iter_rows())
    bridges: list[dict[str, object]] = [
        {"link_id": edges[edge][0][0], "records": sorted({record[edges[edge][0][1]], record[edges[edge][0][2]]})}
        for edge in find_bridges(nodes, list(edges))
    ]
    why = ["loose"] * (density < LOOSE) + ["bridge"] * bool(bridges)
    return ClusterProfile(
        party_id=party_id,
        kind=members["kind"][0],
        mentions=len(mentions),
        registers=sorted({source.split(":", 1)[0] for source in record.values()}),
        notations=len(nodes),
        density=density,
        bridges=bridges,
        why=why if len(nodes) >= LEAST_NOTATIONS else [],
    )


def find_bridges(nodes: list[int], edges: list[tuple[int, int]], least_side: int = 2) -> list[tuple[int, int]]:
    """The edges whose loss parts a component into two sides of at least so many nodes (Tarjan 1974), in order."""
    neighbours: dict[int, list[int]] = {node: [] for node in nodes}
    for left, right in edges:
        neighbours[left].append(right)
        neighbours[right].append(left)
    seen: dict[int, int] = {}
    lowest: dict[int, int] = {}
    bridges: list[tuple[int, int]] = []
    for start in nodes:
        if start in seen:
            continue
        parent, order = {start: start}, []
        stack = [(start, iter(sorted(neighbours[start])))]
        seen[start] = lowest[start] = len(seen)
        while stack:
            node, rest = stack[-1]
            for other in rest:
                if other not in seen:
                    parent[other] = node
                    seen[other] = lowest[other] = len(seen)
                    stack.append((other, iter(sorted(neighbours[other]))))
                    break
                if other != parent[node]:
                    lowest[node] = min(lowest[node], seen[other])
            else:
                stack.pop()
                order.append(node)
                if node != start:
                    lowest[parent[node]] = min(lowest[parent[node]], lowest[node])
        below: dict[int, int] = dict.fromkeys(order, 1)
        for node in order:
            if node != start:
                below[parent[node]] += below[node]
        bridges += [
            (min(node, parent[node]), max(node, parent[node]))
            for node in order
            if node != start
            and lowest[node] > seen[parent[node]]
            and min(below[node], len(order) - below[node]) >= least_side
        ]
    return sorted(bridges)


def _ends(links: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    columns = ["kind", *dict.fromkeys(column for _, _, column in _KEYS)]
    frame = links.select("link_id", "left", "right")
    for side in ("left", "right"):
        there = mentions.select(pl.col("mention").alias(side), *(pl.col(c).alias(f"{side}_{c}") for c in columns))
        frame = frame.join(there, on=side, how="left")
    return frame
