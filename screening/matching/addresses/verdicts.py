"""Each part of a written address weighed: its object, the address to ask a person about, or the reason why neither."""

from __future__ import annotations

import polars as pl

from screening.base.vocabulary import AddressNote
from screening.matching.addresses import choose, evidence, fuzzy
from screening.matching.addresses.index import AddressIndex
from screening.matching.addresses.parse import parse
from screening.matching.addresses.probability import ANSWER_LEAST, EVIDENCE, OFFER_LEAST, address_probability

#: A range of more numbers than this is a street, not an address.
RANGE_MAX = 100


def weigh_parts(written: pl.DataFrame, index: AddressIndex) -> pl.DataFrame:
    """One row a part of a written address: its verdict or its offer (`candidate`), with the levels of evidence."""
    parts = parse(written, index.towns["town_folded"].to_list()).with_row_index("part_id")
    parts = evidence.place(parts, index)
    usable = parts.filter(~pl.col("is_near") & ~pl.col("is_post_box"))
    streets = evidence.streets_of(usable, index)
    rows = _beside_others(evidence.addresses_of(usable, streets, index), index)
    verdicts = _verdicts(usable, rows, streets, index)
    offers = _offers(usable, rows, streets, verdicts, index)
    verdicts = verdicts.join(
        offers.rename({"object": "candidate"}), on="part_id", how="full", coalesce=True, suffix="_of_offer"
    )
    levels = (pl.coalesce(f"{kind}_of_offer", kind).alias(kind) for kind in (*EVIDENCE, "is_placed"))
    parts = parts.join(verdicts.with_columns(levels), on="part_id", how="left").with_columns(
        score=address_probability(),
        has_street=pl.col("part_id").is_in(streets["part_id"].implode()),
        has_number=pl.col("part_id").is_in(rows["part_id"].implode()),
    )
    parts = _asked_where_unsure(parts)
    is_open = pl.col("object").is_null()
    return parts.with_columns(note=pl.coalesce("note", pl.when(is_open).then(_why_not())))


def _asked_where_unsure(parts: pl.DataFrame) -> pl.DataFrame:
    """`parts` with the objects that are not sure enough to be an answer as candidates."""
    is_unsure = pl.col("object").is_not_null() & (pl.col("score") < ANSWER_LEAST)
    return parts.with_columns(
        object=pl.when(~is_unsure).then("object"),
        candidate=pl.when(is_unsure & (pl.col("score") >= OFFER_LEAST)).then("object").otherwise("candidate"),
        note=pl.when(is_unsure).then(pl.lit(AddressNote.NOT_TOGETHER)).otherwise("note"),
    )


def _beside_others(rows: pl.DataFrame, index: AddressIndex) -> pl.DataFrame:
    """`rows` with `elsewhere`: the written postcode and number are an address of another street and not of this one."""
    at_code = index.addresses.select(written="postcode", number="huisnummer", other="street_id", at_code="object")
    # Only a postcode that is not that of the address can be that of another.
    differing = rows.filter(pl.col("postcode_is") > evidence.POSTCODE_ABSENT).select(
        "part_id", "street_id", "object", "number", written="postcode"
    )
    place = ["written", "number"]
    others = differing.unique().join(at_code.join(differing, on=place, how="semi").unique(), on=place)
    # An old street beside a new postcode, or the reverse, are two addresses of one object and contradict nothing.
    is_elsewhere = (pl.col("other") != pl.col("street_id")).all() & ~(pl.col("at_code") == pl.col("object")).any()
    others = others.group_by("part_id", "street_id").agg(is_elsewhere.alias("elsewhere"))
    return rows.join(others, on=["part_id", "street_id"], how="left").with_columns(pl.col("elsewhere").fill_null(False))


