"""Addresses for people: an object's main address as one line, and the object that a typed line means."""

from __future__ import annotations

import polars as pl

from screening.base.frames import conform, schema_of
from screening.matching.addresses.index import AddressIndex, first_of_objects
from screening.matching.addresses.resolve import resolve

#: One row an object.
DISPLAY = schema_of("address_id address nummeraanduiding_id pand_id rd_x rd_y")


def display_addresses(index: AddressIndex) -> pl.DataFrame:
    """One row an object (DISPLAY), sorted: its main address as "Hoofdstraat 12 A-2, 1234 AB Plaats".

    An object of second addresses only is shown by the first of them, and none by an address that it had before.
    `pand_id`: several separated by "|".
    """
    main = first_of_objects(index.addresses, "rank", "is_nevenadres", "nummeraanduiding_id")
    code = pl.col("postcode")
    place = pl.concat_str(
        [pl.concat_str([code.str.slice(0, 4), code.str.slice(4)], separator=" "), "woonplaats"],
        separator=" ",
        ignore_nulls=True,
    )
    number = pl.concat_str(
        [
            pl.concat_str([pl.col("huisnummer").cast(pl.String), "huisletter"], separator=" ", ignore_nulls=True),
            "huisnummertoevoeging",
        ],
        separator="-",
        ignore_nulls=True,
    )
    line = pl.concat_str(
        [pl.concat_str(["straatnaam", number], separator=" ", ignore_nulls=True), place], separator=", "
    )
    shown = main.with_columns(address_id="object", address=line)
    return conform(shown, DISPLAY)


def find_address(index: AddressIndex, text: str) -> pl.DataFrame:
    """What a typed line or 16-digit id means: DISPLAY with address_method, address_score and address_note.

    One row an object: the one that is meant, or all that can be meant (address_method null); none where none fits.
    An id may be that of an object, a nummeraanduiding or a pand.
    """
    asked = "".join(text.split())
    shown = display_addresses(index)
    if len(asked) == 16 and asked.isdigit():
        objects = index.objects_of(pl.Series([asked]))["object"].to_list()
        if not objects:
            is_there = pl.col("pand_id").str.split("|").list.contains(asked)
            objects = shown.filter(is_there)["address_id"].to_list()
        answer = pl.DataFrame({"address_id": objects}, schema={"address_id": pl.String}).with_columns(
            address_method=pl.lit("id"), address_score=pl.lit(1.0), address_note=pl.lit(None, pl.String)
        )
    else:
        asked_frame = pl.DataFrame({"dataset": ["question"], "key": ["1"], "adres_tekst": [text]})
        resolved = resolve(asked_frame, index).drop("dataset", "key")
        is_one = pl.col("address_id").is_not_null()
        answer = resolved.select(
            pl.when(is_one).then(pl.concat_list("address_id")).otherwise("candidates").alias("address_id"),
            "address_method",
            "address_score",
            "address_note",
        ).explode("address_id")
    return shown.join(answer.drop_nulls("address_id"), on="address_id").sort("address_id")
