"""Levels: what a compared pair of groups is worth, why, and which pairs may never share a party."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from screening.matching.parties.compare import (
    ADDRESS_WEIGHTS,
    BUSINESS_EQUAL,
    KVK_EQUAL,
    PRIOR,
    PROBABLE_BITS,
    STRONG_BITS,
    below_strong,
    compare_names,
    compare_trade_names,
)
from screening.matching.parties.match_weights import EXCLUDING_GIVEN, count_values, may_be_strong, weigh_persons
from screening.matching.parties.model import PartyModel, default_model
from screening.matching.parties.supervised_weights import WeightCorrection, corrected_persons
from screening.vocabulary import LinkLevel

#: A mention or group without the independent key gets its best probable links, no more.
MOST_PROBABLE = 5

_GIVEN_SIMILARITY = {
    "name": 1.0,
    "name_near": 0.9,
    "equal_several": 1.0,
    "equal": 1.0,
    "subset": 0.9,
    "overlap": 0.5,
    "absent": None,
    "differs": 0.2,
    "disjoint": 0.0,
}
_BIRTH_SIMILARITY = {"equal": 1.0, "swapped": 0.5, "absent": None}

DECIDED: dict[str, pl.DataType] = {
    "left": pl.Int64(),
    "right": pl.Int64(),
    "log_odds": pl.Float64(),
    "level": pl.String(),
    "comparisons": pl.String(),
}


@dataclass(frozen=True)
class DecidedPersons:
    """`links`: DECIDED, probable or above. `excluding`: pairs (`left`, `right`) that may never be one party.

    `weighed`: every compared pair of one birth date with its bits (`left`, `right`, `evidence`), also those that are no
    link. `left_out`: probable links that a bound left out.
    """

    links: pl.DataFrame
    excluding: pl.DataFrame
    weighed: pl.DataFrame
    left_out: int


def weigh_pairs(
    pairs: pl.DataFrame, groups: pl.DataFrame, options: pl.DataFrame, model: PartyModel | None = None
) -> pl.DataFrame:
    """The pairs (`left`, `right`, `relation` of the birth dates) of two named groups, compared and weighed, in order.

    A group may be paired with itself, which says what two of its mentions are worth.
    """
    notations = groups.select("group", "birth_date", name="name_normalised")
    paired = (
        pairs.join(notations, left_on="left", right_on="group")
        .join(notations.select("group", right_name="name"), left_on="right", right_on="group")
        .rename({"name": "left_name"})
    )
    compared = compare_names(paired.select("left_name", "right_name").unique(), options)
    return weigh_persons(
        paired.join(compared, on=["left_name", "right_name"]).sort("left", "right"),
        model or default_model(),
        count_values(groups, options),
    )


def decide_persons(
    paired: pl.DataFrame,
    groups: pl.DataFrame,
    businesses: pl.DataFrame | None = None,
    correction: WeightCorrection | None = None,
) -> DecidedPersons:
    """The links among person groups, from the pairs that `weigh_pairs` weighed.

    Only an equal full birth date makes a strong link, and only where `may_be_strong` holds. `businesses`: `group`,
    `kvk_nummer` of the businesses named beside a group, which speak where a birth date is missing. `correction`: of the
    weights, by what people judged.
    """
    paired = _with_business(corrected_persons(paired, correction), businesses)
    is_dated = pl.col("relation") == "equal"
    # no third mention may bridge these: with one birth date they are twins, not one person
    excluding = paired.filter(is_dated & pl.col("given_relation").is_in(list(EXCLUDING_GIVEN))).select("left", "right")
    # What may not be sure by itself can still be right, which a person must see: it keeps its order below strong.
    paired = paired.with_columns(
        log_odds=pl.when(may_be_strong()).then("evidence").otherwise(below_strong(pl.col("evidence")))
    )
    given = pl.col("given_relation").replace_strict(_GIVEN_SIMILARITY, return_dtype=pl.Float64)
    dates = pl.col("relation").replace_strict(_BIRTH_SIMILARITY, return_dtype=pl.Float64)
    decided = _levels(
        paired.filter(pl.col("log_odds") >= PROBABLE_BITS),
        {
            "family_name": ("family_similarity", "family_weight"),
            "given_names": (pl.coalesce(pl.col("given_similarity") * (given > 0), given), "given_weight"),
            "birth_date": (dates, "birth_weight"),
            "business": (pl.when(pl.col("business_weight") > 0).then(1.0), "business_weight"),
        },
    )
    loose = paired.filter(pl.col("relation") == "absent").select("left", "right")
    undated = groups.filter(pl.col("birth_date").is_null())["group"]
    links, left_out = _best_probable(decided, loose, undated)
    weighed = paired.filter(is_dated & (pl.col("left") != pl.col("right"))).select("left", "right", evidence="log_odds")
    return DecidedPersons(links, excluding, weighed, left_out)


def _with_business(paired: pl.DataFrame, businesses: pl.DataFrame | None) -> pl.DataFrame:
    """Adds `business_weight`, and it to `evidence`: of pairs without a birth date in both beside one business."""
    if businesses is None:
        return paired.with_columns(business_weight=0.0)
    loose = paired.filter((pl.col("relation") == "absent") & (pl.col("left") != pl.col("right"))).select(
        "left", "right"
    )
    shared = (
        loose.join(businesses, left_on="left", right_on="group")
        .join(businesses, left_on=["right", "kvk_nummer"], right_on=["group", "kvk_nummer"])
        .select("left", "right", business_weight=pl.lit(BUSINESS_EQUAL))
        .unique()
    )
    paired = paired.join(shared, on=["left", "right"], how="left", maintain_order="left")
    weight = pl.col("business_weight").fill_null(0.0)
    return paired.with_columns(business_weight=weight, evidence=pl.col("evidence") + weight)


def decide_organisations(pairs: pl.DataFrame, names: pl.DataFrame, numbers: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The links among organisation groups without a KVK number, or whose numbers differ (DECIDED), and links left out.

    Strong is a name at one address, and only where it points to one KVK number; two numbers are probable at most.
    """
    named = (
        names.filter(pl.col("name_key").is_not_null()).select("group", "name_key", "name_core", "address_id").unique()
    )
    paired = pairs.join(named, left_on="left", right_on="group").join(
        named, left_on="right", right_on="group", suffix="_right"
    )
    paired = paired.rename(
        {
            "name_key": "left_key",
            "name_core": "left_core",
            "name_key_right": "right_key",
            "name_core_right": "right_core",
        }
    )
    texts = ["left_key", "right_key", "left_core", "right_core"]
    paired = paired.join(compare_trade_names(paired.select(texts).unique()), on=texts)
    same = (pl.col("address_id") == pl.col("address_id_right")).fill_null(False)
    apart = pl.col("address_id").is_not_null() & pl.col("address_id_right").is_not_null()
    address = pl.when(same).then(pl.lit("equal")).when(apart).then(pl.lit("different")).otherwise(pl.lit("absent"))
    paired = paired.with_columns(address=address).with_columns(
        address_weight=pl.col("address").replace_strict(ADDRESS_WEIGHTS, return_dtype=pl.Float64)
    )
    evidence = PRIOR + pl.col("name_weight") + pl.col("address_weight")
    paired = paired.with_columns(evidence=evidence).sort(
        ["left", "right", "evidence", *texts, "address"], descending=[False, False, True, *[False] * 5]
    )
    paired = paired.unique(["left", "right"], keep="first", maintain_order=True)
    number = numbers.select("group", kvk="register_kvk")
    paired = paired.join(number, left_on="left", right_on="group").join(
        number, left_on="right", right_on="group", suffix="_right"
    )
    two_numbers = pl.col("kvk").is_not_null() & pl.col("kvk_right").is_not_null()
    sure = (pl.col("evidence") >= STRONG_BITS) & (pl.col("address") == "equal") & ~two_numbers
    paired = paired.with_columns(sure=sure)
    strong = paired.filter("sure")
    claims = pl.concat(
        [strong.select(bare="left", kvk="kvk_right"), strong.select(bare="right", kvk="kvk")]
    ).drop_nulls()
    torn = claims.group_by("bare").agg(pl.col("kvk").n_unique()).filter(pl.col("kvk") > 1)["bare"].to_list()
    sure = pl.col("sure") & ~pl.col("left").is_in(torn) & ~pl.col("right").is_in(torn)
    paired = paired.with_columns(log_odds=pl.when(sure).then("evidence").otherwise(below_strong(pl.col("evidence"))))
    similarity = pl.when(pl.col("address") == "equal").then(1.0).when(pl.col("address") == "different").then(0.0)
    decided = _levels(
        paired.filter(pl.col("log_odds") >= PROBABLE_BITS),
        {"trade_name": ("name_similarity", "name_weight"), "address": (similarity, "address_weight")},
    )
    loose = pairs.filter(pl.col("relation") == "name").select("left", "right")
    return _best_probable(decided, loose, number.filter(pl.col("kvk").is_null())["group"])


