"""Evidence of a pair in bits: what agreement and disagreement of each field weigh. The weights are data, in one place.

The model is Fellegi and Sunter's (1969): a prior for a pair that blocking lets through, plus a weight a field, gives
the log-odds (base 2) that both sides are one party; the score is that as a probability. The weights were set by hand
on synthetic registers; they can be replaced by estimates without touching the code that uses them.
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from screening.matching.names import split_person

#: What a blocked pair is worth before anything is compared.
PRIOR = -5.0

#: Persons: edits between family names (Damerau), by the length of the longer one. A slip in a short name says more.
FAMILY_WEIGHTS: tuple[tuple[int, int, float], ...] = (
    # edits, least length, bits; the first row that fits counts
    (0, 1, 7.5),
    (1, 4, 5.5),
    (1, 3, 4.0),
    (2, 6, 4.0),
    (2, 5, 0.7),
    (3, 10, 3.0),
)
FAMILY_DIFFERS = -12.0

GIVEN_WEIGHTS: dict[str, float] = {
    "equal_several": 2.0,  # two initials or more, all the same
    "equal": 0.7,  # the same single initial
    "subset": 0.5,  # one side writes fewer
    "overlap": -0.5,  # one in common, each has others
    "absent": 0.0,
    "differs": -6.0,  # given names in full that are two names: brothers, sisters
    "disjoint": -6.5,  # no initial in common: twins share a birth date and a family name
}
GIVEN_NAME_WEIGHT = 0.6  # times the similarity of given names written in full on both sides
GIVEN_NAMES_DIFFER = 0.8  # Jaro-Winkler below which two given names are two

BIRTH_WEIGHTS: dict[str, float] = {"equal": 7.0, "swapped": 0.0, "absent": 0.0}
#: A date that this many different names share says less by each doubling (1 January stands for "unknown" in registers).
BIRTH_COMMON = 8

#: One part of a double name, and a family name that stands first, agree a little less surely.
PART_OF_NAME = -0.5
ORDER_SWAPPED = -1.0
#: Two double names with one half in common, and a family name in front that fits part of the names: the rest
#: contradicts.
LOOSE_READING = -7.0
GLUED_PREFIX = r"^(?:vander|vanden|vande|van|el|al)([a-z]{4,})$"
#: Rarity of the family name in bits times this: orders equal links, decides none.
RARITY_WEIGHT = 0.05

#: Organisations: similarity of the names (token sort), least value and bits.
TRADE_NAME_WEIGHTS: tuple[tuple[float, float], ...] = ((1.0, 7.6), (0.95, 6.0), (0.9, 5.0), (0.85, 3.5))
TRADE_NAME_CORE = 4.0  # equal but for Holding, Beheer and the like
TRADE_NAME_DIFFERS = -12.0
ADDRESS_WEIGHTS: dict[str, float] = {"equal": 5.0, "different": 0.0, "absent": 0.0}
KVK_EQUAL = 20.0

#: Score 0.95 and 0.85 (domain reference 2.1) as log-odds.
STRONG_BITS = math.log2(0.95 / 0.05)
PROBABLE_BITS = math.log2(0.85 / 0.15)


def score(log_odds: pl.Expr) -> pl.Expr:
    """The log-odds (base 2) as a probability, 0-1."""
    return 1 / (1 + (-log_odds * math.log(2)).exp())


def below_strong(log_odds: pl.Expr) -> pl.Expr:
    """The log-odds held below strong without making ties: what may not be sure by itself keeps its order."""
    start = STRONG_BITS - 1
    return pl.when(log_odds <= start).then(log_odds).otherwise(STRONG_BITS - 1 / (log_odds - start + 1))


def name_options(names: pl.Series) -> pl.DataFrame:
    """The ways in which a normalised person's name can be read: one row per name and reading.

    `family` (also with y for ij), `letters` (distinct initials), `spelled` (all initials, sorted), `first` (given name
    in full, or null), `full` (all of those), `penalty` (bits), `reading` ("given-first"; "part" for one word of a
    family name of several; "family-first" for names in full whose first words may be the family name).
    """
    split = split_person(pl.DataFrame({"name": names.unique().drop_nulls()}), "name")
    full = pl.col("given").list.filter(~pl.element().str.ends_with("."))
    split = split.with_columns(full=full, joined=pl.col("family").list.sort().list.join(" "))
    whole = split.select(
        "name", family="joined", initials="initials", full="full", penalty=0.0, reading=pl.lit("given-first")
    )
    parts = (
        split.filter(pl.col("family").list.len() > 1)
        .explode("family")
        .select("name", "family", "initials", "full", penalty=PART_OF_NAME, reading=pl.lit("part"))
    )
    # "Vandenberg", "Elamrani": the prefix can be written onto the name.
    unglued = pl.concat([whole, parts]).with_columns(
        family=pl.col("family").str.extract(GLUED_PREFIX), penalty=pl.col("penalty") + PART_OF_NAME
    )
    # Names in full carry no sign of their order: any of the words before may be the family name ("Nguyễn Văn Minh",
    # "Maria Garcia Lopez").
    swapped = (
        split.with_columns(at=pl.int_ranges(pl.col("given").list.len()), word="given")
        .explode("at", "word")
        .filter(~pl.col("word").str.ends_with("."))
        .select(
            "name",
            family="word",
            initials=pl.concat_str(
                pl.col("initials").str.slice(0, pl.col("at")),
                pl.col("initials").str.slice(pl.col("at") + 1),
                pl.col("joined").str.head(1),
            ),
            full=pl.concat_list(
                pl.col("given").list.slice(0, pl.col("at")), pl.col("given").list.slice(pl.col("at") + 1), "family"
            ).list.filter(~pl.element().str.ends_with(".")),
            penalty=pl.lit(ORDER_SWAPPED),
            reading=pl.lit("family-first"),
        )
    )
    letters = pl.col("initials").str.extract_all(".")
    readings = pl.concat([whole, parts, unglued.drop_nulls("family"), swapped])
    # ij and y are one letter to many who write it, but a slip in either must not cost two edits
    with_y = readings.filter(pl.col("family").str.contains("ij")).with_columns(
        family=pl.col("family").str.replace_all("ij", "y")
    )
    return (
        pl.concat([readings, with_y])
        .with_columns(
            letters=letters.list.unique().list.sort(),
            spelled=letters.list.sort().list.join(""),
            first=pl.col("full").list.first(),
        )
        .unique(["name", "family", "spelled", "first", "reading"], keep="first", maintain_order=True)
        .sort("name", "reading", "family", "spelled", "first", "penalty")
    )


def compare_names(pairs: pl.DataFrame, options: pl.DataFrame) -> pl.DataFrame:
    """The best reading of each pair of names (`left_name`, `right_name`; distinct).

    Adds `family_similarity` (0-1), `family_weight`, `given_relation` (a key of GIVEN_WEIGHTS), `given_similarity` (0-1
    or null), `given_weight`, `name_weight` (their sum and the penalties), `family_key` (what agreed best).
    """
    left = options.rename({c: f"left_{c}" for c in options.columns})
    right = options.rename({c: f"right_{c}" for c in options.columns})
    read = pairs.join(left, on="left_name").join(right, on="right_name")
    # Two names both read back to front would agree on their given names alone.
    read = read.filter((pl.col("left_reading") != "family-first") | (pl.col("right_reading") != "family-first"))
    edits = _distinct_scores(read, "left_family", "right_family", OSA.distance, np.int32)
    read = read.join(edits, on=["left_family", "right_family"], how="left")
    longest = pl.max_horizontal(pl.col("left_family").str.len_chars(), pl.col("right_family").str.len_chars())
    weight = pl.lit(FAMILY_DIFFERS)
    for count, length, bits in reversed(FAMILY_WEIGHTS):
        weight = pl.when((pl.col("_score") <= count) & (longest >= length)).then(pl.lit(bits)).otherwise(weight)
    # One half in common makes two double names long and leaves few letters to differ: there one slip is all.
    both_double = pl.col("left_family").str.contains(" ") & pl.col("right_family").str.contains(" ")
    weight = pl.when(both_double & (pl.col("_score") > 1)).then(pl.lit(FAMILY_DIFFERS)).otherwise(weight)
    read = read.with_columns(
        family_weight=weight, family_similarity=1 - pl.col("_score") / pl.max_horizontal(longest, 1)
    ).drop("_score")
    # What differs in the family name needs no second look; it stays as one row, since every pair has an answer.
    likeness = _distinct_scores(
        read.filter(pl.col("family_weight") > FAMILY_DIFFERS),
        "left_first",
        "right_first",
        JaroWinkler.similarity,
        np.float64,
    )
    read = read.join(likeness.rename({"_score": "given_similarity"}), on=["left_first", "right_first"], how="left")
    common = pl.col("left_letters").list.set_intersection("right_letters").list.len()
    few = pl.min_horizontal(pl.col("left_letters").list.len(), pl.col("right_letters").list.len())
    shares_name = pl.col("left_full").list.set_intersection("right_full").list.len() > 0
    relation = (
        pl.when(few == 0)
        .then(pl.lit("absent"))
        .when(common == 0)
        .then(pl.lit("disjoint"))
        .when((pl.col("given_similarity") < GIVEN_NAMES_DIFFER) & ~shares_name)
        .then(pl.lit("differs"))
        .when((pl.col("left_spelled") == pl.col("right_spelled")) & (pl.col("left_spelled").str.len_chars() > 1))
        .then(pl.lit("equal_several"))
        .when(pl.col("left_spelled") == pl.col("right_spelled"))
        .then(pl.lit("equal"))
        .when(common == few)
        .then(pl.lit("subset"))
        .otherwise(pl.lit("overlap"))
    )
    read = read.with_columns(given_relation=relation).with_columns(
        given_weight=pl.col("given_relation").replace_strict(GIVEN_WEIGHTS, return_dtype=pl.Float64)
        + GIVEN_NAME_WEIGHT
        * pl.col("given_similarity").fill_null(0.0)
        * (pl.col("given_similarity") >= GIVEN_NAMES_DIFFER).fill_null(False)
    )
    both_parts = (pl.col("left_reading") == "part") & (pl.col("right_reading") == "part")
    is_swapped = (pl.col("left_reading") == "family-first") | (pl.col("right_reading") == "family-first")
    # An order read against the sign has to fit whole: the family name, and every given name that both write in full.
    full = pl.min_horizontal(pl.col("left_full").list.len(), pl.col("right_full").list.len())
    shared = pl.col("left_full").list.set_intersection("right_full").list.len()
    misfit = (pl.col("given_relation") == "overlap") | (shared < full) | (pl.col("family_similarity") < 1)
    loose = both_parts | (is_swapped & misfit)
    read = read.with_columns(
        name_weight=pl.col("family_weight")
        + pl.col("given_weight")
        + pl.col("left_penalty")
        + pl.col("right_penalty")
        + pl.when(loose).then(LOOSE_READING).otherwise(0.0),
        family_key=pl.min_horizontal("left_family", "right_family"),
    )
    order = ["left_name", "right_name", "name_weight", "family_key", "given_relation"]
    best = read.sort(order, descending=[False, False, True, False, False])
    best = best.unique(["left_name", "right_name"], keep="first", maintain_order=True)
    return best.select(
        "left_name", "right_name", "family_similarity", "family_weight", "given_relation", "given_similarity",
        "given_weight", "name_weight", "family_key",
    )  # fmt: skip


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


def _distinct_scores(pairs: pl.DataFrame, left: str, right: str, scorer: object, dtype: type) -> pl.DataFrame:
    """The distinct pairs of texts with `_score`, scored in chunks: cpdist keeps its input as objects."""
    distinct = pairs.select(left, right).drop_nulls().unique(maintain_order=True)
    scores = [
        cpdist(part[left].to_list(), part[right].to_list(), scorer=scorer, dtype=dtype, workers=1)
        for part in distinct.iter_slices(500_000)
    ]
    values = np.concatenate(scores) if scores else np.empty(0, dtype=dtype)
    return distinct.with_columns(_score=pl.Series(values, dtype=pl.Float64))
