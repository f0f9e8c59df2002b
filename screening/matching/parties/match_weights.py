"""From levels to bits: what a compared pair of persons' notations is worth, given how common its values are."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from screening.matching.parties.compare import LOOSE_READING
from screening.matching.parties.model import BIRTH_DAYS, LEAST_NAMES, MOST_RARITY, ONE_MISSPELLING, PartyModel

#: Levels of the family name at which the letters are not all the same.
SLIPS = ("slip", "slip_short", "doubtful", "two_slips", "three_slips")
#: Relations in which given names, or all initials of several, say who is meant: only with these may a family name have
#: two slips, or begin with another letter, and the link still be strong.
TELLING_GIVEN = ("name", "equal_several")
#: By hand, whatever is learned: twins share a birth date and a family name and must never drift together, and yet a
#: wrong initial happens, which a person must be able to see.
EXCLUDING_GIVEN: dict[str, float] = {"differs": -6.0, "disjoint": -6.5}
#: By hand: too rare in any register to be learned, and what tells two people apart must never be near to nothing.
FAMILY_DIFFERS = -12.0
#: Chance that the given names of two people do not contradict each other, in round figures.
_COMPATIBLE = 0.1


@dataclass(frozen=True)
class Frequencies:
    """How common values are. `names`: groups that carry a date and a name, at least LEAST_NAMES.

    `families`: `family`, `count` (groups that can be read so). `dates`: `birth_date`, `on_date` (groups).
    """

    names: int
    families: pl.DataFrame
    dates: pl.DataFrame


def count_values(groups: pl.DataFrame, options: pl.DataFrame) -> Frequencies:
    """Frequencies of the groups (`group`, `name_normalised`, `birth_date`)."""
    families = options.filter(pl.col("reading") != "family-first").select("name", "family").unique()
    carried = groups.group_by(name="name_normalised").agg(_groups=pl.len().cast(pl.Int64))
    families = families.join(carried, on="name").group_by("family").agg(count=pl.col("_groups").sum()).sort("family")
    dates = groups.drop_nulls("birth_date").group_by("birth_date").agg(on_date=pl.len().cast(pl.Int64))
    named = groups["name_normalised"].len() - groups["name_normalised"].null_count()
    return Frequencies(max(named, LEAST_NAMES), families, dates.sort("birth_date"))


def weigh_persons(paired: pl.DataFrame, model: PartyModel, frequencies: Frequencies) -> pl.DataFrame:
    """Adds `birth_weight`, `family_weight`, `given_weight` and `evidence` (bits: prior, these and the reading).

    `paired`: one row a pair of groups with `relation`, `birth_date` (of the left one) and what `compare_names` adds.
    """
    prior = (pl.lit(2.0) * model.matches_per_name / frequencies.names).log(2)
    births = frequencies.dates.select("birth_date", "on_date")
    counted = paired.join(births, on="birth_date", how="left", maintain_order="left")
    counted = _with_counts(counted, frequencies)
    # Dirichlet smoothing: every day is one of BIRTH_DAYS before anybody is counted.
    chance = pl.col("on_date").fill_null(1).clip(1) / (frequencies.names + BIRTH_DAYS)
    birth = (
        pl.when(pl.col("relation") == "equal")
        .then((model.m["birth"]["equal"] / chance).log(2))
        .when(pl.col("relation") == "swapped")
        .then((model.m["birth"]["swapped"] / chance).log(2))
        .otherwise(0.0)
    )
    given = pl.col("given_relation").replace_strict(given_weights(model), return_dtype=pl.Float64)
    return counted.with_columns(
        birth_weight=birth, family_weight=_family_weight(model, frequencies), given_weight=given
    ).with_columns(
        evidence=prior
        + pl.col("birth_weight")
        + pl.col("family_weight")
        + pl.col("given_weight")
        + pl.col("reading_weight")
    )


def given_weights(model: PartyModel) -> dict[str, float]:
    """Bits by relation of the given names; of those that exclude each other the bits that were set by hand."""
    learned = {level: model.weight("given", level) for level in model.m["given"]}
    return {**learned, **EXCLUDING_GIVEN, "absent": 0.0}


def may_be_strong() -> pl.Expr:
    """Whether a pair can be sure by itself: an independent key, and a name whose slips the rest of it makes up for."""
    careful = pl.col("family_level").is_in(["doubtful", "two_slips", "three_slips"])
    return (
        (pl.col("relation") == "equal")
        & ~pl.col("given_relation").is_in(list(EXCLUDING_GIVEN))
        & (pl.col("family_level") != "differs")
        & (pl.col("reading_weight") > LOOSE_READING)
        & (~careful | pl.col("given_relation").is_in(TELLING_GIVEN))
    )


def _with_counts(paired: pl.DataFrame, frequencies: Frequencies) -> pl.DataFrame:
    """Adds how often both family names occur, and how many pairs of one birth date and fitting given names have them.

    That many pairs with the same two spellings are found together, more than chance would bring, says that one is how
    the other is often written; that two spellings are both common and hardly ever meet says that they are two names.
    """
    counts = frequencies.families
    counted = paired.join(
        counts.rename({"family": "left_family", "count": "_left"}), on="left_family", how="left", maintain_order="left"
    ).join(
        counts.rename({"family": "right_family", "count": "_right"}),
        on="right_family",
        how="left",
        maintain_order="left",
    )
    ends = ["_low", "_high"]
    counted = counted.with_columns(
        _low=pl.min_horizontal("left_family", "right_family"), _high=pl.max_horizontal("left_family", "right_family")
    )
    fits = ~pl.col("given_relation").is_in([*EXCLUDING_GIVEN, "absent"])
    together = (
        counted.filter((pl.col("relation") == "equal") & fits & pl.col("family_level").is_in(SLIPS))
        .group_by(ends)
        .agg(_together=pl.len().cast(pl.Float64))
    )
    return counted.join(together, on=ends, how="left", maintain_order="left").with_columns(
        _rare=pl.min_horizontal("_left", "_right").fill_null(1).cast(pl.Float64),
        _common=pl.max_horizontal("_left", "_right").fill_null(1).cast(pl.Float64),
        _together=pl.col("_together").fill_null(0.0),
    ).drop(ends)  # fmt: skip


def _family_weight(model: PartyModel, frequencies: Frequencies) -> pl.Expr:
    m = model.m["family"]
    rarity = (pl.lit(float(frequencies.names)) / pl.col("_common")).log(2).clip(0.0, MOST_RARITY)
    weight = pl.lit(FAMILY_DIFFERS)
    expected = pl.col("_left") * pl.col("_right") * _COMPATIBLE / BIRTH_DAYS
    # the pair itself is no proof of itself, and what chance brings may well be double
    more = (pl.col("_together") - 1 - 2 * expected.fill_null(0.0)).clip(0.0) / (
        model.matches_per_name * pl.col("_common")
    )
    for level in SLIPS:
        share = (m[level] * ONE_MISSPELLING[level] + more).clip(0.0, m["equal"])
        slip = (share * frequencies.names / pl.col("_rare")).log(2)
        # a slip never says more than the name itself would have
        slip = pl.min_horizontal(slip, rarity - 1.0)
        weight = pl.when(pl.col("family_level") == level).then(slip).otherwise(weight)
    equal = rarity + pl.lit(m["equal"]).log(2)
    weight = pl.when(pl.col("family_level") == "equal").then(equal).otherwise(weight)
    return weight.clip(FAMILY_DIFFERS)
