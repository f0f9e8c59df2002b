"""How often records of two parties agree by chance: u with the matches taken out, and how often values occur.

Counted among all records, agreement by chance holds the agreement of the matches too: of a key that is unique to a
party all of it is theirs. So u is counted first, and once m and the prior are known, what the matches add is taken off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from screening.base.errors import ConfigurationError
from screening.linking.block import Blocks
from screening.linking.compare import MISSING, Comparer
from screening.linking.encode import Records
from screening.linking.model import FREQUENCIES
from screening.linking.pairs import gammas
from screening.linking.settings import Comparison, Settings
from screening.linking.tokens import token_column, weigh_tokens

#: No level is certain or impossible: the least probability a level is given.
LEAST = 1e-7
LEAST_RARE = 1e-10
#: Of what was counted at least this share stays: m and the prior are themselves estimates.
LEAST_LEFT = 1 / 50

#: m or u: by comparison the chance of each level, else last.
Chances = Mapping[str, tuple[float, ...]]


def blocks_of(records: Records, rule: Sequence[str]) -> Blocks:
    """The blocks of a rule, made once for these records: training and prediction share them."""
    key = tuple(rule)
    blocks = records.blocks.get(key)
    if not isinstance(blocks, Blocks):
        blocks = records.blocks[key] = Blocks.make(records, key)
    return blocks


def all_pairs(records: Records) -> float:
    """How many pairs the records have (with sources: of different ones)."""
    n = len(records)
    if records.source is None:
        return max(n * (n - 1) / 2, 1.0)
    sizes = np.bincount(records.source).astype(np.float64)
    return max((n * n - float((sizes**2).sum())) / 2, 1.0)


def across_sources(records: Records, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pairs of two different sources, where records have a source; else all."""
    if records.source is None:
        return left, right
    across = records.source[left] != records.source[right]
    return left[across], right[across]


def plain_comparers(records: Records, comparisons: Sequence[Comparison]) -> list[Comparer]:
    """Comparers without weights, as none are known yet: of several readings the one with the best levels counts."""
    return [
        Comparer(
            c,
            records,
            np.linspace(1.0, -1.0, len(c.levels) + 1),
            token_bits={column: _token_bits(records, column) for column in c.token_columns},
        )
        for c in comparisons
    ]


def _count_tokens(records: Records, column: str) -> pl.DataFrame:
    """The words of a column (`value`) and how many values of records have each (`count`)."""
    tokens = records.pools[column].tokens
    counts = tokens.holders(records.value_counts(column)[0])
    return pl.DataFrame({"value": tokens.words, "count": counts}, schema_overrides={"count": pl.UInt32})


def _token_bits(records: Records, column: str) -> np.ndarray:
    return weigh_tokens(records.pools[column].tokens.words, _count_tokens(records, column), len(records))


def _counts(levels: np.ndarray, comparison: Comparison) -> np.ndarray:
    return np.bincount(levels[levels != MISSING], minlength=len(comparison.levels) + 1).astype(np.float64)


def count_agreement(records: Records, settings: Settings) -> dict[str, tuple[float, ...]]:
    """The chance of each level between two records at random; that of equal values exactly, by their frequencies."""
    generator = np.random.default_rng(settings.seed)
    n = len(records)
    if n < 2:
        raise ConfigurationError("a model needs two records at least")
    left = generator.integers(0, n, settings.random_pairs, dtype=np.int32)
    right = generator.integers(0, n - 1, settings.random_pairs, dtype=np.int32)
    right += right >= left
    left, right = across_sources(records, left, right)
    levels = gammas(plain_comparers(records, settings.comparisons), records, left, right)
    result = {}
    for index, comparison in enumerate(settings.comparisons):
        counted = _counts(levels[index], comparison)
        share = counted / max(counted.sum(), 1.0)
        exact = _exact(records, comparison) | _guarded(records, settings, comparison)
        sampled = [rung for rung in range(len(share)) if rung not in exact]
        rest = share[sampled].sum()
        if rest > 0:
            share[sampled] *= (1 - sum(exact.values())) / rest
        for rung, chance in exact.items():
            share[rung] = chance
        share = np.array([max(x, LEAST_RARE if rung in exact else LEAST) for rung, x in enumerate(share)])
        result[comparison.name] = tuple(float(x) for x in share / share.sum())
    return result


