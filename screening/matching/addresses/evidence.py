"""What speaks for a BAG address as the one that was written: street, postcode, town. One row a part and address."""

from __future__ import annotations

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from screening.matching.addresses import fuzzy, spelling
from screening.matching.addresses.index import TIER_EXACT, TIER_VARIANT, AddressIndex

#: A street found by resemblance; and no street written at all, only a postcode and a number.
TIER_FUZZY, TIER_NONE = 3, 2

#: The least similarity of a street beside a postcode that has a slip as well.
TWO_SLIPS_CUTOFF = 0.9

# How the written town and postcode stand to those of a BAG address, best first.
TOWN_SAME, TOWN_SLIP, TOWN_ABSENT, TOWN_NEAR, TOWN_OTHER, TOWN_OUTSIDE = 0, 1, 2, 3, 4, 5
POSTCODE_SAME, POSTCODE_ABSENT, POSTCODE_SWAPPED, POSTCODE_SLIP, POSTCODE_OTHER, POSTCODE_OUTSIDE = 0, 1, 2, 3, 4, 5


def place(parts: pl.DataFrame, index: AddressIndex) -> pl.DataFrame:
    """`parts` with what the BAG knows of their places.

    Adds slip_of (the town meant), near_town (the town that may be meant), town_is_known, postcode_is_known,
    digits_are_known (the four digits occur), name and name_tail (variant keys of the street); unit becomes its key,
    beside unit_variant.
    """
    parts = _without_town_in_front(_with_names(parts), index)
    resembling = fuzzy.misspelt_towns(_unknown_towns(parts["town"], index), index.towns["town"])
    postcodes = index.postcodes["postcode"].unique()
    digits = postcodes.str.slice(0, 4).unique()
    units = parts["unit"].unique().sort().to_frame("written_unit")
    folded = spelling.fold(pl.col("written_unit"))
    units = units.with_columns(unit=spelling.unit_key(folded), unit_variant=spelling.unit_variant(folded))
    parts = parts.join(resembling, on="town", how="left").with_columns(
        town_is_known=pl.col("town").is_in(index.towns["town"].implode()).fill_null(False),
        postcode_is_known=pl.col("postcode").is_in(postcodes.implode()).fill_null(False),
        digits_are_known=pl.col("postcode_digits").is_in(digits.implode()).fill_null(False),
    )
    return parts.rename({"unit": "written_unit"}).join(units, on="written_unit", how="left", nulls_equal=True)


def _with_names(parts: pl.DataFrame) -> pl.DataFrame:
    names = pl.concat([parts["street"], parts["street_tail"]]).drop_nulls().unique().sort().to_frame("street")
    names = names.with_columns(key=spelling.squeeze(pl.col("street")), name=spelling.street_variant(pl.col("street")))
    return parts.join(names, on="street", how="left").join(
        names.rename({"street": "street_tail", "key": "key_tail", "name": "name_tail"}), on="street_tail", how="left"
    )


def _without_town_in_front(parts: pl.DataFrame, index: AddressIndex) -> pl.DataFrame:
    """Streets less the town, or a slip of it, in front of them ("Weesp Hoofdstraat") where no street is called so."""
    towns = index.towns["town"].implode()
    slips = fuzzy.misspelt_towns(_unknown_towns(parts["tail_town"], index), index.towns["town"])
    is_named = pl.col("key").is_in(index.names["name"].implode()) | pl.col("name").is_in(index.names["name"].implode())
    is_town = pl.col("tail_town").is_in(towns) | pl.col("tail_town").is_in(slips["town"].implode())
    is_in_front, is_word = (is_town & ~is_named).fill_null(False), pl.col("tail_town").is_not_null()
    # A first word that is no town is a part of the name.
    has_tail = ~is_word | is_town.fill_null(False)
    return parts.with_columns(
        *(pl.when(is_in_front).then(f"{name}_tail").otherwise(name).alias(name) for name in ("street", "key", "name")),
        *(pl.when(has_tail & ~is_in_front).then(name).alias(name) for name in ("street_tail", "key_tail", "name_tail")),
        town=pl.when(is_in_front & ~pl.col("town").is_in(towns).fill_null(False)).then("tail_town").otherwise("town"),
    ).drop("tail_town")


def _unknown_towns(towns: pl.Series, index: AddressIndex) -> pl.Series:
    return towns.filter(~towns.is_in(index.towns["town"].implode()))


