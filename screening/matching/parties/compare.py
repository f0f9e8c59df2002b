"""Evidence of a pair in bits: what agreement and disagreement of each field weigh. The weights are data, in one place.

The model is Fellegi and Sunter's (1969): a prior, plus a weight a field, gives the log-odds (base 2) that both sides
are one party; the score is that as a probability. Here names are brought to levels; what a level of a person's name
weighs is learned (`match_weights`), that of a trade name is set by hand: too few pairs lack a number to learn from.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

#: Organisations: what a blocked pair is worth before anything is compared.
PRIOR = -5.0

#: Persons: levels of the family name by edits (Damerau) and the length of the longer one, and what they weigh when a
#: reading of the name is chosen. The weight of the pair comes from the model.
FAMILY_EDITS: tuple[tuple[int, int, str], ...] = (
    # edits, least length, level; the first row that fits counts
    (0, 1, "equal"),
    (1, 5, "slip"),
    (1, 3, "slip_short"),
    (1, 2, "doubtful"),
    (2, 5, "two_slips"),
    (3, 10, "three_slips"),
)
FAMILY_WEIGHTS: dict[str, float] = {
    "equal": 7.5,
    "slip": 5.5,
    "slip_short": 4.0,
    "doubtful": 3.0,
    "two_slips": 4.0,
    "three_slips": 3.0,
    "differs": -12.0,
}
FAMILY_DIFFERS = FAMILY_WEIGHTS["differs"]

GIVEN_WEIGHTS: dict[str, float] = {
    "name": 2.0,  # a given name in full on both sides, all but the same
    "name_near": 1.0,
    "equal_several": 2.0,  # two initials or more, all the same
    "equal": 0.7,  # the same single initial
    "subset": 0.5,  # one side writes fewer
    "overlap": -0.5,  # one in common, each has others
    "absent": 0.0,
    "differs": -6.0,  # given names in full that are two names: brothers, sisters
    "disjoint": -6.5,  # no initial in common: twins share a birth date and a family name
}
GIVEN_NAME_SAME = 0.92  # Jaro-Winkler from which two given names are one
GIVEN_NAMES_DIFFER = 0.8  # and below which they are two

#: One sound in the spellings of several hands and languages. They meet at the cost of one slip, never as equals.
_SOUNDS: dict[str, str] = {
    "sch": "s", "sh": "s", "sz": "s", "tsj": "c", "tch": "c", "tj": "c", "cz": "c", "kh": "c", "ch": "c", "dj": "j",
    "oe": "u", "ou": "u", "ue": "u", "ij": "i", "y": "i", "ph": "f", "ck": "k", "w": "v", "z": "s", "th": "t",
    "gh": "g",
}  # fmt: skip
_DOUBLED: dict[str, str] = {letter * 2: letter for letter in "abcdefghijklmnopqrstuvwxyz"}

#: Two double names with one half in common, and a family name in front that fits part of the names: the rest
#: contradicts.
LOOSE_READING = -14.0
#: Words in full beside the family name from which the other half of a double name would be among them, and what then is
#: too little to make up for its absence. Where the family name is read in front, its place is a guess: two words do.
MOST_GIVEN = 2
_LITTLE_GIVEN = ("equal", "subset", "overlap")
#: Persons without a birth date in both, named beside one business: by hand, since it makes probable links only.
BUSINESS_EQUAL = 9.0

#: Organisations: similarity of the names (token sort), least value and bits.
TRADE_NAME_WEIGHTS: tuple[tuple[float, float], ...] = ((1.0, 7.6), (0.95, 6.0), (0.9, 5.0), (0.85, 3.5))
TRADE_NAME_CORE = 4.0  # equal but for Holding, Beheer and the like
TRADE_NAME_DIFFERS = -12.0
ADDRESS_WEIGHTS: dict[str, float] = {"equal": 5.0, "different": 0.0, "absent": 0.0}
KVK_EQUAL = 20.0

#: Score 0.95 and 0.85 (domain reference 2.1) as log-odds.
STRONG_BITS = math.log2(0.95 / 0.05)
PROBABLE_BITS = math.log2(0.85 / 0.15)


def probability(log_odds: pl.Expr) -> pl.Expr:
    """The log-odds (base 2) as a probability, 0-1."""
    return 1 / (1 + (-log_odds * math.log(2)).exp())


def below_strong(log_odds: pl.Expr) -> pl.Expr:
    """The log-odds held below strong without making ties: what may not be sure by itself keeps its order."""
    start = STRONG_BITS - 1
    return pl.when(log_odds <= start).then(log_odds).otherwise(STRONG_BITS - 1 / (log_odds - start + 1))


def compare_names(pairs: pl.DataFrame, options: pl.DataFrame, *, is_whole: bool = False) -> pl.DataFrame:
    """The best reading of each pair of names (`left_name`, `right_name`; distinct).

    Adds `family_level` (a key of FAMILY_WEIGHTS), `family_similarity` (0-1), `left_family`, `right_family` (what agreed
    best; null where they differ), `given_relation` (a key of GIVEN_WEIGHTS), `given_similarity` (0-1 or null),
    `reading_weight` (bits that the reading costs), `name_weight` (by which this reading is the best). Where the family
    names differ, the given names are not compared (their relation is "absent") unless `is_whole`.
    """
    read = _read(pairs, options, is_whole=is_whole)
    likeness = _distinct_scores(read, "left_first", "right_first", JaroWinkler.similarity, np.float64)
    read = read.join(likeness.rename({"_score": "given_similarity"}), on=["left_first", "right_first"], how="left")
    read = read.with_columns(given_relation=_given_relation())
    both_parts = (pl.col("left_reading") == "part") & (pl.col("right_reading") == "part")
    is_swapped = (pl.col("left_reading") == "family-first") | (pl.col("right_reading") == "family-first")
    # An order read against the sign has to fit whole: the family name, and every given name that both write in full.
    full = pl.min_horizontal(pl.col("left_full").list.len(), pl.col("right_full").list.len())
    shared = pl.col("left_full").list.set_intersection("right_full").list.len()
    misfit = (pl.col("given_relation") == "overlap") | (shared < full) | (pl.col("family_similarity") < 1)
    # one word in common of three and more: what agrees is the given name, or half of a family name, of two people
    others = (full > MOST_GIVEN) & (shared < 2)
    loose = both_parts | (is_swapped & misfit) | others
    read = read.with_columns(
        reading_weight=pl.col("left_penalty")
        + pl.col("right_penalty")
        + pl.when(loose | _contradicts("left", "right") | _contradicts("right", "left"))
        .then(LOOSE_READING)
        .otherwise(0.0)
    ).with_columns(
        name_weight=pl.col("family_level").replace_strict(FAMILY_WEIGHTS, return_dtype=pl.Float64)
        + pl.col("given_relation").replace_strict(GIVEN_WEIGHTS, return_dtype=pl.Float64)
        + pl.col("reading_weight")
    )
    order = ["left_name", "right_name", "name_weight", "left_family", "right_family", "given_relation"]
    best = read.sort(order, descending=[False, False, True, False, False, False])
    best = best.unique(["left_name", "right_name"], keep="first", maintain_order=True)
    rest = pairs.select("left_name", "right_name").join(best, on=["left_name", "right_name"], how="anti")
    differing = rest.with_columns(
        family_level=pl.lit("differs"),
        family_similarity=0.0,
        given_relation=pl.lit("absent"),
        reading_weight=0.0,
        name_weight=FAMILY_DIFFERS,
    )
    return pl.concat([best.select(_COMPARED), differing], how="diagonal_relaxed").select(_COMPARED)


def _contradicts(half: str, other: str) -> pl.Expr:
    """Whether one word of the family name of `half` is found in `other`, written in full, and its other words are not.

    "Vũ Công, T." is not "Thanh Phương Vũ Thế". Few words, or a given name in both, leave room for a name by marriage.
    """
    words = pl.col(f"{other}_full").list.len()
    in_front = (pl.col(f"{other}_reading") == "family-first") & (words >= MOST_GIVEN)
    behind = (words > MOST_GIVEN) & pl.col("given_relation").is_in(_LITTLE_GIVEN)
    missing = pl.col(f"{half}_beside").list.set_intersection(f"{other}_full").list.len() == 0
    return (pl.col(f"{half}_reading") == "part") & missing & (in_front | behind)


_COMPARED = (
    "left_name", "right_name", "family_level", "family_similarity", "left_family", "right_family", "given_relation",
    "given_similarity", "reading_weight", "name_weight",
)  # fmt: skip


def _read(pairs: pl.DataFrame, options: pl.DataFrame, *, is_whole: bool) -> pl.DataFrame:
    """Every pair of readings whose family names agree at some level, with `family_level`, `family_similarity`.

    Most people of one birth date have nothing in common: they are left here, before anything dear is done.
    """
    # numbers instead of texts: this is where all pairs of readings meet
    families = options["family"].unique().sort().to_frame("family").with_row_index("_family")
    names = options["name"].unique().sort().to_frame("name").with_row_index("_name")
    numbered = options.with_row_index("_option").join(families, on="family").join(names, on="name")
    is_marked = ~pl.col("reading").is_in(["family-first", "two-last"])
    keys = numbered.select("_name", "_option", "_family", _first=is_marked)
    met = pairs.join(names.rename({"name": "left_name", "_name": "left__name"}), on="left_name").join(
        names.rename({"name": "right_name", "_name": "right__name"}), on="right_name"
    )
    read = (
        met.select("left__name", "right__name")
        .join(keys.rename({c: f"left_{c}" for c in keys.columns}), on="left__name")
        .join(keys.rename({c: f"right_{c}" for c in keys.columns}), on="right__name")
    )
    # Two names both read against the sign would agree on their given names alone.
    read = read.filter(pl.col("left__first") | pl.col("right__first")).drop("left__first", "right__first")
    distinct = read.select("left__family", "right__family").unique().sort("left__family", "right__family")
    spelled = distinct.with_columns(
        left_family=families["family"].gather(distinct["left__family"]),
        right_family=families["family"].gather(distinct["right__family"]),
    )
    edits = _distinct_scores(spelled, "left_family", "right_family", OSA.distance, np.int32)
    # A letter doubled here and single there, or a sound spelled otherwise, is one slip, however often the word does it.
    families = pl.concat([edits["left_family"], edits["right_family"]]).unique().to_frame("family")
    sounds = families.with_columns(_sound=_sound(pl.col("family")))
    near = edits.join(sounds.rename({"family": "left_family", "_sound": "_l"}), on="left_family").join(
        sounds.rename({"family": "right_family", "_sound": "_r"}), on="right_family"
    )
    plain = _distinct_scores(near, "_l", "_r", OSA.distance, np.int32).rename({"_score": "_plain"})
    near = near.join(plain, on=["_l", "_r"], how="left")
    same_start = pl.col("_l").str.head(1) == pl.col("_r").str.head(1)
    near = near.with_columns(_same_start=same_start)
    near = near.with_columns(_score=pl.min_horizontal("_score", pl.col("_plain") + 1)).drop("_l", "_r", "_plain")
    near = near.with_columns(
        _longest=pl.max_horizontal(pl.col("left_family").str.len_chars(), pl.col("right_family").str.len_chars())
    )
    level = pl.lit("differs")
    for count, length, name in reversed(FAMILY_EDITS):
        level = (
            pl.when((pl.col("_score") <= count) & (pl.col("_longest") >= length)).then(pl.lit(name)).otherwise(level)
        )
    # One half in common makes two double names long and leaves few letters to differ: there one slip is all.
    both_double = pl.col("left_family").str.contains(" ") & pl.col("right_family").str.contains(" ")
    # Hands slip in the middle of a word; where the first letter is another, it is mostly another name.
    other_start = (pl.col("left_family").str.head(1) != pl.col("right_family").str.head(1)) & ~pl.col("_same_start")
    near = near.with_columns(
        family_level=pl.when((both_double | other_start) & (pl.col("_score") > 1))
        .then(pl.lit("differs"))
        .when(other_start & (level != "differs"))
        .then(pl.lit("doubtful"))
        .otherwise(level),
        family_similarity=1 - pl.col("_score") / pl.max_horizontal("_longest", 1),
    )
    near = near.drop("_score", "_longest", "_same_start")
    if not is_whole:
        near = near.filter(pl.col("family_level") != "differs")
    near = near.join(spelled, on=["left_family", "right_family"]).drop("left_family", "right_family")
    read = read.join(near, on=["left__family", "right__family"])
    rest = numbered.drop("_name", "_family")
    return read.join(rest.rename({c: f"left_{c}" for c in rest.columns}), on="left__option").join(
        rest.rename({c: f"right_{c}" for c in rest.columns}), on="right__option"
    )


def _sound(family: pl.Expr) -> pl.Expr:
    once = family.str.replace_many(_SOUNDS, leftmost=True)
    for _ in range(2):
        once = once.str.replace_many(_DOUBLED)
    return once


def _given_relation() -> pl.Expr:
    common = pl.col("left_letters").list.set_intersection("right_letters").list.len()
    few = pl.min_horizontal(pl.col("left_letters").list.len(), pl.col("right_letters").list.len())
    shares_name = pl.col("left_full").list.set_intersection("right_full").list.len() > 0
    same_letters = pl.col("left_spelled") == pl.col("right_spelled")
    return (
        pl.when(few == 0)
        .then(pl.lit("absent"))
        .when(common == 0)
        .then(pl.lit("disjoint"))
        .when((pl.col("given_similarity") < GIVEN_NAMES_DIFFER) & ~shares_name)
        .then(pl.lit("differs"))
        .when(pl.col("given_similarity") >= GIVEN_NAME_SAME)
        .then(pl.lit("name"))
        .when(same_letters & (pl.col("left_spelled").str.len_chars() > 1))
        .then(pl.lit("equal_several"))
        .when(pl.col("given_similarity") >= GIVEN_NAMES_DIFFER)
        .then(pl.lit("name_near"))
        .when(same_letters)
        .then(pl.lit("equal"))
        .when(common == few)
        .then(pl.lit("subset"))
        .otherwise(pl.lit("overlap"))
    )


def compare_trade_names(pairs: pl.DataFrame) -> pl.DataFrame:
    """The distinct pairs (`left_key`, `right_key`, `left_core`, `right_core`) with `name_similarity`, `name_weight`."""
    ordered = pairs.with_columns(
        _left=pl.col("left_key").str.split(" ").list.sort().list.join(" "),
        _right=pl.col("right_key").str.split(" ").list.sort().list.join(" "),
    )
    ratios = _distinct_scores(ordered, "_left", "_right", OSA.normalized_similarity, np.float64)
    ordered = ordered.join(ratios, on=["_left", "_right"], how="left").rename({"_score": "name_similarity"})
    weight = pl.when(pl.col("left_core") == pl.col("right_core")).then(TRADE_NAME_CORE).otherwise(TRADE_NAME_DIFFERS)
    for least, bits in reversed(TRADE_NAME_WEIGHTS):
        weight = (
            pl.when(pl.col("name_similarity") >= least).then(pl.max_horizontal(weight, pl.lit(bits))).otherwise(weight)
        )
    return ordered.with_columns(name_weight=weight).drop("_left", "_right")


def _distinct_scores(
    pairs: pl.DataFrame, left: str, right: str, scorer: Callable[..., float], dtype: type
) -> pl.DataFrame:
    """The distinct pairs of texts with `_score`, scored in chunks: cpdist keeps its input as objects."""
    distinct = pairs.select(left, right).drop_nulls().unique(maintain_order=True)
    scores = [
        cpdist(part[left].to_list(), part[right].to_list(), scorer=scorer, dtype=dtype, workers=1)
        for part in distinct.iter_slices(500_000)
    ]
    values = np.concatenate(scores) if scores else np.empty(0, dtype=dtype)
    return distinct.with_columns(_score=pl.Series(values, dtype=pl.Float64))
