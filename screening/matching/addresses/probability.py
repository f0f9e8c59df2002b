"""How sure an address is: the probability that it is the one meant, from what speaks for it.

What speaks for an address are six levels (EVIDENCE). Each has a weight in log-odds, fitted on spelling variants of
synthetic municipalities (`python -m benchmarks.addresses.fit`; decisions 26 and 27). They are data: probability.yaml.
"""

from __future__ import annotations

import polars as pl

from screening.base.word_lists import read_lists
from screening.matching.addresses.evidence import TIER_FUZZY

#: Levels of evidence -> their names, in the order of their codes; a fuzzy street goes by its similarity.
EVIDENCE: dict[str, tuple[str, ...]] = {
    "street_is": ("exact", "variant", "usual_or_none", "similar_90", "similar_80", "similar_70", "similar_less"),
    "postcode_is": ("same", "absent", "swapped", "slip", "other", "outside"),
    "town_is": ("same", "slip", "absent", "near", "other", "outside"),
    "unit_is": ("same", "spelt", "ground_floor", "left_out", "range", "not_in_bag", "same_beside_units"),
    "age_is": ("living", "former", "gone"),
    "standing": ("answered", "offered", "offered_beside_another"),
}
#: The least similarity of each level of a street found by resemblance, after which the next begins.
_SIMILAR = (0.9, 0.8, 0.7)

#: An address is an answer from this probability on, and offered to a person from that: the only two thresholds.
ANSWER_LEAST, OFFER_LEAST = 0.7, 0.5

_WEIGHTS: dict[str, dict[str, float]] = read_lists("screening.matching.addresses", "probability.yaml")


def street_level(tier: pl.Expr, similarity: pl.Expr) -> pl.Expr:
    """The level of a street: its tier, or for one found by resemblance how alike it is."""
    below = pl.sum_horizontal((similarity < least).cast(pl.Int8) for least in _SIMILAR)
    return (pl.when(tier == TIER_FUZZY).then(below + TIER_FUZZY).otherwise(tier)).cast(pl.Int8)


def address_probability(kinds: tuple[str, ...] = tuple(EVIDENCE)) -> pl.Expr:
    """The probability (0-1) of the address whose levels stand in the columns of `kinds`, to four decimals."""
    odds = pl.lit(_WEIGHTS["base"]["log_odds"]) + pl.sum_horizontal(_weight(kind) for kind in kinds)
    return (1 / (1 + (-odds).exp())).round(4)


def _weight(kind: str) -> pl.Expr:
    weights = [_WEIGHTS[kind][level] for level in EVIDENCE[kind]]
    return pl.col(kind).replace_strict(list(range(len(weights))), weights, return_dtype=pl.Float64)
