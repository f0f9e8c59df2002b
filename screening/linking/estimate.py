"""Weights without labels: u from frequencies and random pairs, m by expectation maximisation on training blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from screening.errors import ConfigurationError
from screening.linking.block import Blocks
from screening.linking.compare import MISSING, Comparer
from screening.linking.encode import Records, encode
from screening.linking.keys import key_texts, rule_name
from screening.linking.model import FREQUENCIES, LinkModel
from screening.linking.pairs import gammas
from screening.linking.settings import Comparison, Settings

#: No level is certain or impossible: the least probability a level is given.
LEAST = 1e-7
LEAST_RARE = 1e-10
LEAST_M = 1e-4
_ROUNDS = 200
_CONVERGED = 1e-6

#: What one training rule saw: the rule, the comparisons it teaches, its share of pairs, patterns of levels, counts.
Tally = tuple[tuple[str, ...], list[Comparison], float, np.ndarray, np.ndarray]


def train(records: pl.DataFrame, settings: Settings) -> LinkModel:
    """Learn a model from records (one row a record; see `encode`). Deterministic: the seed is in the settings.

    Without training blocks, or where they leave a comparison unlearned, `ConfigurationError`.
    """
    return train_encoded(encode(records, settings), settings)


def train_encoded(records: Records, settings: Settings) -> LinkModel:
    """As `train`, on records that are encoded already."""
    u = estimate_u(records, settings)
    m, u, prior = estimate_m(records, settings, u)
    frequencies, totals = count_frequencies(records, settings)
    model = LinkModel(settings, prior, m, u, frequencies, totals, trained_on=len(records))
    return replace(model, hot=find_hot(records, settings))


def find_hot(records: Records, settings: Settings) -> dict[str, tuple[str, ...]]:
    """Per blocking rule the keys (as text) whose blocks are larger than `max_block`."""
    hot: dict[str, tuple[str, ...]] = {}
    for rule in settings.blocking:
        blocks = blocks_of(records, rule)
        rows = blocks.heads[blocks.find_hot(settings.max_block)]
        hot[rule_name(rule)] = tuple(sorted(key_texts(records, rule, rows).to_list()))
    return hot


def blocks_of(records: Records, rule: Sequence[str]) -> Blocks:
    """The blocks of a rule, made once for these records: training and prediction share them."""
    key = tuple(rule)
    blocks = records.blocks.get(key)
    if not isinstance(blocks, Blocks):
        blocks = records.blocks[key] = Blocks.make(records, key)
    return blocks


def count_frequencies(records: Records, settings: Settings) -> tuple[pl.DataFrame, dict[str, int]]:
    """How often each value occurs (FREQUENCIES), for the columns whose values weigh by rarity, and their totals."""
    columns = dict.fromkeys(level.frequency for c in settings.comparisons for level in c.levels if level.frequency)
    tables, totals = [], {}
    for column in columns:
        counts, totals[column] = records.value_counts(column)
        values = records.pools[column].values.cast(pl.String)
        table = pl.DataFrame({"value": values, "count": counts.astype(np.uint32)}).filter(pl.col("count") > 0)
        tables.append(table.select(column=pl.lit(column), value="value", count=pl.col("count").cast(pl.UInt32)))
    return (pl.concat(tables) if tables else pl.DataFrame(schema=FREQUENCIES)), totals


def _comparers(records: Records, comparisons: Sequence[Comparison]) -> list[Comparer]:
    # no weights are known yet: of several readings the one with the best levels counts
    return [Comparer(c, records, np.linspace(1.0, -1.0, len(c.levels) + 1), {}) for c in comparisons]


def _counts(levels: np.ndarray, comparison: Comparison) -> np.ndarray:
    return np.bincount(levels[levels != MISSING], minlength=len(comparison.levels) + 1).astype(np.float64)


def estimate_u(records: Records, settings: Settings) -> dict[str, tuple[float, ...]]:
    """The chance of each level between two records at random; that of equal values exactly, by their frequencies."""
    generator = np.random.default_rng(settings.seed)
    n = len(records)
    if n < 2:
        raise ConfigurationError("a model needs two records at least")
    left = generator.integers(0, n, settings.random_pairs, dtype=np.int32)
    right = generator.integers(0, n - 1, settings.random_pairs, dtype=np.int32)
    right += right >= left
    left, right = across_sources(records, left, right)
    levels = gammas(_comparers(records, settings.comparisons), records, left, right)
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


def across_sources(records: Records, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pairs of two different sources, where records have a source; else all."""
    if records.source is None:
        return left, right
    across = records.source[left] != records.source[right]
    return left[across], right[across]


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
        chances[rung] = max(chance - taken, LEAST)
        taken, wider = max(chance, taken), set(level.columns)
    return chances


