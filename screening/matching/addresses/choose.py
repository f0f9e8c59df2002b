"""From the addresses that a part can mean to the one object it does mean, or to the reason why none is named."""

from __future__ import annotations

import polars as pl

from screening.base.frames import schema_of
from screening.base.vocabulary import AddressMethod, AddressNote
from screening.matching.addresses import spelling
from screening.matching.addresses.evidence import (
    POSTCODE_ABSENT,
    POSTCODE_SAME,
    POSTCODE_SLIP,
    TIER_FUZZY,
    TOWN_ABSENT,
    cost,
)
from screening.matching.addresses.index import TIER_EXACT
from screening.matching.addresses.probability import EVIDENCE, OFFER_LEAST, address_probability, street_level

# How the written unit stands to that of an address, best first. NONE is no fit.
# Beside them levels of the unit (`probability.EVIDENCE`) that are no fit: the first of a range, the house at whose
# number the unit is unknown, the bare number where the BAG has units at it.
_SAME, _SPELT, _GROUND, _LEFT_OUT, _RANGE, _NOT_IN_BAG, _SAME_BESIDE_UNITS, _NONE = 0, 1, 2, 3, 4, 5, 6, 9

#: One row a part: what `choose` and `choose_ranges` return, with the levels of evidence (`probability.EVIDENCE`).
#: `is_placed`: its town or postcode led to the object.
VERDICT = schema_of(
    f"part_id object method note candidates is_placed {' '.join(EVIDENCE)}",
    part_id=pl.UInt32(),
    **dict.fromkeys(EVIDENCE, pl.Int8()),
)


def choose(rows: pl.DataFrame) -> pl.DataFrame:
    """One verdict a part (VERDICT) out of its admissible addresses (`evidence.addresses_of`, filtered).

    The street for which most speaks, then the unit, then the living object before a withdrawn one, then the written
    postcode. A former address stands between: it leads to an object that is there. What still fits several objects is
    ambiguous: no object, all of them as candidates.
    """
    rows = _with_fit(_best_streets(rows))
    fitting = _best_units(_not_renamed(rows.filter(pl.col("fit") < _NONE)))
    chosen = fitting.group_by("part_id").agg(
        pl.col("street_id").n_unique().alias("streets"),
        pl.col("fit").min(),
        pl.col("tier").min(),
        pl.col("similarity").max(),
        pl.col("town_is").min(),
        pl.col("postcode_is").min(),
        pl.col("bag_postcode").is_not_null().any().alias("has_postcode"),
        pl.col("is_former").all(),
        pl.col("rank").min(),
        is_placed=_is_placed().any(),
    )
    others = rows.group_by("part_id").agg(
        pl.col("unit").first(), has_units=((pl.col("bag_unit") != "") & (pl.col("rank") == 0)).any()
    )
    unfitting = _least(rows.join(chosen, on="part_id", how="anti"), pl.col("rank").cast(pl.Int32))
    parts = others.join(chosen, on="part_id", how="left")
    for name, addresses in (("fits", fitting), ("all", unfitting)):
        parts = parts.join(_objects(addresses).rename({"object": name}), on="part_id", how="left")
    return _verdict(parts)


def _objects(rows: pl.DataFrame) -> pl.DataFrame:
    """The distinct objects of each part as a sorted list: part_id, object. Most parts have one row."""
    is_alone = pl.col("part_id").is_unique()
    alone = rows.filter(is_alone).select("part_id", pl.concat_list("object"))
    several = rows.filter(~is_alone).group_by("part_id").agg(pl.col("object").unique().sort())
    return pl.concat([alone, several])


def _best_units(fitting: pl.DataFrame) -> pl.DataFrame:
    """Of the addresses whose unit fits the best of each part; then those with the written postcode."""
    # A living object under another spelling of the unit goes before a withdrawn one under the same.
    age = pl.col("rank").cast(pl.Int32) * 10 - pl.col("is_former").cast(pl.Int32) * 5
    fitting = _least(fitting, (pl.col("fit") >= _GROUND).cast(pl.Int32) * 100 + age + pl.col("fit"))
    return _least(fitting, (pl.col("postcode_is") != POSTCODE_SAME).cast(pl.Int32))


