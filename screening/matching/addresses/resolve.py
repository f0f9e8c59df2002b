"""Addresses of records to BAG objects: by id, by what is written, by a pin; or a note that says why not."""

from __future__ import annotations

import polars as pl

from screening.frames import RESOLVED_ADDRESSES
from screening.matching.addresses import choose, evidence, fuzzy
from screening.matching.addresses.index import AddressIndex
from screening.matching.addresses.parse import WRITTEN, parse
from screening.matching.addresses.pin import far_pins, resolve_pins
from screening.matching.addresses.probability import EVIDENCE, probability
from screening.vocabulary import AddressMethod, AddressNote

#: A range of more numbers than this is a street, not an address.
RANGE_MAX = 100

_POINT = ("lat", "lon")
_KEY = ("dataset", "key")


def resolve(addresses: pl.DataFrame, index: AddressIndex) -> pl.DataFrame:
    """One row an input row, in its order (RESOLVED_ADDRESSES): the BAG object of a record's address, or none and why.

    `addresses`: dataset, key and the address block, all optional: text columns (`huisnummer` may be a number),
    `adresseerbaar_object_id`, `lat` and `lon` (degrees, WGS84). An object id that the BAG knows goes before what is
    written, and what is written goes before a pin: a pin counts only where nothing is written, and against an address
    without town and postcode that lies far from it.
    The result of a row depends on that row and the index alone.
    """
    rows = _rows(addresses)
    by_id = rows.join(
        index.ids.select(pl.col("id").alias("adresseerbaar_object_id"), "object"), on="adresseerbaar_object_id"
    )
    rest = rows.join(by_id, on="row", how="anti")
    written = rest.select(*WRITTEN).unique().sort(WRITTEN).with_row_index("qid")
    verdicts = resolve_written(written, index)
    rest = rest.join(written, on=list(WRITTEN), how="left", nulls_equal=True).join(verdicts, on="qid", how="left")
    has_pin = pl.col("lat").is_not_null() & pl.col("lon").is_not_null()
    pinned = _pinned(rest.filter(pl.col("is_blank") & has_pin), index)
    texts = _not_far(rest.join(pinned, on="row", how="anti"), index)
    by_id = by_id.select("row", "object", pl.concat_list("object").alias("candidates")).with_columns(
        method=pl.lit(AddressMethod.ID),
        score=pl.lit(1.0),
        note=pl.lit(None, pl.String),
        candidate=pl.lit(None, pl.String),
    )
    columns = ["row", "object", "method", "score", "note", "candidates", "candidate"]
    results = pl.concat(frame.select(columns) for frame in (by_id, pinned, texts))
    is_resolved = pl.col("object").is_not_null()
    full = rows.select("row", *_KEY).join(results, on="row", how="left").sort("row")
    return full.select(
        "dataset",
        "key",
        address_id="object",
        address_method=pl.when(is_resolved).then("method"),
        address_score=pl.when(is_resolved).then("score"),
        address_note="note",
        candidates="candidates",
        candidate_id="candidate",
        candidate_probability=pl.when(pl.col("candidate").is_not_null()).then("score"),
    ).select(pl.col(name).cast(dtype) for name, dtype in RESOLVED_ADDRESSES.items())


def _pinned(rows: pl.DataFrame, index: AddressIndex) -> pl.DataFrame:
    pins = resolve_pins(rows.select("lat", "lon", pin_id="row"), index)
    return (
        rows.select("row")
        .join(pins, left_on="row", right_on="pin_id", how="left")
        .with_columns(
            candidate=pl.lit(None, pl.String),
            method=pl.lit(AddressMethod.PIN),
            note=pl.col("note").fill_null(pl.lit(AddressNote.PIN_ABROAD)),
        )
    )


def _not_far(rows: pl.DataFrame, index: AddressIndex) -> pl.DataFrame:
    """The written addresses, but for those that nothing but a street name places and whose pin lies elsewhere."""
    rows = rows.with_columns(named=pl.coalesce("object", "candidate"))
    loose = rows.filter(pl.col("named").is_not_null() & ~pl.col("is_placed") & pl.col("lat").is_not_null())
    far = far_pins(loose.select("lat", "lon", object="named", pin_id="row"), index)
    is_far = pl.col("row").is_in(far["pin_id"].implode())
    # An id that the BAG lacks is what to tell of an address that was found all the same, or of nothing but that id;
    # of any other, why what is written leads nowhere.
    is_resolved, unknown_id = pl.col("object").is_not_null(), pl.col("adresseerbaar_object_id").is_not_null()
    return rows.with_columns(
        object=pl.when(~is_far).then("object"),
        candidate=pl.when(~is_far).then("candidate"),
        note=pl.when(is_far)
        .then(pl.lit(AddressNote.PIN_ELSEWHERE))
        .when(unknown_id & (is_resolved | pl.col("is_blank")))
        .then(pl.lit(AddressNote.UNKNOWN_ID))
        .otherwise("note"),
    )


