"""Levels: what a compared pair of groups is worth, why, and which pairs may never share a party."""

from __future__ import annotations

import polars as pl

from screening.matching.compare import (
    ADDRESS_WEIGHTS,
    BIRTH_COMMON,
    BIRTH_WEIGHTS,
    KVK_EQUAL,
    PRIOR,
    PROBABLE_BITS,
    RARITY_WEIGHT,
    STRONG_BITS,
    below_strong,
    compare_names,
    compare_trade_names,
)
from screening.vocabulary import LinkLevel

#: A mention or group without the independent key gets its best probable links, no more.
MOST_PROBABLE = 5

_GIVEN_SIMILARITY = {
    "equal_several": 1.0,
    "equal": 1.0,
    "subset": 0.9,
    "overlap": 0.5,
    "absent": None,
    "differs": 0.2,
    "disjoint": 0.0,
}
_BIRTH_SIMILARITY = {"equal": 1.0, "swapped": 0.5, "absent": None}
#: Relations of given names that no third mention may bridge: with one birth date these are twins, not one person.
EXCLUDING_GIVEN = ("differs", "disjoint")

DECIDED: dict[str, pl.DataType] = {
    "left": pl.Int64(),
    "right": pl.Int64(),
    "log_odds": pl.Float64(),
    "level": pl.String(),
    "comparisons": pl.String(),
}


def decide_persons(
    pairs: pl.DataFrame, groups: pl.DataFrame, options: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """The links among person groups (DECIDED, probable or above), the pairs that exclude each other, links left out.

    `pairs`: `left`, `right`, `relation` of the birth dates; a group may be paired with itself, which tells what two of
    its mentions are worth. Only an equal full birth date makes a strong link.
    """
    known = groups.select("group", "birth_date", name="name_normalised")
    on_date = known.group_by("birth_date").agg(on_date=pl.col("name").n_unique())
    paired = (
        pairs.join(known.join(on_date, on="birth_date", how="left"), left_on="left", right_on="group")
        .join(known.select("group", right_name="name"), left_on="right", right_on="group")
        .rename({"name": "left_name"})
    )
    compared = compare_names(paired.select("left_name", "right_name").unique(), options)
    families = options.filter(pl.col("reading") != "family-first").select("name", "family").unique()
    rarity = (
        families.group_by("family")
        .len("_names")
        .select(family_key="family", rarity=(pl.lit(max(families["name"].n_unique(), 1)) / pl.col("_names")).log(2))
    )
    paired = paired.join(compared, on=["left_name", "right_name"]).join(rarity, on="family_key", how="left")
    common = (pl.col("on_date").fill_null(1) / BIRTH_COMMON).clip(1).log(2)
    birth = pl.col("relation").replace_strict(BIRTH_WEIGHTS, return_dtype=pl.Float64)
    paired = paired.with_columns(
        birth_weight=pl.when(pl.col("relation") == "equal").then((birth - common).clip(0)).otherwise(birth),
        rarity=pl.col("rarity").fill_null(0.0) * RARITY_WEIGHT,
    )
    evidence = PRIOR + pl.col("birth_weight") + pl.col("name_weight") + pl.col("rarity")
    is_dated = pl.col("relation") == "equal"
    paired = paired.with_columns(log_odds=pl.when(is_dated).then(evidence).otherwise(below_strong(evidence)))
    excluding = paired.filter(is_dated & pl.col("given_relation").is_in(EXCLUDING_GIVEN)).select("left", "right")
    # Given names that exclude each other can be a slip, which a person must see: never strong, whatever else agrees.
    excludes = pl.col("given_relation").is_in(EXCLUDING_GIVEN)
    paired = paired.with_columns(
        log_odds=pl.when(is_dated & excludes).then(below_strong(pl.col("log_odds"))).otherwise("log_odds")
    )
    given = pl.col("given_relation").replace_strict(_GIVEN_SIMILARITY, return_dtype=pl.Float64)
    dates = pl.col("relation").replace_strict(_BIRTH_SIMILARITY, return_dtype=pl.Float64)
    decided = _levels(
        paired.filter(pl.col("log_odds") >= PROBABLE_BITS),
        {
            "family_name": ("family_similarity", "family_weight"),
            "given_names": (pl.coalesce(pl.col("given_similarity") * (given > 0), given), "given_weight"),
            "birth_date": (dates, "birth_weight"),
        },
    )
    loose = pairs.filter(pl.col("relation") == "absent").select("left", "right")
    undated = known.filter(pl.col("birth_date").is_null())["group"]
    links, left_out = _best_probable(decided, loose, undated)
    return links, excluding, left_out


def decide_organisations(pairs: pl.DataFrame, names: pl.DataFrame, numbers: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The links among organisation groups without a KVK number, or whose numbers differ (DECIDED), and links left out.

    Strong is a name at one address, and only where it points to one KVK number; two numbers are probable at most.
    """
    known = (
        names.filter(pl.col("name_key").is_not_null()).select("group", "name_key", "name_core", "address_id").unique()
    )
    paired = pairs.join(known, left_on="left", right_on="group").join(
        known, left_on="right", right_on="group", suffix="_right"
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