def decide_same_number(pairs: pl.DataFrame) -> pl.DataFrame:
    """Two mentions of one KVK number: exact. Adds `log_odds`, `level`, `comparisons`; what else agrees gives order.

    Needs `left_key`, `right_key`, `left_core`, `right_core` (names, may be null), `left_address`, `right_address`.
    """
    texts = ["left_key", "right_key", "left_core", "right_core"]
    named = compare_trade_names(pairs.select(texts).drop_nulls(["left_key", "right_key"]).unique())
    compared = pairs.join(named, on=texts, how="left")
    same = (pl.col("left_address") == pl.col("right_address")).fill_null(False)
    apart = pl.col("left_address").is_not_null() & pl.col("right_address").is_not_null()
    compared = compared.with_columns(
        number=1.0,
        number_weight=KVK_EQUAL,
        name_weight=2 * pl.col("name_similarity").fill_null(0.0),
        address=pl.when(same).then(1.0).when(apart).then(0.0),
        address_weight=same.cast(pl.Float64),
    ).with_columns(log_odds=pl.col("number_weight") + pl.col("name_weight") + pl.col("address_weight"))
    return compared.with_columns(
        level=pl.lit(str(LinkLevel.EXACT)),
        comparisons=comparisons(
            {
                "kvk_nummer": ("number", "number_weight"),
                "trade_name": ("name_similarity", "name_weight"),
                "address": ("address", "address_weight"),
            }
        ),
    )