def _verdicts(parts: pl.DataFrame, rows: pl.DataFrame, streets: pl.DataFrame, index: AddressIndex) -> pl.DataFrame:
    several = parts.filter("is_list").select("part_id")
    verdicts = choose.choose(rows.filter(evidence.is_admissible()).join(several, on="part_id", how="anti"))
    spans = _spans(parts).join(verdicts.filter(pl.col("object").is_not_null()), on="part_id", how="anti")
    at_span = _beside_others(evidence.addresses_of(spans, streets, index), index)
    of_part = spans.select("part_id", "first", "is_list").unique()
    ranges = choose.choose_ranges(at_span.filter(evidence.is_admissible()).join(of_part, on="part_id"))
    return pl.concat([verdicts.join(ranges, on="part_id", how="anti"), ranges]).sort("part_id")


def _offers(
    parts: pl.DataFrame, rows: pl.DataFrame, streets: pl.DataFrame, verdicts: pl.DataFrame, index: AddressIndex
) -> pl.DataFrame:
    """The addresses to ask a person about: of parts without an answer that do not fit several objects."""
    settled = verdicts.filter(pl.col("note").is_null() | (pl.col("note") != AddressNote.NO_SUCH_ADDITION))
    unanswered = parts.filter(~pl.col("is_list") & pl.col("number").is_not_null())
    unanswered = unanswered.join(settled, on="part_id", how="anti")
    unknown = unanswered.filter(pl.col("name").str.len_chars() >= 4).join(streets, on="part_id", how="anti")
    resembling = evidence.resembling_streets(unknown, index, fuzzy.FOR_OFFER)
    resembling = _beside_others(evidence.addresses_of(unknown, resembling, index), index)
    rows = pl.concat([rows.join(unanswered, on="part_id", how="semi"), resembling])
    is_fit = evidence.is_admissible()
    # The street that the place allows goes before one that it does not.
    rows = rows.filter(evidence.is_offerable() & (is_fit | ~is_fit.any().over("part_id")))
    return choose.choose_offers(rows)


def _spans(parts: pl.DataFrame) -> pl.DataFrame:
    """The numbers of a range ("12-16": same parity, upwards) or a list ("12 en 16"), one row each, with `first`."""
    span = pl.col("number_to") - pl.col("number")
    is_range = (span > 0) & (span <= RANGE_MAX) & (span % 2 == 0)
    spans = parts.filter(pl.col("is_list") | is_range).with_columns(
        first=pl.col("number"), unit=pl.lit(None, pl.String)
    )
    listed = pl.concat_list("number", "number_to").list.drop_nulls().list.unique().list.sort()
    ranged = pl.int_ranges("number", pl.col("number_to").fill_null(0) + 1, 2)
    return spans.with_columns(number=pl.when("is_list").then(listed).otherwise(ranged)).explode("number")


def _why_not() -> pl.Expr:
    is_outside_town = pl.col("town").is_not_null() & ~pl.col("town_is_known") & pl.col("slip_of").is_null()
    is_outside_code = pl.col("postcode_digits").is_not_null() & ~pl.col("digits_are_known")
    return (
        pl.when("is_post_box")
        .then(pl.lit(AddressNote.POST_BOX))
        .when("is_near")
        .then(pl.lit(AddressNote.NEAR))
        .when(is_outside_code)
        .then(pl.lit(AddressNote.OTHER_POSTCODE_AREA))
        .when(is_outside_town)
        .then(pl.lit(AddressNote.OTHER_TOWN))
        .when(pl.col("number").is_null())
        .then(pl.lit(AddressNote.NO_NUMBER))
        .when("is_list")
        .then(pl.lit(AddressNote.SEVERAL_NUMBERS))
        .when(pl.col("street").is_null() & pl.col("postcode").is_null())
        .then(pl.lit(AddressNote.NO_STREET_NO_POSTCODE))
        .when(pl.col("street").is_null())
        .then(pl.lit(AddressNote.NO_SUCH_POSTCODE_AND_NUMBER))
        .when(~pl.col("has_street"))
        .then(pl.lit(AddressNote.NO_SUCH_STREET))
        .when(~pl.col("has_number"))
        .then(pl.lit(AddressNote.NO_SUCH_NUMBER))
        .otherwise(pl.lit(AddressNote.NOT_TOGETHER))
    )
