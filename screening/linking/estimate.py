"""Weights without labels: u from frequencies and random pairs, m by expectation maximisation on training blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from screening.base.errors import ConfigurationError
from screening.linking.block import found_before
from screening.linking.compare import MISSING
from screening.linking.dependence import Dependence, learn_dependence
from screening.linking.encode import Records, encode
from screening.linking.key_parts import parse_key
from screening.linking.keys import key_texts, rule_name
from screening.linking.model import LinkModel
from screening.linking.nonmatches import (
    Chances,
    across_sources,
    all_pairs,
    blocks_of,
    count_agreement,
    count_frequencies,
    plain_comparers,
    without_matches,
)
from screening.linking.pairs import gammas
from screening.linking.settings import Comparison, Settings

#: No level is certain or impossible among matches either.
LEAST_M = 1e-4
LEAST_PRIOR, MOST_PRIOR = 1e-12, 0.5
_ROUNDS = 200
#: Times that the matches are taken out of u and m is learned anew.
_MENDED = 6
#: Times that dependences are learned and the prior anew.
_DEPENDENT = 3
_CONVERGED = 1e-6


@dataclass(frozen=True)
class Tally:
    """What a sample of pairs looks like: the comparisons, the share that was sampled, patterns of levels, counts."""

    comparisons: tuple[Comparison, ...]
    share: float
    patterns: np.ndarray
    counts: np.ndarray


def train(records: pl.DataFrame, settings: Settings) -> LinkModel:
    """Learn a model from records (one row a record; see `encode`). Deterministic: the seed is in the settings.

    Without training blocks, or where they leave a comparison unlearned, `ConfigurationError`.
    """
    return train_encoded(encode(records, settings), settings)


def train_encoded(records: Records, settings: Settings) -> LinkModel:
    """As `train`, on records that are encoded already."""
    model = estimate_model(records, settings, count_agreement(records, settings))
    return replace(model, hot=find_hot(records, settings))


def find_hot(records: Records, settings: Settings) -> dict[str, tuple[str, ...]]:
    """Per blocking rule the keys (as text) whose blocks are larger than `max_block`."""
    hot: dict[str, tuple[str, ...]] = {}
    for rule in settings.blocking:
        blocks = blocks_of(records, rule)
        heads = blocks.heads.take(blocks.find_hot(settings.max_block))
        hot[rule_name(rule)] = tuple(sorted(key_texts(records, rule, heads).to_list()))
    return hot


def estimate_model(records: Records, settings: Settings, counted: Chances) -> LinkModel:
    """A model without hot blocks: m, u without the matches, the prior, and what fields say less together.

    Each training rule is a session: its pairs teach the comparisons that do not read the rule's columns. What several
    sessions teach is averaged by the matches that they expect. `counted`: u with the matches in it. As each needs
    the others, they are learned in turns. Where the prior is stated, no dependences are learned. `taught` of the model:
    the most matches that one training rule is expected to hold.
    """
    if not settings.training:
        raise ConfigurationError("settings name no training blocks: m cannot be learned without them")
    tallies: list[Tally] = []
    for rule in settings.training:
        columns = {column for key in rule for column in parse_key(key).columns}
        free = [c for c in settings.comparisons if not columns & set(c.columns)]
        blocks = blocks_of(records, rule)
        blocks = blocks.without(blocks.find_hot(settings.max_block))
        if free and blocks.pairs:
            share = min(1.0, settings.training_pairs / blocks.pairs)
            tally = _tally(records, free, blocks.chunks(share), share)
            if len(tally.counts):
                tallies.append(tally)
    blocked = None if settings.prior else _tally_blocked(records, settings)
    u = dict(counted)
    m, matches = _learn(settings, u, tallies)
    prior = settings.prior or matches / all_pairs(records)
    if blocked:
        prior = _prior(records, settings, m, u, blocked, prior)
    for _ in range(_MENDED):
        u = without_matches(counted, m, prior)
        m, matches = _learn(settings, u, tallies)
        if blocked:
            prior = _prior(records, settings, m, u, blocked, prior)
    together: tuple[Dependence, ...] = ()
    for _ in range(_DEPENDENT if blocked else 0):
        assert blocked is not None  # noqa: S101 - as the range says
        weights = _weights(blocked.comparisons, m, u)
        bits = float(np.log2(prior / (1 - prior)))
        together = learn_dependence(blocked.comparisons, blocked.patterns, blocked.counts, weights, bits)
        prior = _prior(records, settings, m, u, blocked, prior, together)
    frequencies = count_frequencies(records, settings)
    return LinkModel(settings, prior, m, u, frequencies, together=together, trained_on=len(records), taught=matches)


def _tally_blocked(records: Records, settings: Settings) -> Tally:
    """What the pairs of the blocking rules look like, in a sample of them."""
    rules = []
    for rule in settings.blocking:
        blocks = blocks_of(records, rule)
        rules.append(blocks.without(blocks.find_hot(settings.max_block)))
    share = min(1.0, settings.training_pairs / max(sum(blocks.pairs for blocks in rules), 1))

    def admitted() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for number, blocks in enumerate(rules):
            for left, right in blocks.chunks(share):
                kept = ~found_before(rules[:number], left, right)
                yield left[kept], right[kept]

    return _tally(records, settings.comparisons, admitted(), share)


def _learn(settings: Settings, u: Chances, tallies: list[Tally]) -> tuple[dict[str, tuple[float, ...]], float]:
    """M by comparison, and the most matches that a session expects."""
    learned: dict[str, np.ndarray] = {}
    evidence: dict[str, float] = {}
    most = 0.0
    for tally in tallies:
        chances, matches = _maximise(tally, u)
        most = max(most, matches / tally.share)
        for comparison in tally.comparisons:
            name = comparison.name
            learned[name] = learned.get(name, 0.0) + chances[name] * matches
            evidence[name] = evidence.get(name, 0.0) + matches
    for comparison in settings.comparisons:
        if None not in comparison.by_hand:
            # nothing of it is learned, so nothing need teach it
            evidence[comparison.name], learned[comparison.name] = 1.0, np.array(u[comparison.name])
    missing = [c.name for c in settings.comparisons if not evidence.get(c.name)]
    if missing:
        raise ConfigurationError(
            f"no training block teaches {', '.join(missing)}: add a rule that does not read those columns"
        )
    m = {}
    for comparison in settings.comparisons:
        values = np.maximum(learned[comparison.name] / evidence[comparison.name], LEAST_M)
        m[comparison.name] = tuple(float(x) for x in values / values.sum())
    return m, most


def _weights(comparisons: Sequence[Comparison], m: Chances, u: Chances) -> list[np.ndarray]:
    """By comparison the bits of its levels, else, missing."""
    tables = []
    for c in comparisons:
        by_level = zip(m[c.name], u[c.name], c.by_hand, strict=True)
        tables.append(np.array([*(np.log2(x / y) if bits is None else bits for x, y, bits in by_level), 0.0]))
    return tables


def _prior(  # noqa: PLR0917 - all that a probability is made of
    records: Records,
    settings: Settings,
    m: Chances,
    u: Chances,
    blocked: Tally,
    start: float,
    together: Sequence[Dependence] = (),
) -> float:
    """The prior at which the pairs of the blocking rules hold as many matches as their probabilities add up to.

    The blocking rules are taken to find `expected_recall` of all matches.
    """
    pairs = all_pairs(records) * settings.expected_recall * blocked.share
    names = [c.name for c in blocked.comparisons]
    odds = np.zeros(len(blocked.counts))
    for own, levels in zip(_weights(blocked.comparisons, m, u), blocked.patterns, strict=True):
        odds += own[levels] * np.log(2)
    for pair in together:
        table = np.pad(np.array(pair.bits), ((0, 1), (0, 1)))
        odds += table[blocked.patterns[names.index(pair.first)], blocked.patterns[names.index(pair.second)]] * np.log(2)
    prior = float(np.clip(start, LEAST_PRIOR, MOST_PRIOR))
    for _ in range(_ROUNDS):
        total = np.clip(odds + np.log(prior / (1 - prior)), -700, 700)
        expected = float((blocked.counts / (1 + np.exp(-total))).sum())
        before, prior = prior, float(np.clip(expected / pairs, LEAST_PRIOR, MOST_PRIOR))
        if abs(prior - before) < _CONVERGED * before:
            break
    return prior


def _tally(
    records: Records, comparisons: Sequence[Comparison], chunks: Iterable[tuple[np.ndarray, np.ndarray]], share: float
) -> Tally:
    """The distinct rows of levels among these pairs and how often each occurs."""
    comparers = plain_comparers(records, comparisons)
    radix = np.array([len(c.levels) + 2 for c in comparisons], dtype=np.int64)
    scale = np.concatenate([[1], np.cumprod(radix[:-1])])
    parts = [(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))]
    for rows in chunks:
        left, right = across_sources(records, *rows)
        code = np.zeros(len(left), dtype=np.int64)
        for index, levels in enumerate(gammas(comparers, records, left, right)):
            code += np.where(levels == MISSING, radix[index] - 1, levels) * scale[index]
        parts.append(np.unique(code, return_counts=True))
    codes, place = np.unique(np.concatenate([code for code, _ in parts]), return_inverse=True)
    counts = np.bincount(place, weights=np.concatenate([count for _, count in parts]), minlength=len(codes))
    return Tally(tuple(comparisons), share, codes[None, :] // scale[:, None] % radix[:, None], counts)


def _maximise(tally: Tally, u: Chances) -> tuple[dict[str, np.ndarray], float]:
    """EM with u fixed (Winkler 1988): m by comparison, and the matches expected among these pairs."""
    patterns, counts = tally.patterns, tally.counts
    m = []
    for c in tally.comparisons:
        start = np.array([0.8] + [0.15 / max(len(c.levels) - 1, 1)] * (len(c.levels) - 1) + [0.05])
        m.append(start / start.sum())
    others = np.zeros(len(counts))
    for index, c in enumerate(tally.comparisons):
        others += np.log(np.append(np.array(u[c.name]), 1.0))[patterns[index]]
    share = 0.1
    for _ in range(_ROUNDS):
        same = np.zeros(len(counts))
        for index in range(len(m)):
            same += np.log(np.append(m[index], 1.0))[patterns[index]]
        odds = np.log(share / (1 - share)) + same - others
        chance = 1 / (1 + np.exp(-np.clip(odds, -700, 700)))
        weight = chance * counts
        matches = float(weight.sum())
        moved = abs(matches / counts.sum() - share)
        share = float(np.clip(matches / counts.sum(), 1e-9, 1 - 1e-9))
        for index, c in enumerate(tally.comparisons):
            levels = np.bincount(patterns[index], weights=weight, minlength=len(c.levels) + 2)[: len(c.levels) + 1]
            new = np.maximum(levels / max(levels.sum(), 1e-12), LEAST_M)
            new /= new.sum()
            moved = max(moved, float(np.abs(new - m[index]).max()))
            m[index] = new
        if moved < _CONVERGED:
            break
    return {c.name: m[index] for index, c in enumerate(tally.comparisons)}, float((chance * counts).sum())