def choose_offers(rows: pl.DataFrame) -> pl.DataFrame:
    """The one address a part that a person may be asked about: part_id, object, is_placed and the levels of evidence.

    `rows`: addresses of parts that have no answer, admissible or not, with `elsewhere`. The street goes by its
    probability, and with it the house of the number where the BAG lacks the written unit.
    """
    standing = pl.when("elsewhere").then(2).otherwise(1).cast(pl.Int8)
    rows = rows.with_columns(street_is=street_level(pl.col("tier"), pl.col("similarity")), standing=standing)
    rows = rows.with_columns(chance=address_probability(("street_is", "postcode_is", "town_is", "standing")))
    best = pl.col("chance").max().over("part_id", "street_id")
    rows = _with_fit(rows.filter(best == best.max().over("part_id")))
    is_house = (pl.col("fit") == _NONE) & (pl.col("unit") != "") & (pl.col("bag_unit") == "")
    rows = rows.with_columns(fit=pl.when(is_house).then(_NOT_IN_BAG).otherwise("fit")).filter(pl.col("fit") < _NONE)
    rows = _best_units(rows).with_columns(unit_is="fit", age_is=_age())
    alone = rows.filter(pl.col("object").n_unique().over("part_id") == 1).sort("part_id", *EVIDENCE)
    offers = alone.with_columns(is_placed=_is_placed()).unique("part_id", keep="first", maintain_order=True)
    offers = offers.filter(address_probability() >= OFFER_LEAST)
    return offers.select("part_id", "object", "is_placed", *(pl.col(kind).cast(pl.Int8) for kind in EVIDENCE))


def _age() -> pl.Expr:
    return pl.when("is_former").then(1).when(pl.col("rank") > 0).then(2).otherwise(0)


def _not_renamed(fitting: pl.DataFrame) -> pl.DataFrame:
    """Without the addresses of a street that took over a name, where the written postcode is the earlier one's."""
    is_meant = pl.col("is_former") & (pl.col("postcode_is") == POSTCODE_SAME)
    is_namesake = ~pl.col("is_former") & (pl.col("postcode_is") > POSTCODE_ABSENT)
    return fitting.filter(~(is_meant.any().over("part_id") & is_namesake))


def choose_ranges(rows: pl.DataFrame) -> pl.DataFrame:
    """One verdict a range ("12-16"): every object of it a candidate, the one at its first number the address.

    A list ("12 en 16") says no such thing: all candidates and no address. `rows`: admissible addresses of the
    numbers, with `first`, the first one, and `is_list`.
    """
    rows = _least(_best_streets(rows), pl.col("rank").cast(pl.Int32))
    at_first = pl.col("number") == pl.col("first")
    ranges = rows.group_by("part_id").agg(
        pl.col("object").filter(at_first).unique().sort().alias("firsts"),
        pl.col("object").filter(at_first & (pl.col("bag_unit") == "")).unique().sort().alias("bare"),
        pl.struct("number", "object").unique().sort().struct.field("object").alias("candidates"),
        pl.col("street_id").n_unique().alias("streets"),
        pl.col("number").n_unique().alias("numbers"),
        pl.col("tier").min(),
        pl.col("similarity").max(),
        pl.col("is_list").first(),
        pl.col("town_is").min(),
        pl.col("postcode_is").min(),
        is_placed=_is_placed().any(),
    )
    ranges = ranges.filter(pl.col("is_list") | ((pl.col("numbers") > 1) & (pl.col("firsts").list.len() > 0)))
    first = (
        pl.when(pl.col("is_list") | (pl.col("streets") > 1))
        .then(None)
        .when(pl.col("firsts").list.len() == 1)
        .then(pl.col("firsts").list.first())
        .when(pl.col("bare").list.len() == 1)
        .then(pl.col("bare").list.first())
    )
    is_fuzzy = pl.col("tier") == TIER_FUZZY
    return ranges.select(
        "part_id",
        object=first,
        method=pl.when(is_fuzzy).then(pl.lit(AddressMethod.FUZZY)).otherwise(pl.lit(AddressMethod.VARIANT)),
        street_is=street_level(pl.col("tier"), pl.col("similarity")),
        postcode_is="postcode_is",
        town_is="town_is",
        unit_is=_RANGE,
        age_is=0,
        standing=0,
        note=pl.when("is_list").then(pl.lit(AddressNote.SEVERAL_NUMBERS)).otherwise(pl.lit(AddressNote.FIRST_OF_RANGE)),
        candidates="candidates",
        is_placed="is_placed",
    ).select(pl.col(name).cast(dtype) for name, dtype in VERDICT.items())


