"""Weights of persons without labels: u from people whose birth dates differ by a day, m by expectation maximisation."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl

from screening.matching.parties.compare import compare_names
from screening.matching.parties.model import FAMILY_LEVELS, GIVEN_LEVELS, PartyModel
from screening.matching.parties.name_readings import name_options
from screening.matching.parties.names import normalise_names
from screening.vocabulary import PartyKind

#: Fewer matches than this among the pairs teach too little: then the given model stays in force.
LEAST_MATCHES = 500
#: Pairs that are compared for learning, at most, on each side.
MOST_PAIRS = 10_000
#: Dates with more names than this stand for "unknown" and teach nothing.
MOST_ON_DATE = 50
#: What is learned is drawn to the fallback as if that had been seen in so many pairs more.
_DOUBT = 100.0
_ROUNDS = 100
_CONVERGED = 1e-7

#: By hand: slips that are made too seldom to be learned well, and that a register may happen not to show.
LEAST_M: dict[str, float] = {"slip": 0.01, "slip_short": 0.01, "doubtful": 0.001, "two_slips": 0.004}

#: Where no data speak: what a hand would set. m of "swapped" is never learned: too few, and a person decides on them.
BY_HAND = PartyModel(
    m={
        "family": {
            "equal": 0.93, "slip": 0.025, "slip_short": 0.01, "doubtful": 0.002, "two_slips": 0.004,
            "three_slips": 0.0005, "differs": 0.0285,
        },
        "given": {
            "name": 0.25, "name_near": 0.005, "equal_several": 0.2, "equal": 0.3, "subset": 0.23, "overlap": 0.01,
            "differs": 0.003, "disjoint": 0.002,
        },
        "birth": {"equal": 0.97, "swapped": 0.003},
    },
    u={
        "family": {
            "equal": 0.005, "slip": 0.001, "slip_short": 0.002, "doubtful": 0.002, "two_slips": 0.003,
            "three_slips": 0.0005, "differs": 0.9865,
        },
        "given": {
            "name": 0.005, "name_near": 0.005, "equal_several": 0.002, "equal": 0.02, "subset": 0.04, "overlap": 0.03,
            "differs": 0.03, "disjoint": 0.868,
        },
        "birth": {"equal": 0.00006, "swapped": 0.00006},
    },
    matches_per_name=0.3,
)  # fmt: skip


def learn_model(groups: pl.DataFrame, options: pl.DataFrame, fallback: PartyModel) -> PartyModel:
    """A model of these groups (`group`, `name_normalised`, `birth_date`), or `fallback` where they teach too little.

    u is counted where the truth is known: people whose birth dates differ by one day are two people. m and the share
    of matches come from EM (Winkler 1988, u fixed) on the pairs of different notations of one birth date. What EM
    learns of the first letter and of given names that exclude each other is kept under the floors of `match_weights`.
    """
    dated = groups.drop_nulls(["birth_date", "name_normalised"]).select("group", "birth_date", name="name_normalised")
    usual = dated.filter(pl.len().over("birth_date") <= MOST_ON_DATE)
    same, whole = _pairs(usual, usual)
    later = usual.with_columns(birth_date=pl.col("birth_date").dt.offset_by("1d"))
    other, _ = _pairs(usual, later)
    if same.height < LEAST_MATCHES or other.height < LEAST_MATCHES:
        return fallback
    apart = _levels(other, options)
    u = {field: _shares(apart[field].to_list(), fallback.u[field]) for field in _FIELDS}
    m, matches = _maximise(_levels(same, options), u, fallback.m)
    m["family"] |= {level: max(m["family"][level], least) for level, least in LEAST_M.items()}
    matches *= whole / same.height
    if matches < LEAST_MATCHES:
        return fallback
    return PartyModel(
        m={**m, "birth": fallback.m["birth"]},
        u={**u, "birth": fallback.u["birth"]},
        matches_per_name=float(np.clip(matches / usual.height, 0.05, 2.0)),
        pairs=same.height,
        matches=round(matches, 1),
    )


def learn_from_names(names: pl.DataFrame) -> PartyModel:
    """A model of notations of persons (`name`, `birth_date`; one row a mention), starting from the weights by hand.

    So the shipped `party_model.json` was made: from the officers, managers and holders of the synthetic municipality
    `screening.synthetic.generate(1, 30_000, regime="messy", as_of=date(2026, 11, 1))`. Its test makes it again.
    """
    keyed = normalise_names(names.with_columns(kind=pl.lit(str(PartyKind.PERSON)))).select(
        "name_normalised", "birth_date"
    )
    groups = keyed.drop_nulls().unique().sort("name_normalised", "birth_date").with_row_index("group")
    groups = groups.with_columns(pl.col("group").cast(pl.Int64))
    return learn_model(groups, name_options(groups["name_normalised"]), BY_HAND)


_FIELDS = {"family": FAMILY_LEVELS, "given": GIVEN_LEVELS}


def _pairs(left: pl.DataFrame, right: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Pairs of different names on one date, of all of them an even share, and how many there are."""
    pairs = left.join(right, on="birth_date", suffix="_right").filter(pl.col("name") != pl.col("name_right"))
    if left is right:
        pairs = pairs.filter(pl.col("group") < pl.col("group_right"))
    low, high = pl.min_horizontal("name", "name_right"), pl.max_horizontal("name", "name_right")
    pairs = pairs.select(left_name=low, right_name=high).sort("left_name", "right_name")
    step = max(1, -(-pairs.height // MOST_PAIRS))
    return pairs.gather_every(step), pairs.height


def _levels(pairs: pl.DataFrame, options: pl.DataFrame) -> pl.DataFrame:
    compared = compare_names(pairs.unique(), options, is_whole=True)
    levels = pairs.join(compared, on=["left_name", "right_name"], how="left", maintain_order="left")
    return levels.select(family="family_level", given="given_relation")


def _maximise(
    levels: pl.DataFrame, u: dict[str, dict[str, float]], start: dict[str, dict[str, float]]
) -> tuple[dict[str, dict[str, float]], float]:
    """M by field, and how many of the pairs are expected to be matches. `start` is worth DOUBT pairs a field."""
    patterns = levels.group_by("family", "given").len("n").sort("family", "given")
    counts = patterns["n"].to_numpy().astype(np.float64)
    places = {
        field: patterns[field]
        .replace_strict({name: index for index, name in enumerate(names)}, default=len(names), return_dtype=pl.Int64)
        .to_numpy()
        for field, names in _FIELDS.items()
    }
    others = {field: np.array([*(u[field][name] for name in names), 1.0]) for field, names in _FIELDS.items()}
    prior = {field: np.array([start[field][name] for name in names]) for field, names in _FIELDS.items()}
    m = {field: np.append(values / values.sum(), 1.0) for field, values in prior.items()}
    share, matches = 0.5, 0.0
    for _ in range(_ROUNDS):
        odds = np.full(len(counts), share / (1 - share))
        for field in _FIELDS:
            # absent: neither says anything
            odds *= m[field][places[field]] / others[field][places[field]]
        weight = counts * odds / (1 + odds)
        matches = float(weight.sum())
        moved = float(abs(matches / counts.sum() - share))
        share = float(np.clip(matches / counts.sum(), 1e-6, 1 - 1e-6))
        for field, names in _FIELDS.items():
            expected = np.bincount(places[field], weights=weight, minlength=len(names) + 1)[: len(names)]
            expected = expected + _DOUBT * prior[field] / prior[field].sum()
            new = np.append(expected / expected.sum(), 1.0)
            moved = max(moved, float(np.abs(new - m[field]).max()))
            m[field] = new
        if moved < _CONVERGED:
            break
    return {
        field: {name: float(m[field][index]) for index, name in enumerate(names)} for field, names in _FIELDS.items()
    }, matches


def _shares(levels: list[str], start: dict[str, float]) -> dict[str, float]:
    counts = Counter(levels)
    total = sum(counts[level] for level in start) + _DOUBT
    whole = sum(start.values())
    return {level: (counts[level] + _DOUBT * chance / whole) / total for level, chance in start.items()}