def _rows(addresses: pl.DataFrame) -> pl.DataFrame:
    def column(name: str, dtype: pl.DataType) -> pl.Expr:
        if name not in addresses.columns:
            return pl.lit(None, dtype).alias(name)
        return pl.col(name).cast(dtype)

    texts = [column(name, pl.String()).str.strip_chars() for name in (*_KEY, *WRITTEN, "adresseerbaar_object_id")]
    rows = addresses.select(*texts, *(column(name, pl.Float64()) for name in _POINT))
    filled = (pl.when(pl.col(name) != "").then(name).alias(name) for name in (*WRITTEN, "adresseerbaar_object_id"))
    return rows.with_columns(filled).with_row_index("row")


def resolve_written(written: pl.DataFrame, index: AddressIndex) -> pl.DataFrame:
    """One row a distinct written address (`qid` and the WRITTEN columns): object, method, score, note, candidates.

    `candidate`, `chance`: the address that a person may be asked about where none is the answer, and its probability.
    `is_blank`: nothing that could be an address is written.
    """
    return _of_texts(written, weigh_parts(written, index))


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
        score=probability(),
        has_street=pl.col("part_id").is_in(streets["part_id"].implode()),
        has_number=pl.col("part_id").is_in(rows["part_id"].implode()),
    )
    is_open = pl.col("object").is_null()
    return parts.with_columns(note=pl.coalesce("note", pl.when(is_open).then(_why_not())))


def _beside_others(rows: pl.DataFrame, index: AddressIndex) -> pl.DataFrame:
    """`rows` with `elsewhere`: the written postcode and number are an address of another street, and not of this one."""
    at_code = index.addresses.select(written="postcode", number="huisnummer", other="street_id", at_code="object")
    # Only a postcode that is not that of the address can be that of another.
    differing = rows.filter(pl.col("postcode_is") > evidence.POSTCODE_ABSENT).select(
        "part_id", "street_id", "object", "number", written="postcode"
    )
    others = differing.unique().join(at_code.unique(), on=["written", "number"])
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


def _of_texts(written: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """One row a text: its parts agree on one object, or the text is ambiguous."""
    # A part whose street the BAG does not have is noise beside one that is found ("de nieuwe zaal 2, Hoofdstraat 12").
    counts = pl.col("object").is_not_null() | pl.col("has_street")
    telling = parts.with_columns(counts=counts).filter(pl.col("counts") | ~pl.col("counts").any().over("qid"))
    summed = (
        telling.sort("qid", "part")
        .group_by("qid", maintain_order=True)
        .agg(
            pl.col("object").drop_nulls().unique().sort().alias("objects"),
            pl.col("object").is_null().any().alias("is_open"),
            pl.col("object").drop_nulls().first().alias("object"),
            pl.col("method").first(),
            pl.col("is_placed").any(),
            pl.col("candidate").drop_nulls().unique().sort().alias("offered"),
            pl.col("score").min(),
            pl.col("note").drop_nulls().first(),
            pl.col("candidates").list.explode(keep_nulls=False, empty_as_null=False).unique(maintain_order=True),
            (pl.col("number").is_null() & (pl.col("street").is_null()) & pl.col("postcode_digits").is_null())
            .all()
            .alias("is_blank"),
        )
    )
    is_several = (pl.col("objects").list.len() > 1) | ((pl.col("objects").list.len() == 1) & pl.col("is_open"))
    is_open = pl.col("object").is_null() & (pl.col("offered").list.len() == 1)
    result = summed.with_columns(
        object=pl.when(is_several).then(None).otherwise("object"),
        candidate=pl.when(is_open & ~is_several).then(pl.col("offered").list.first()),
        note=pl.when(is_several).then(pl.lit(AddressNote.SEVERAL_ADDRESSES)).otherwise("note"),
        candidates=pl.when(pl.col("candidates").list.len() > 0).then("candidates"),
    )
    # The address that is offered stands first among the candidates.
    offered = pl.concat_list("candidate", pl.coalesce("candidates", pl.lit([], pl.List(pl.String))))
    result = result.with_columns(
        candidates=pl.when(pl.col("candidate").is_not_null())
        .then(offered.list.unique(maintain_order=True))
        .otherwise("candidates")
    ).drop("objects", "is_open", "offered")
    blank = written.select("qid").join(result, on="qid", how="anti")
    blank = blank.with_columns(note=pl.lit(AddressNote.NO_ADDRESS), is_blank=pl.lit(True))
    return pl.concat([result, blank], how="diagonal").sort("qid")