def _exact(records: Records, comparison: Comparison) -> dict[int, float]:
    """Chances of the leading equal levels: Σ c (c - 1) / n (n - 1), less what the level before has taken."""
    chances: dict[int, float] = {}
    taken, wider = 0.0, None
    for rung, level in enumerate(comparison.levels):
        if level.kind != "equal" or (wider is not None and not set(level.columns) <= wider):
            break
        if len(level.columns) == 1:
            counts, holders = records.value_counts(level.columns[0])
            sizes, total = counts.astype(np.float64), float(holders)
        else:
            sizes = blocks_of(records, level.columns).sizes.astype(np.float64)
            total = float(sizes.sum())
        chance = float((sizes * (sizes - 1)).sum()) / max(total * (total - 1), 1.0)
        # what no two records share is met once among all pairs at the most
        chances[rung] = max(chance - taken, 1 / max(total * (total - 1), 1.0))
        taken, wider = max(chance, taken), set(level.columns)
    return chances


def guarded_levels(comparison: Comparison) -> dict[int, tuple[str, ...]]:
    """The levels too rare for a random sample, since they ask several columns to be equal, and these columns.

    What weighs by hand alone is not worth counting.
    """
    guards = {tuple(level.within) for level in comparison.levels if level.within and level.bits is None}
    guarded: dict[int, tuple[str, ...]] = {}
    for rung, level in enumerate(comparison.levels):
        for guard in guards:
            if set(guard) <= {*level.within, *(level.columns if level.kind == "equal" else ())}:
                guarded[rung] = guard
    return guarded


def _guarded(records: Records, settings: Settings, comparison: Comparison) -> dict[int, float]:
    """The chance of guarded levels between any two records, counted among the pairs that share the guard."""
    chances: dict[int, float] = {}
    levels_of = guarded_levels(comparison)
    for guard in sorted(set(levels_of.values())):
        blocks = blocks_of(records, guard)
        every = blocks.pairs
        blocks = blocks.without(blocks.find_hot(settings.max_block))
        # a guard that holds of most pairs only in blocks too large to count is common enough for the random sample
        if not blocks.pairs or blocks.pairs < every / 2:
            continue
        share = min(1.0, settings.training_pairs / blocks.pairs)
        counted = np.zeros(len(comparison.levels) + 1)
        for rows in blocks.chunks(share):
            left, right = across_sources(records, *rows)
            counted += _counts(gammas(plain_comparers(records, [comparison]), records, left, right)[0], comparison)
        for rung, own in levels_of.items():
            if own == guard:
                chances[rung] = max(counted[rung] / share / all_pairs(records), LEAST_RARE)
    return chances


def without_matches(counted: Chances, m: Chances, prior: float) -> dict[str, tuple[float, ...]]:
    """U of every level with what the matches add taken off, at least LEAST_LEFT of what was counted."""
    result = {}
    for name, chances in counted.items():
        u = np.array(chances)
        u = np.maximum((u - np.array(m[name]) * prior) / (1 - prior), u * LEAST_LEFT)
        result[name] = tuple(float(x) for x in u / u.sum())
    return result


def count_frequencies(records: Records, settings: Settings) -> pl.DataFrame:
    """How often each value occurs (FREQUENCIES), for the columns whose values, or words, weigh by rarity."""
    columns = dict.fromkeys(level.frequency for c in settings.comparisons for level in c.levels if level.frequency)
    tables = []
    for column in columns:
        counts, _ = records.value_counts(column)
        values = records.pools[column].values.cast(pl.String)
        table = pl.DataFrame({"value": values, "count": counts.astype(np.uint32)}).filter(pl.col("count") > 0)
        tables.append(table.select(column=pl.lit(column), value="value", count=pl.col("count").cast(pl.UInt32)))
    for column in dict.fromkeys(column for c in settings.comparisons for column in c.token_columns):
        table = _count_tokens(records, column).filter(pl.col("count") > 0)
        tables.append(table.select(column=pl.lit(token_column(column)), value="value", count="count"))
    return pl.concat(tables) if tables else pl.DataFrame(schema=FREQUENCIES)
