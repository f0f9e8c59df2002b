"""Why a pair has its log-odds: field by field, as data; sentences and pictures are made from this elsewhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import polars as pl

from screening.base.errors import ConfigurationError
from screening.linking.compare import MISSING
from screening.linking.encode import Records, encode
from screening.linking.keys import rule_name
from screening.linking.model import LinkModel
from screening.linking.pair_ranges import blocks_and_cut
from screening.linking.rank import tie_breaker, to_grid
from screening.linking.scorer import Scorer
from screening.linking.similarity import is_textual


@dataclass(frozen=True)
class ExplainedField:
    """One field of a pair: its level, what that weighs (bits), what the rarity of the value adds, the total so far.

    `similarity`: of the level's measure, 0-1 (None: the level has none). `m`, `u`: None for a missing value.
    """

    comparison: str
    level: str
    similarity: float | None
    m: float | None
    u: float | None
    weight: float
    rarity: float
    total: float


@dataclass(frozen=True)
class Explanation:
    """A pair field by field. `prior`: log-odds (base 2) before anything is compared; `log_odds`: as `link` gives it.

    `held`: bits (0 or less) by which a gate holds it below `Settings.sure`. `found_by`: the blocking rule that brings
    the two together (None: none does, so `link` never compares them). `cut`: the rules of which they share a block that
    was too large.
    """

    left: str
    right: str
    prior: float
    steps: tuple[ExplainedField, ...]
    tie_breaker: float
    log_odds: float
    probability: float
    is_vetoed: bool
    held: float = 0.0
    found_by: str | None = None
    cut: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """As plain values for JSON (no value of any field is in it)."""
        return asdict(self)


def explain_pair(model: LinkModel, records: pl.DataFrame, left: object, right: object) -> Explanation:
    """Explain the pair with these ids, in any order. `ConfigurationError` for an id that is not there."""
    pair = records.filter(pl.col(model.settings.id_column).is_in([left, right]))
    if len(pair) != 2:
        raise ConfigurationError("a pair has two records with different ids: one or both are not among these records")
    encoded = encode(pair, model.settings)
    scorer = Scorer(model, encoded)
    a, b = np.array([0], dtype=np.int32), np.array([1], dtype=np.int32)
    compared = scorer.compare(a, b)
    levels = compared.levels
    total = model.prior_bits
    steps = []
    parts = scorer.parts(compared)
    for index, comparison in enumerate(model.settings.comparisons):
        weight, rare = float(parts[index][0][0]), float(parts[index][1][0])
        total += weight
        total += rare
        rung = levels[index][0]
        if rung == MISSING:
            steps.append(ExplainedField(comparison.name, "missing", None, None, None, 0.0, 0.0, total))
            continue
        near = None
        scored = [place for place, level in enumerate(comparison.levels) if level.kind in ("similar", "tokens")]
        if rung < len(comparison.levels) and not is_textual(comparison.levels[rung]):
            near = 1.0 if comparison.levels[rung].kind == "equal" else None
        elif scored:
            place = rung if rung in scored else scored[0]
            mine, theirs = compared.sides[index](comparison.levels[place].columns[0])
            has_texts = mine[0] and theirs[0]
            near = float(scorer.comparers[index].similarity(place, mine, theirs)[0]) if has_texts else None
        m, u = model.m[comparison.name][rung], model.u[comparison.name][rung]
        steps.append(ExplainedField(comparison.name, comparison.level_names[rung], near, m, u, weight, rare, total))
    extra = float(tie_breaker(scorer.comparers, encoded, compared)[0])
    bits = scorer.gated_bits(compared)
    log_odds = float(to_grid(bits)[0]) + extra
    found_by, cut = _rules(model, encoded)
    return Explanation(
        left=str(encoded.ids[0]),
        right=str(encoded.ids[1]),
        prior=model.prior_bits,
        steps=tuple(steps),
        tie_breaker=extra,
        log_odds=log_odds,
        probability=float(1 / (1 + np.exp2(-np.clip(log_odds, -1000, 1000)))),
        is_vetoed=bool(scorer.vetoed(compared)[0]),
        held=float(bits[0]) - total,
        found_by=found_by,
        cut=cut,
    )


def _rules(model: LinkModel, pair: Records) -> tuple[str | None, tuple[str, ...]]:
    """The first rule that makes this pair of records, and the rules whose block of them the model cut."""
    if pair.source is not None and pair.source[0] == pair.source[1]:
        return None, ()
    cut = []
    found_by = None
    for rule in model.settings.blocking:
        blocks, cuts = blocks_and_cut(model, pair, rule)
        if len(cuts):
            cut.append(rule_name(rule))
        if found_by is None and blocks.shares(np.array([0]), np.array([1]))[0]:
            found_by = rule_name(rule)
    return found_by, tuple(cut)
