"""The BAG as it is looked up: one row an address with its keys, the streets with their other names, the towns."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from screening.base.frames import read_distinct
from screening.matching.addresses import spelling

#: How a street's key was made, best first: as written, abbreviations written out, another usual way to name it.
TIER_EXACT, TIER_VARIANT, TIER_ALIAS = 0, 1, 2

# "pr." is read as prins and "kon." as koningin, so their namesakes need that name too.
_SHORTENED = {"prinses": "prins", "koning": "koningin"}


@dataclass(frozen=True)
class AddressIndex:
    """What `resolve` and `display_addresses` look up. Made by `build`; the frames are read, never changed.

    `addresses`: one row a BAG address: object, nummeraanduiding_id, pand_id, straatnaam, woonplaats, huisnummer,
    huisletter, huisnummertoevoeging, postcode, street_id, town, unit, unit_variant, ground, rank (0 living,
    1 withdrawn, 2 never realised), is_former (an earlier address of an object that now has another: its street was
    renamed or its number changed), is_nevenadres, rd_x, rd_y. `names`: street key -> street_id and tier, one row a
    name in a town. `streets`: one row a street in a town. `towns`: one row a town. `postcodes`: postcode -> street_id.
    `ids`: 16 digits of an object or a nummeraanduiding -> object; the first row of an id counts.
    """

    addresses: pl.DataFrame
    names: pl.DataFrame
    streets: pl.DataFrame
    towns: pl.DataFrame
    postcodes: pl.DataFrame
    ids: pl.DataFrame

    @classmethod
    def build(cls, bag: pl.DataFrame) -> AddressIndex:
        """The index of the typed `bag_adressen` frame (one row a nummeraanduiding; columns of the register)."""
        rows = _rows(bag)
        towns = (
            rows.group_by("town")
            .agg(pl.col("town_folded").min(), pl.col("woonplaats").min())
            .sort("town")
            .drop_nulls("town")
        )
        streets = (
            rows.group_by("town", "street_folded").agg(pl.len().alias("addresses")).sort("town", "street_folded")
        ).with_row_index("street_id")
        streets = streets.with_columns(
            spelling.squeeze(pl.col("street_folded")).alias("street_key"),
            spelling.street_variant(pl.col("street_folded")).alias("street_variant"),
        )
        addresses = rows.join(
            streets.select("town", "street_folded", "street_id"), on=["town", "street_folded"], how="left"
        )
        objects = addresses["object"]
        ids = pl.concat(
            [
                pl.DataFrame({"id": objects, "object": objects}),
                pl.DataFrame({"id": addresses["nummeraanduiding_id"], "object": objects}),
            ]
        )
        return cls(
            addresses=addresses.drop("street_folded", "town_folded").sort("object", "nummeraanduiding_id"),
            names=_names(streets),
            streets=streets,
            towns=towns,
            postcodes=addresses.select("postcode", "street_id").drop_nulls().unique().sort("postcode", "street_id"),
            ids=ids.drop_nulls(),
        )

    def objects_of(self, ids: pl.Series) -> pl.DataFrame:
        """`id`, `object`: one row an id that the BAG knows, among these."""
        asked = ids.drop_nulls().unique().to_frame("id")
        return self.ids.join(asked, on="id", how="semi", maintain_order="left").unique("id", keep="first")


def first_of_objects(addresses: pl.DataFrame, *order: str) -> pl.DataFrame:
    """The first address of each object in an order of columns. `addresses`: those of an index, sorted by object."""
    repeats = pl.col("object") == pl.col("object").shift(1)
    is_one_of_several = (repeats | repeats.shift(-1)).fill_null(False)
    several = addresses.with_row_index("place").filter(is_one_of_several)  # few, and these alone are sorted
    first = several.sort("object", *order).unique("object", keep="first", maintain_order=True)
    later = several.join(first, on="place", how="anti")["place"]
    return addresses.filter(pl.Series([True]).new_from_index(0, addresses.height).scatter(later, False))


def _rows(bag: pl.DataFrame) -> pl.DataFrame:
    pand_ids = bag["pand_id"]
    rows = bag.select(
        pl.col("adresseerbaar_object_id").alias("object"),
        "nummeraanduiding_id",
        _joined(pand_ids) if isinstance(pand_ids.dtype, pl.List) else pand_ids,
        "straatnaam",
        "woonplaats",
        pl.col("huisnummer").cast(pl.Int64),
        "huisletter",
        pl.col("huisnummertoevoeging").cast(pl.String),
        pl.col("postcode").alias("written_postcode"),
        "status",
        pl.col("is_nevenadres").fill_null(False),
        pl.col("rd_x").cast(pl.Float64),
        pl.col("rd_y").cast(pl.Float64),
    ).filter(pl.col("object").is_not_null() & pl.col("huisnummer").is_not_null())
    town = pl.col("woonplaats")
    rows = read_distinct(rows, ["straatnaam"], street_folded=spelling.fold(pl.col("straatnaam")))
    rows = read_distinct(
        rows, ["woonplaats"], town_folded=spelling.fold(town), town=spelling.town_key(spelling.fold(town))
    )
    rows = read_distinct(rows, ["written_postcode"], postcode=spelling.postcode_key(pl.col("written_postcode")))
    rows = read_distinct(rows, ["status"], rank=_rank()).drop("written_postcode", "status")
    unit = spelling.fold(pl.concat_str(["huisletter", "huisnummertoevoeging"], separator=" ", ignore_nulls=True))
    # A letter H beside A to G is the eighth of a row, not the ground floor: only an addition is read as hs.
    is_letter, variant = pl.col("huisnummertoevoeging").is_null(), spelling.unit_variant(unit)
    rows = read_distinct(
        rows,
        ["huisletter", "huisnummertoevoeging"],
        unit=spelling.unit_key(unit),
        unit_variant=pl.when(is_letter).then(spelling.unit_key(unit)).otherwise(variant),
        ground=spelling.is_ground(variant) & ~is_letter,
    )
    # "Naamgeving ingetrokken" is said of an address and not of its object: where another address of the object holds,
    # the object is there.
    is_gone = pl.col("rank") > 0
    gone = rows.filter(is_gone)["object"].unique()
    standing = rows.filter(~is_gone & pl.col("object").is_in(gone.implode()))["object"].unique()
    return rows.with_columns(is_former=is_gone & pl.col("object").is_in(standing.implode()))


def _joined(lists: pl.Series) -> pl.Series:
    """Each list in order, separated by "|". Nearly all are of one, and to sort those takes longest of all."""
    others = lists.list.len() != 1
    return lists.list.first().scatter(others.arg_true(), lists.filter(others).list.sort().list.join("|"))


def _rank() -> pl.Expr:
    status = pl.col("status").fill_null("").str.to_lowercase()
    return (
        pl.when(status.str.contains("niet gerealiseerd|ten onrechte"))
        .then(2)
        .when(status.str.contains("ingetrokken"))
        .then(1)
        .otherwise(0)
        .cast(pl.Int8)
    )


def _names(streets: pl.DataFrame) -> pl.DataFrame:
    """One row a (town, name key): the best tier that gives it; a usual name that two streets share is left out."""
    words = spelling.street_words(pl.col("street_folded"))
    split = streets.select("town", "street_id", words.alias("words")).with_columns(
        first=pl.col("words").list.first(), count=pl.col("words").list.len()
    )
    rest = pl.col("words").list.slice(1).list.join("")
    is_initial = pl.element().str.len_chars() == 1
    without_initials = pl.col("words").list.eval(pl.element().filter(~is_initial))
    several = pl.col("count") > 1
    aliases = [
        # "O. Dahlialaan", "J. Israelsstraat": the first word by its letter
        pl.when(several).then(pl.col("first").str.slice(0, 1).replace({"v": "van"}) + rest),
        pl.when(several).then(pl.col("first").replace_strict(_SHORTENED, default=None) + rest),
        # "Dr. Kuyperlaan" for Dr.A.Kuyperlaan, "A. Kuyperlaan", "Kuyperlaan"
        without_initials.list.join(""),
        pl.when(several & spelling.is_title(pl.col("first"))).then(rest),
        without_initials.list.eval(pl.element().filter(~spelling.is_title(pl.element()))).list.join(""),
        # "Nauwe Steegje" for 't Nauwe Steegje, "Gravelandseweg" for 's-Gravelandseweg
        pl.when(several & pl.col("first").is_in(["het", "des", "de"])).then(rest),
    ]
    usual = pl.concat(
        split.select("town", "street_id", spelling.close_street(alias).alias("name")) for alias in aliases
    ).filter(pl.col("name").str.len_chars() >= 4)
    usual = usual.unique().filter(pl.col("street_id").n_unique().over("town", "name") == 1)
    tiers = [
        streets.select("town", "street_id", name="street_key").with_columns(tier=pl.lit(TIER_EXACT, pl.Int8)),
        streets.select("town", "street_id", name="street_variant").with_columns(tier=pl.lit(TIER_VARIANT, pl.Int8)),
        usual.select("town", "street_id", "name").with_columns(tier=pl.lit(TIER_ALIAS, pl.Int8)),
    ]
    names = pl.concat(tiers).drop_nulls("name")
    best = names.filter(pl.col("tier") == pl.col("tier").min().over("town", "name"))
    return best.unique().sort("town", "name", "street_id")
