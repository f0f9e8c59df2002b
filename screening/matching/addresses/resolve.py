"""Addresses of records to BAG objects: by id, by what is written, by a pin; or a note that says why not."""

from __future__ import annotations

import polars as pl

from screening.base.frames import RESOLVED_ADDRESSES
from screening.base.vocabulary import AddressMethod, AddressNote
from screening.matching.addresses.index import AddressIndex
from screening.matching.addresses.parse import WRITTEN
from screening.matching.addresses.pin import far_pins, resolve_pins
from screening.matching.addresses.verdicts import weigh_parts

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
    objects = index.objects_of(rows["adresseerbaar_object_id"]).rename({"id": "adresseerbaar_object_id"})
    by_id = rows.join(objects, on="adresseerbaar_object_id")
    rest = rows.join(by_id, on="row", how="anti")
    written = rest.select(*WRITTEN).unique(maintain_order=True).with_row_index("qid")
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
    full = rows.select("row", *_KEY).join(results, on="row", how="left", maintain_order="left")
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


def _of_texts(written: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """One row a text: its parts agree on one object, or the text is ambiguous."""
    # A part whose street the BAG does not have is noise beside one that is found ("de nieuwe zaal 2, Hoofdstraat 12").
    counts = pl.col("object").is_not_null() | pl.col("has_street")
    telling = parts.with_columns(counts=counts).filter(pl.col("counts") | ~pl.col("counts").any().over("qid"))
    is_blank = pl.col("number").is_null() & pl.col("street").is_null() & pl.col("postcode_digits").is_null()
    telling = telling.with_columns(is_blank=is_blank)
    is_alone = pl.col("qid").is_unique()
    columns = ["qid", "object", "method", "is_placed", "score", "note", "candidates", "candidate", "is_blank"]
    # most texts are one part, which needs no agreement
    alone = telling.filter(is_alone).select(columns)
    alone = alone.with_columns(
        candidate=pl.when(pl.col("object").is_null()).then("candidate"), is_placed=pl.col("is_placed").fill_null(False)
    )
    result = pl.concat([alone, _agreed(telling.filter(~is_alone)).select(columns)])
    candidates = pl.col("candidates").list.unique(maintain_order=True)
    result = result.with_columns(candidates=pl.when(candidates.list.len() > 0).then(candidates))
    # The address that is offered stands first among the candidates.
    offered = pl.concat_list("candidate", pl.coalesce("candidates", pl.lit([], pl.List(pl.String))))
    result = result.with_columns(
        candidates=pl.when(pl.col("candidate").is_not_null())
        .then(offered.list.unique(maintain_order=True))
        .otherwise("candidates")
    )
    blank = written.select("qid").join(result, on="qid", how="anti")
    blank = blank.with_columns(note=pl.lit(AddressNote.NO_ADDRESS), is_blank=pl.lit(True))
    return pl.concat([result, blank], how="diagonal").sort("qid")


def _agreed(parts: pl.DataFrame) -> pl.DataFrame:
    """One row a text of several parts, with what they say together."""
    summed = (
        parts.sort("qid", "part")
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
            pl.col("candidates").list.explode(keep_nulls=False, empty_as_null=False),
            pl.col("is_blank").all(),
        )
    )
    is_several = (pl.col("objects").list.len() > 1) | ((pl.col("objects").list.len() == 1) & pl.col("is_open"))
    is_open = pl.col("object").is_null() & (pl.col("offered").list.len() == 1)
    return summed.with_columns(
        object=pl.when(is_several).then(None).otherwise("object"),
        candidate=pl.when(is_open & ~is_several).then(pl.col("offered").list.first()),
        note=pl.when(is_several).then(pl.lit(AddressNote.SEVERAL_ADDRESSES)).otherwise("note"),
    )