def streets_of(parts: pl.DataFrame, index: AddressIndex) -> pl.DataFrame:
    """Which streets a part can mean: part_id, street_id, tier, similarity. `parts` as `place` leaves them."""
    whole = _named(parts.select("part_id", "town", "slip_of", "key", "name"), index)
    lost = parts.join(whole, on="part_id", how="anti")
    tail = _named(lost.select("part_id", "town", "slip_of", key="key_tail", name="name_tail"), index).with_columns(
        tier=pl.max_horizontal("tier", pl.lit(TIER_VARIANT, pl.Int8))
    )
    named = pl.concat([whole, tail])
    # A street that its own town has is never taken for another one.
    towns = index.streets.select("street_id", street_town="town")
    settled = named.join(towns, on="street_id").join(parts.select("part_id", "town", "slip_of"), on="part_id")
    home = pl.coalesce("slip_of", "town")
    settled = settled.filter(
        home.is_null() | (home == pl.col("street_town")) | ~home.is_in(index.towns["town"].implode())
    )
    rest = parts.join(settled, on="part_id", how="anti").filter(
        pl.col("name").str.len_chars().ge(4) & pl.col("number").is_not_null()
    )
    resembling = resembling_streets(rest, index, fuzzy.FOR_ANSWER)
    return pl.concat([named, resembling]).sort("part_id", "street_id")


def _named(parts: pl.DataFrame, index: AddressIndex) -> pl.DataFrame:
    names = index.names.drop("town")
    exact = parts.join(names.filter(pl.col("tier") == TIER_EXACT), left_on="key", right_on="name")
    variant = parts.join(names, left_on="name", right_on="name").with_columns(
        tier=pl.max_horizontal("tier", pl.lit(TIER_VARIANT, pl.Int8))
    )
    hits = pl.concat([exact.select("part_id", "street_id", "tier"), variant.select("part_id", "street_id", "tier")])
    hits = hits.group_by("part_id", "street_id").agg(pl.col("tier").min())
    return hits.with_columns(tier=pl.col("tier").cast(pl.Int8), similarity=pl.lit(1.0))


def resembling_streets(parts: pl.DataFrame, index: AddressIndex, limits: fuzzy.StreetLimits) -> pl.DataFrame:
    """The streets that a misspelt name resembles, by its postcode or else within its town; columns of `streets_of`.

    A town that is only near counts within the limits of a question to a person.
    """
    ids = ["part_id", "street_id", "similarity"]
    names = ("name", "name_tail")
    coded = parts.filter("postcode_is_known")
    coded = pl.concat([coded.select("part_id", "postcode", name=name) for name in names]).drop_nulls("name")
    near = fuzzy.within_postcodes(coded.select("name", "postcode").unique(), index.postcodes, index.streets, limits)
    by_postcode = coded.join(near, on=["name", "postcode"]).select(ids)
    home = pl.coalesce("slip_of", "near_town", "town") if limits == fuzzy.FOR_OFFER else pl.coalesce("slip_of", "town")
    # Without a town the name stands in the municipality's own register; a town or postcode outside it is another place.
    is_here = home.is_null() | home.is_in(index.towns["town"].implode())
    in_region = pl.col("postcode").is_null() | pl.col("digits_are_known")
    placed = parts.join(by_postcode, on="part_id", how="anti").filter(is_here)
    placed = placed if limits == fuzzy.FOR_OFFER else placed.filter(in_region)
    placed = pl.concat([placed.select("part_id", name=name, town=home) for name in names]).drop_nulls("name")
    alike = fuzzy.within_towns(placed.select("name", "town").unique(), index.streets, limits)
    by_town = placed.join(alike, on=["name", "town"], nulls_equal=True).select(ids)
    both = pl.concat([by_postcode, by_town]).group_by("part_id", "street_id").agg(pl.col("similarity").max())
    return both.select("part_id", "street_id", tier=pl.lit(TIER_FUZZY, pl.Int8), similarity=pl.col("similarity"))


def addresses_of(parts: pl.DataFrame, streets: pl.DataFrame, index: AddressIndex) -> pl.DataFrame:
    """The BAG addresses that a part can mean: one row a (part, address), with town_is and postcode_is.

    The house number is always the written one. Without a street, the postcode and the number lead.
    """
    bag = index.addresses.select(
        "street_id",
        "object",
        bag_town="town",
        bag_postcode="postcode",
        number="huisnummer",
        bag_unit="unit",
        bag_variant="unit_variant",
        ground="ground",
        rank="rank",
        is_former="is_former",
    )
    columns = [
        "part_id",
        "number",
        "unit",
        "unit_variant",
        "postcode",
        "postcode_digits",
        "town",
        "slip_of",
        "town_is_known",
        "postcode_is_known",
        "digits_are_known",
        "code",
        "near_town",
    ]
    numbered = parts.select(columns).filter(pl.col("number").is_not_null())
    named = numbered.join(streets, on="part_id").join(bag, on=["street_id", "number"])
    unnamed = parts.filter(pl.col("street").is_null() & pl.col("number").is_not_null()).select(columns)
    coded = unnamed.with_columns(bag_postcode=pl.col("postcode")).join(
        bag, left_on=["bag_postcode", "number"], right_on=["bag_postcode", "number"]
    )
    coded = coded.with_columns(tier=pl.lit(TIER_NONE, pl.Int8), similarity=pl.lit(1.0))
    rows = pl.concat([named, coded.select(named.columns)])
    return (
        _with_damage(rows)
        .with_columns(town_is=_town_is(), postcode_is=_postcode_is())
        .drop("code", "near_town", "damage")
    )