def _is_placed() -> pl.Expr:
    return (pl.col("town_is") < TOWN_ABSENT) | pl.col("postcode_is").is_in([POSTCODE_SAME, POSTCODE_SLIP])


def _best_streets(rows: pl.DataFrame) -> pl.DataFrame:
    per_street = rows.with_columns(cost=cost().min().over("part_id", "street_id"))
    return per_street.filter(pl.col("cost") == pl.col("cost").min().over("part_id"))


def _least(rows: pl.DataFrame, order: pl.Expr) -> pl.DataFrame:
    return (
        rows.with_columns(_order=order)
        .filter(pl.col("_order") == pl.col("_order").min().over("part_id"))
        .drop("_order")
    )


def _with_fit(rows: pl.DataFrame) -> pl.DataFrame:
    is_ground = spelling.is_ground(pl.col("unit_variant")) & (pl.col("unit") != "H")
    objects = pl.col("object").n_unique().over("part_id", "rank")
    is_alone = (objects == 1) & (pl.col("rank") == pl.col("rank").min().over("part_id"))
    has_bare = (pl.col("bag_unit") == "").any().over("part_id")
    return rows.with_columns(
        fit=pl.when(pl.col("unit") == pl.col("bag_unit"))
        .then(_SAME)
        .when(pl.col("unit_variant") == pl.col("bag_variant"))
        .then(_SPELT)
        .when(is_ground & pl.col("ground"))
        .then(_GROUND)
        # "12" where the BAG has 12-A alone; "12 huis" where it has 12 alone
        .when(is_alone & (pl.col("unit") == "") & ~has_bare)
        .then(_LEFT_OUT)
        .when(is_alone & is_ground & (pl.col("bag_unit") == ""))
        .then(_LEFT_OUT)
        .otherwise(_NONE)
    )


def _verdict(parts: pl.DataFrame) -> pl.DataFrame:
    fits = pl.col("fits").list.len().fill_null(0)
    # "26" may be written for 26-B also where 26 is another house.
    is_bare = (pl.col("fit") == _SAME) & (pl.col("unit") == "")
    is_one = fits == 1
    is_fuzzy = pl.col("tier") == TIER_FUZZY
    # Exact: street and unit as in the BAG, and the postcode, or the town where neither has a postcode.
    is_exact = (
        (pl.col("tier") == TIER_EXACT)
        & (pl.col("fit") == _SAME)
        & (pl.col("town_is") <= TOWN_ABSENT)
        & ((pl.col("postcode_is") == POSTCODE_SAME) | ~pl.col("has_postcode"))
        & ~pl.col("is_former")
    )
    note = (
        pl.when(is_one & (pl.col("fit") == _LEFT_OUT))
        .then(pl.lit(AddressNote.ONLY_OBJECT))
        .when(is_one & (pl.col("postcode_is") > POSTCODE_SAME + 1))
        .then(pl.lit(AddressNote.POSTCODE_DIFFERS))
        .when(is_one & (pl.col("town_is") > TOWN_ABSENT))
        .then(pl.lit(AddressNote.TOWN_DIFFERS))
        .when(is_one)
        .then(None)
        .when((fits > 1) & (pl.col("streets") > 1))
        .then(pl.lit(AddressNote.TOWN_OR_POSTCODE_MISSING))
        .when(fits > 1)
        .then(pl.lit(AddressNote.SHARED))
        .when(pl.col("unit") == "")
        .then(pl.lit(AddressNote.ADDITION_MISSING))
        .otherwise(pl.lit(AddressNote.NO_SUCH_ADDITION))
    )
    method = (
        pl.when(is_fuzzy)
        .then(pl.lit(AddressMethod.FUZZY))
        .when(is_exact)
        .then(pl.lit(AddressMethod.EXACT))
        .otherwise(pl.lit(AddressMethod.VARIANT))
    )
    return parts.select(
        "part_id",
        object=pl.when(is_one).then(pl.col("fits").list.first()),
        method=method,
        note=note,
        street_is=street_level(pl.col("tier"), pl.col("similarity")),
        postcode_is="postcode_is",
        town_is="town_is",
        unit_is=pl.when(is_bare & pl.col("has_units")).then(_SAME_BESIDE_UNITS).otherwise("fit"),
        age_is=_age(),
        standing=0,
        candidates=pl.when(fits > 0).then("fits").otherwise("all"),
        is_placed="is_placed",
    ).select(pl.col(name).cast(dtype) for name, dtype in VERDICT.items())