def guarded_levels(comparison: Comparison) -> dict[int, tuple[str, ...]]:
    """The levels too rare for a random sample, since they ask several columns to be equal, and these columns."""
    guards = {tuple(level.within) for level in comparison.levels if level.within}
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
        blocks = blocks.without(blocks.find_hot(settings.max_block))
        if not blocks.pairs:
            continue
        share = min(1.0, settings.training_pairs / blocks.pairs)
        counted = np.zeros(len(comparison.levels) + 1)
        for rows in blocks.chunks(share):
            left, right = across_sources(records, *rows)
            counted += _counts(gammas(_comparers(records, [comparison]), records, left, right)[0], comparison)
        for rung, own in levels_of.items():
            if own == guard:
                chances[rung] = max(counted[rung] / share / all_pairs(records), LEAST_RARE)
    return chances


def all_pairs(records: Records) -> float:
    """How many pairs the records have (with sources: of different ones)."""
    n = len(records)
    if records.source is None:
        return max(n * (n - 1) / 2, 1.0)
    sizes = np.bincount(records.source).astype(np.float64)
    return max((n * n - float((sizes**2).sum())) / 2, 1.0)


def _without_matches(
    comparison: Comparison, u: tuple[float, ...], m: tuple[float, ...], prior: float
) -> tuple[float, ...]:
    """U of guarded levels without the matches that were counted with them (at least a tenth stays)."""
    values = np.array(u)
    for rung in guarded_levels(comparison):
        values[rung] = max(values[rung] - m[rung] * prior, values[rung] / 10)
    return tuple(float(x) for x in values / values.sum())


def estimate_m(
    records: Records, settings: Settings, u: dict[str, tuple[float, ...]]
) -> tuple[dict[str, tuple[float, ...]], dict[str, tuple[float, ...]], float]:
    """The chance of each level between two records of one party, and the prior of two records at random.

    Each training rule is a session: its pairs teach the comparisons that do not read the rule's columns. What several
    sessions teach is averaged by the matches that they expect. The prior: the matches that a session expects among all
    its pairs, divided by the share of matches that agree on the rule (their m).
    """
    if not settings.training:
        raise ConfigurationError("settings name no training blocks: m cannot be learned without them")
    tallies: list[Tally] = []
    for rule in settings.training:
        columns = {key.split(":")[0] for key in rule}
        free = [c for c in settings.comparisons if not columns & set(c.columns)]
        blocks = blocks_of(records, rule)
        blocks = blocks.without(blocks.find_hot(settings.max_block))
        if free and blocks.pairs:
            share = min(1.0, settings.training_pairs / blocks.pairs)
            patterns, counts = _patterns(records, free, blocks, share)
            if len(counts):
                tallies.append((rule, free, share, patterns, counts))
    m, prior = _learn(records, settings, u, tallies)
    if any(guarded_levels(c) for c in settings.comparisons):
        # the pairs that share a guard hold many matches: once m is known, they are taken out and m is learned anew
        for _ in range(2):
            cleaned = {c.name: _without_matches(c, u[c.name], m[c.name], prior) for c in settings.comparisons}
            m, prior = _learn(records, settings, cleaned, tallies)
        u = cleaned
    return m, u, prior