def _with_damage(rows: pl.DataFrame) -> pl.DataFrame:
    """`damage`: how many signs a damaged postcode is away from that of the address; null for any other."""
    damaged = rows.select("code", "bag_postcode").drop_nulls().unique()
    edits = cpdist(damaged["code"].to_list(), damaged["bag_postcode"].to_list(), scorer=OSA.distance)
    damaged = damaged.with_columns(pl.Series("damage", edits, dtype=pl.Int64))
    return rows.join(damaged, on=["code", "bag_postcode"], how="left")


def _town_is() -> pl.Expr:
    return (
        pl.when(pl.col("town").is_null())
        .then(TOWN_ABSENT)
        .when(pl.col("town") == pl.col("bag_town"))
        .then(TOWN_SAME)
        .when((pl.col("slip_of") == pl.col("bag_town")).fill_null(False))
        .then(TOWN_SLIP)
        .when((pl.col("near_town") == pl.col("bag_town")).fill_null(False))
        .then(TOWN_NEAR)
        .when("town_is_known")
        .then(TOWN_OTHER)
        .otherwise(TOWN_OUTSIDE)
    )


def _postcode_is() -> pl.Expr:
    written, bag = pl.col("postcode"), pl.col("bag_postcode")
    signs = [(written.str.slice(sign, 1), bag.str.slice(sign, 1)) for sign in range(6)]
    differing = pl.sum_horizontal((left != right).cast(pl.Int8) for left, right in signs)
    swapped = pl.any_horizontal(
        (signs[sign][0] == signs[sign + 1][1]) & (signs[sign][1] == signs[sign + 1][0]) for sign in range(5)
    ) & (differing == 2)
    is_absent = written.is_null() & pl.col("code").is_null()
    return (
        pl.when((written == bag).fill_null(False))
        .then(POSTCODE_SAME)
        .when((pl.col("damage") <= 1).fill_null(False))
        .then(POSTCODE_SLIP)
        .when(is_absent | (pl.col("digits_are_known") & (bag.is_null() | written.is_null())))
        .then(POSTCODE_ABSENT)
        .when(swapped.fill_null(False))
        .then(POSTCODE_SWAPPED)
        .when((differing == 1).fill_null(False))
        .then(POSTCODE_SLIP)
        .when(pl.col("digits_are_known") | pl.col("postcode_digits").is_null())
        .then(POSTCODE_OTHER)
        .otherwise(POSTCODE_OUTSIDE)
    )


def is_admissible() -> pl.Expr:
    """Whether the written place allows an address of `addresses_of` at all.

    `elsewhere` is joined: the written postcode and number are an address of another street. The same postcode decides.
    Otherwise the town must not speak against it, and a postcode of another region says that the address lies outside,
    unless a single slip of the keys explains it. Street and number that name one address, and postcode and number that
    name another, contradict each other: neither is taken.
    """
    town, postcode, is_fuzzy = pl.col("town_is"), pl.col("postcode_is"), pl.col("tier") == TIER_FUZZY
    # Two signs exchanged, and all six are those of the address: a slip also where nothing else says which region.
    slip_in_region = pl.col("digits_are_known") | (town <= TOWN_SLIP) | (postcode == POSTCODE_SWAPPED)
    # A damaged postcode of the region says no less than none at all.
    is_damaged_in_region = pl.col("postcode").is_null() & (postcode == POSTCODE_SLIP) & pl.col("digits_are_known")
    return (
        pl.when(postcode == POSTCODE_SAME)
        .then(True)
        .when((postcode == POSTCODE_ABSENT) | is_damaged_in_region)
        .then((town <= TOWN_ABSENT) & ~(is_fuzzy & (town == TOWN_SLIP)))
        .when(postcode.is_in([POSTCODE_SWAPPED, POSTCODE_SLIP]))
        .then(
            pl.when(is_fuzzy)
            .then((town == TOWN_SAME) & (pl.col("similarity") >= TWO_SLIPS_CUTOFF))
            .otherwise((town <= TOWN_ABSENT) & slip_in_region)
            & ~pl.col("elsewhere")
        )
        .when(postcode == POSTCODE_OTHER)
        .then((town <= TOWN_SLIP) & ~is_fuzzy & ~pl.col("elsewhere"))
        .otherwise(False)
    )


def is_offerable() -> pl.Expr:
    """Whether a person may be asked about an address that is not admissible: its place may be that of this register."""
    town, postcode = pl.col("town_is"), pl.col("postcode_is")
    return ((town <= TOWN_NEAR) | (postcode == POSTCODE_SAME)) & (postcode < POSTCODE_OUTSIDE)


def cost() -> pl.Expr:
    """The order of streets that are admissible for one part: the lower, the more speaks for it."""
    return (
        (pl.col("postcode_is") != POSTCODE_SAME).cast(pl.Int32) * 1000
        + pl.col("tier").cast(pl.Int32) * 100
        + pl.col("town_is").cast(pl.Int32) * 10
        + pl.col("postcode_is").cast(pl.Int32)
    )
