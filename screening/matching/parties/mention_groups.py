"""Mentions that are one beyond doubt, as groups: what the engine compares, and what may be joined as a whole."""

from __future__ import annotations

import polars as pl

from screening.base.vocabulary import PartyKind
from screening.linking.nightly import content_numbers

_PART = "\x1f"


def group_mentions(mentions: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """The mentions with `group` (compared as one) and `node` (joined as one: the group, or what nothing proves, alone).

    Persons with one name and one full birth date, and organisations with one KVK number, or without one with one name
    at one address, are one of each. A judged mention is a group of its own, so that a judgement can part or join just
    it; `content` is what its node would be, had nobody judged it. All are numbered by content, never by row; `group`
    has the same number every night.
    """
    by_hand = pl.concat([judged["left"], judged["right"]]).unique().implode()
    is_person = pl.col("kind") == PartyKind.PERSON
    number = pl.col("register_kvk").is_not_null()
    proven = (
        pl.when(is_person)
        .then(pl.col("birth_date").is_not_null() & pl.col("name_normalised").is_not_null())
        .otherwise(number | (pl.col("name_normalised").is_not_null() & pl.col("address_id").is_not_null()))
    )
    nameless = pl.col("name_normalised").is_null() & ~(~is_person & number)
    is_judged = pl.col("fingerprint").is_in(by_hand)
    content = pl.concat_str(
        "kind",
        pl.col("register_kvk").fill_null(""),
        pl.col("birth_date").cast(pl.String).fill_null(""),
        pl.when(is_person | ~number).then("name_normalised").fill_null(""),
        pl.when(~is_person & ~number).then("address_id").fill_null(""),
        separator=_PART,
    )
    own_print = pl.lit(_PART) + pl.col("fingerprint")
    own_row = own_print + _PART + pl.col("mention")
    is_proven = proven & ~nameless
    texts = mentions.select(
        group=content + pl.when(nameless).then(own_row).when(is_judged).then(own_print).otherwise(pl.lit("")),
        is_proven=is_proven,
        is_own=~is_proven | is_judged,
        content=content + pl.when(is_proven).then(pl.lit("")).otherwise(own_row),
    )
    distinct = texts["group"].unique()
    numbers = pl.DataFrame({"group": distinct, "number": content_numbers(distinct)})
    group = texts.select("group").join(numbers, on="group", how="left", maintain_order="left")["number"]
    is_own = texts["is_own"]
    contents = group.clone().scatter(is_own.arg_true(), content_numbers(texts["content"].filter(is_own)))
    keyed = mentions.with_columns(group=group, content=contents, is_proven=texts["is_proven"])
    # below zero, where no number of a group is
    return keyed.with_columns(node=pl.when("is_proven").then("group").otherwise(-pl.col("content") - 1))


def names_of_organisations(organisations: pl.DataFrame, trade_names: pl.DataFrame) -> pl.DataFrame:
    """One row per organisation group, name and address: `group`, `name_key`, `address_id`."""
    from_records = organisations.select("role", "record", "group", "address_id").filter(pl.col("role") != "verhuurder")
    traded = trade_names.select("record", "name_key").join(from_records, on="record")
    own = organisations.select("group", "address_id", name_key="name_normalised")
    columns = ["group", "name_key", "address_id"]
    names = pl.concat([traded.select(columns), own.select(columns)]).drop_nulls("name_key")
    return names.unique().sort(columns, nulls_last=True)