def _learn(
    records: Records, settings: Settings, u: dict[str, tuple[float, ...]], tallies: list[Tally]
) -> tuple[dict[str, tuple[float, ...]], float]:
    learned: dict[str, np.ndarray] = {}
    evidence: dict[str, float] = {}
    sessions: list[tuple[tuple[str, ...], float]] = []
    for rule, free, share, patterns, counts in tallies:
        chances, matches = _maximise(patterns, counts, free, u)
        sessions.append((rule, matches / share))
        for comparison in free:
            name = comparison.name
            learned[name] = learned.get(name, 0.0) + chances[name] * matches
            evidence[name] = evidence.get(name, 0.0) + matches
    missing = [c.name for c in settings.comparisons if not evidence.get(c.name)]
    if missing:
        raise ConfigurationError(
            f"no training block teaches {', '.join(missing)}: add a rule that does not read those columns"
        )
    m = {}
    for comparison in settings.comparisons:
        values = np.maximum(learned[comparison.name] / evidence[comparison.name], LEAST_M)
        m[comparison.name] = tuple(float(x) for x in values / values.sum())
    return m, _prior(records, settings, m, sessions)


def _prior(
    records: Records, settings: Settings, m: dict[str, tuple[float, ...]], sessions: list[tuple[tuple[str, ...], float]]
) -> float:
    pairs = all_pairs(records)
    estimates = []
    for rule, matches in sessions:
        recall = settings.expected_recall ** len(rule)
        whole = {key for key in rule if ":" not in key}
        for c in settings.comparisons:
            first = c.levels[0]
            if first.kind == "equal" and set(first.columns) <= whole:
                recall *= m[c.name][0] / settings.expected_recall ** len(first.columns)
        estimates.append(matches / max(recall, 0.05))
    return float(np.clip(np.median(estimates) / max(pairs, 1.0), 1e-12, 0.5))


def _patterns(
    records: Records, free: Sequence[Comparison], blocks: Blocks, share: float
) -> tuple[np.ndarray, np.ndarray]:
    """The distinct rows of levels among a training rule's pairs and how often each occurs."""
    comparers = _comparers(records, free)
    radix = np.array([len(c.levels) + 2 for c in free], dtype=np.int64)
    scale = np.concatenate([[1], np.cumprod(radix[:-1])])
    tally: dict[int, int] = {}
    for rows in blocks.chunks(share):
        left, right = across_sources(records, *rows)
        levels = gammas(comparers, records, left, right).astype(np.int64)
        levels = np.where(levels == MISSING, radix[:, None] - 1, levels)
        code = (levels * scale[:, None]).sum(axis=0)
        codes, counts = np.unique(code, return_counts=True)
        for key, count in zip(codes.tolist(), counts.tolist(), strict=True):
            tally[key] = tally.get(key, 0) + count
    distinct = np.array(sorted(tally), dtype=np.int64)
    counts = np.array([tally[int(key)] for key in distinct], dtype=np.float64)
    return distinct[None, :] // scale[:, None] % radix[:, None], counts


def _maximise(
    patterns: np.ndarray, counts: np.ndarray, free: Sequence[Comparison], u: dict[str, tuple[float, ...]]
) -> tuple[dict[str, np.ndarray], float]:
    """EM with u fixed (Winkler 1988): m by comparison, and the matches expected among these pairs."""
    m = []
    for c in free:
        start = np.array([0.8] + [0.15 / max(len(c.levels) - 1, 1)] * (len(c.levels) - 1) + [0.05])
        m.append(start / start.sum())
    others = np.zeros(len(counts))
    for index, c in enumerate(free):
        others += np.log(np.append(np.array(u[c.name]), 1.0))[patterns[index]]
    share = min(0.1, 0.5)
    for _ in range(_ROUNDS):
        same = np.zeros(len(counts))
        for index in range(len(free)):
            same += np.log(np.append(m[index], 1.0))[patterns[index]]
        odds = np.log(share / (1 - share)) + same - others
        chance = 1 / (1 + np.exp(-np.clip(odds, -700, 700)))
        weight = chance * counts
        matches = float(weight.sum())
        moved = abs(matches / counts.sum() - share)
        share = float(np.clip(matches / counts.sum(), 1e-9, 1 - 1e-9))
        for index, c in enumerate(free):
            levels = np.bincount(patterns[index], weights=weight, minlength=len(c.levels) + 2)[: len(c.levels) + 1]
            new = np.maximum(levels / max(levels.sum(), 1e-12), LEAST_M)
            new /= new.sum()
            moved = max(moved, float(np.abs(new - m[index]).max()))
            m[index] = new
        if moved < _CONVERGED:
            break
    return {c.name: m[index] for index, c in enumerate(free)}, float((chance * counts).sum())
