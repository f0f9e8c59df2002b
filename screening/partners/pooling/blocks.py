"""Which counts are added up together, so that no subtraction of what is published leaves a municipality.

Counts are published in *blocks*. A block of a version of a rule is what its municipalities have more than at their
last block. It is closed at the first quarter in which at least five of them have a new case and the new cases are ten
or more together; until then they all wait. A municipality without a new case is in no block.

Every case is in one block of a series. A sum that is published is one of whole blocks, so whatever somebody adds and
subtracts gives each block as a whole one factor: what is left over speaks of five municipalities or of nothing. It also
holds beside estimates: all that is computed of a block stays the same when two of its municipalities change places.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from screening.partners.pooling.counts import NOTHING, SAMPLE, CaseCounts, TownCounts

LEAST_TOWNS, LEAST_CASES = 5, 10


@dataclass(frozen=True)
class TownPart:
    """What a municipality adds to a block: `counts` of the series, and `sample` of its drawn cases beside them."""

    counts: CaseCounts
    sample: CaseCounts


@dataclass(frozen=True)
class CountBlock:
    """What is added up at once. `parts`: in an order that says nothing, without the municipalities' names."""

    quarter: str
    parts: tuple[TownPart, ...]


def blocks_by_series(quarters: Mapping[str, Sequence[TownCounts]]) -> dict[str, list[CountBlock]]:
    """Series -> its blocks up to now, oldest first, SAMPLE included.

    Args:
        quarters: Quarter -> the files of it, one a municipality at most.
    """
    latest: dict[str, dict[str, CaseCounts]] = {}
    counted: dict[tuple[str, str], TownPart] = {}
    blocks: dict[str, list[CountBlock]] = {}
    for quarter, files in sorted(quarters.items()):
        for file in files:
            # a rule is compared with what was drawn since it ran: not with the draws of the years before
            drawn = latest.get(file.code, {}).get(SAMPLE, NOTHING)
            latest[file.code] = file.by_series()
            for series in latest[file.code]:
                counted.setdefault((series, file.code), TownPart(NOTHING, drawn))
        for series in sorted({series for counts in latest.values() for series in counts}):
            waiting = {
                town: _since(counted[series, town], counts, series)
                for town, counts in latest.items()
                if series in counts
            }
            joining = {town: part for town, part in waiting.items() if part.counts.decided}
            if not _is_enough(joining.values()):
                continue
            parts = sorted(joining.values(), key=repr)
            blocks.setdefault(series, []).append(CountBlock(quarter, tuple(parts)))
            counted |= {(series, town): TownPart(latest[town][series], latest[town][SAMPLE]) for town in joining}
    return blocks


def _since(before: TownPart, counts: Mapping[str, CaseCounts], series: str) -> TownPart:
    return TownPart(counts[series].since(before.counts), counts[SAMPLE].since(before.sample))


def _is_enough(parts: Collection[TownPart]) -> bool:
    return len(parts) >= LEAST_TOWNS and sum(part.counts.decided for part in parts) >= LEAST_CASES


def total_of(blocks: Sequence[CountBlock]) -> CaseCounts:
    """The counts of all blocks together."""
    total = NOTHING
    for block in blocks:
        for part in block.parts:
            total = total.plus(part.counts)
    return total