def comparisons(fields: dict[str, tuple[str | pl.Expr, str]]) -> pl.Expr:
    """JSON of what was compared: field -> similarity (0-1, null where a side has none) and weight (bits). No values."""
    return pl.struct(
        pl.struct(
            similarity=(pl.col(similarity) if isinstance(similarity, str) else similarity).cast(pl.Float64).round(4),
            weight=pl.col(weight).cast(pl.Float64).round(2),
        ).alias(name)
        for name, (similarity, weight) in fields.items()
    ).struct.json_encode()


def _levels(pairs: pl.DataFrame, fields: dict[str, tuple[str | pl.Expr, str]]) -> pl.DataFrame:
    strong = pl.col("log_odds") >= STRONG_BITS
    level = pl.when(strong).then(pl.lit(str(LinkLevel.STRONG))).otherwise(pl.lit(str(LinkLevel.PROBABLE)))
    decided = pairs.with_columns(level=level, comparisons=comparisons(fields))
    return decided.select(pl.col(c).cast(t) for c, t in DECIDED.items()).sort("left", "right")


def _best_probable(decided: pl.DataFrame, loose: pl.DataFrame, bare: pl.Series) -> tuple[pl.DataFrame, int]:
    """Of the pairs in `loose` (no second key) only the best few per group in `bare`, and how many that leaves out."""
    is_loose = decided.join(loose, on=["left", "right"], how="semi")
    kept = decided.join(loose, on=["left", "right"], how="anti")
    ranked = is_loose.filter(pl.col("left") != pl.col("right")).sort(
        ["log_odds", "left", "right"], descending=[True, False, False]
    )
    ranked = ranked.with_columns(
        _of_left=pl.int_range(pl.len()).over("left"), _of_right=pl.int_range(pl.len()).over("right")
    )
    of_left = pl.col("left").is_in(bare.implode()) & (pl.col("_of_left") < MOST_PROBABLE)
    of_right = pl.col("right").is_in(bare.implode()) & (pl.col("_of_right") < MOST_PROBABLE)
    left_out = ranked.filter(~(of_left | of_right)).height
    ranked = ranked.filter(of_left | of_right)
    itself = is_loose.filter(pl.col("left") == pl.col("right"))
    return pl.concat([kept, itself, ranked.select(decided.columns)]).sort("left", "right"), left_out
